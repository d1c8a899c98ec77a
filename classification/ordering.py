"""A fixed pseudo-random order of texts, vectorised over Arrow buffers, to draw samples of distinct values.

The order depends on a text alone: neither on its neighbours, nor on batch, process or machine. Every byte counts, so
among the few thousand values of a sample equal keys mean equal texts. It is no secret and no proof of anything.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Keys = npt.NDArray[np.uint64]
_WORD = 8
_SEED, _STEP, _LAST = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
_SHIFTS = tuple(np.uint64(n) for n in (30, 27, 31))


@dataclass(frozen=True, slots=True)
class Bytes:
    """The UTF-8 of some texts, side by side.

    Args:
        data: all bytes, with eight more at the end.
        starts: where each text begins.
        sizes: its length in bytes.
    """

    data: npt.NDArray[np.uint8]
    starts: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]


def bytes_of(texts: pa.StringArray) -> Bytes:
    """Give the bytes of texts without nulls."""
    _, offsets_buffer, data_buffer = texts.buffers()
    if not len(texts) or data_buffer is None:
        none = np.zeros(len(texts), dtype=np.int64)
        return Bytes(np.zeros(_WORD, dtype=np.uint8), none, none)
    offsets = np.frombuffer(offsets_buffer, dtype=np.int32, count=len(texts) + 1, offset=4 * texts.offset)
    first, last = int(offsets[0]), int(offsets[-1])
    data = np.zeros(last - first + _WORD, dtype=np.uint8)
    data[:-_WORD] = np.frombuffer(data_buffer, dtype=np.uint8, count=last - first, offset=first)
    places = offsets.astype(np.int64) - first
    return Bytes(data, places[:-1], np.diff(places))


def order_keys(texts: Bytes) -> Keys:
    """Give each text's place in the order, uniform over 64 bits."""
    words: Keys = np.ndarray(shape=(len(texts.data) - _WORD + 1,), dtype="<u8", buffer=texts.data.data, strides=(1,))
    keys = texts.sizes.astype(np.uint64) * _SEED
    active = np.arange(len(keys))
    for offset in range(0, int(texts.sizes.max(initial=0)), _WORD):
        going_on = texts.sizes[active] > offset
        if not going_on.all():
            active = active[going_on]
        keys[active] = _stirred(keys[active] ^ _word(words, texts, active, offset))
    return _finished(keys)


def _word(words: Keys, texts: Bytes, chosen: npt.NDArray[np.int64], offset: int) -> Keys:
    """Give eight bytes of each chosen text from an offset on, bytes beyond its end as zero."""
    left = np.minimum(texts.sizes[chosen] - offset, _WORD).astype(np.uint64)
    found: Keys = words[texts.starts[chosen] + offset]
    spare = (np.uint64(_WORD) - left) * np.uint64(8)
    whole: Keys = (found << spare) >> spare
    return whole


def _stirred(keys: Keys) -> Keys:
    keys *= _STEP
    keys ^= keys >> _SHIFTS[2]
    return keys


def _finished(keys: Keys) -> Keys:
    """Spread the bits (the finaliser of SplitMix64; Steele, Lea, Flood 2014)."""
    keys ^= keys >> _SHIFTS[0]
    keys *= _STEP
    keys ^= keys >> _SHIFTS[1]
    keys *= _LAST
    keys ^= keys >> _SHIFTS[2]
    return keys
