"""Mark which values have which written forms: cheap gates by length and kinds of characters, then the pattern.

A gate only ever leaves out values that the pattern would refuse, which a test holds for every form.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from classification.families.forms import Form
from classification.ordering import Bytes

# One letter for each kind of character, as `Form.needs` and `Form.within` name them.
KINDS = "9Aa@.:- */_+w?"
_BIT = {kind: 1 << place for place, kind in enumerate(KINDS)}


def _table() -> npt.NDArray[np.uint16]:
    table = np.full(256, _BIT["?"], dtype=np.uint16)
    table[ord("0") : ord("9") + 1] = _BIT["9"]
    table[ord("A") : ord("Z") + 1] = _BIT["A"]
    table[ord("a") : ord("z") + 1] = _BIT["a"]
    table[0x80:] = _BIT["w"]
    for character in "@.:- */_+":
        table[ord(character)] = _BIT[character]
    return table


_TABLE = _table()


def bits_of(kinds: str) -> np.uint16:
    """Give the bits of some kinds of characters."""
    return np.uint16(sum(_BIT[kind] for kind in kinds))


def kinds_in(texts: Bytes) -> npt.NDArray[np.uint16]:
    """Give, for each text, the bits of the kinds of characters in it; texts are not empty."""
    if not len(texts.starts):
        return np.empty(0, dtype=np.uint16)
    return np.bitwise_or.reduceat(_TABLE[texts.data[: texts.starts[-1] + texts.sizes[-1]]], texts.starts)


def mark_forms(
    values: pa.StringArray, raw: Bytes, lengths: npt.NDArray[np.int32], forms: Sequence[Form]
) -> npt.NDArray[np.uint64]:
    """Give, for each value, one bit a form.

    Args:
        values: normalised, not empty.
        raw: their bytes.
        lengths: in characters.
        forms: at most 64.
    """
    marks = np.zeros(len(values), dtype=np.uint64)
    kinds = kinds_in(raw)
    seen = set(np.unique(kinds).tolist())
    for place, form in enumerate(forms):
        needs, outside = int(bits_of(form.needs)), int(~bits_of(form.within or KINDS))
        if not any(kind & needs == needs and not kind & outside for kind in seen):
            continue
        fitting = (lengths >= form.least) & (lengths <= form.most)
        fitting &= ((kinds & needs) == needs) & ((kinds & np.uint16(outside & 0xFFFF)) == 0)
        where = np.flatnonzero(fitting)
        if not len(where):
            continue
        tried = values if len(where) == len(values) else values.take(pa.array(where))
        hit = np.asarray(pc.match_substring_regex(tried, f"^(?:{form.pattern})$"))
        marks[where[hit]] |= np.uint64(1 << place)
    return marks
