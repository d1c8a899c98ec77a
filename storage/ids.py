"""Opaque identifiers that sort by the time of their making (ULID, https://github.com/ulid/spec)."""

import secrets
from collections.abc import Sequence
from datetime import datetime

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS = 80
_LENGTH = 26
_PAIRS = [high + low for high in _ALPHABET for low in _ALPHABET]


def new_id(at: datetime, entropy: int | None = None) -> str:
    """Give a 26-character identifier.

    Args:
        at: the instant that leads the identifier, with milliseconds.
        entropy: 80 random bits; drawn from the system when absent. Given only by deterministic makers such as the demo.
    """
    random = secrets.randbits(_RANDOM_BITS) if entropy is None else entropy % (1 << _RANDOM_BITS)
    number = (int(at.timestamp() * 1000) << _RANDOM_BITS) | random
    return _digits(number, _LENGTH)


def numbered_ids(at: datetime, first: int, tails: Sequence[str]) -> list[str]:
    """Give the identifiers of things that are numbered in one row, as many as there are tails; they sort by number.

    Args:
        at: the instant that leads each identifier.
        first: the number of the first thing, below 2^40.
        tails: eight hex digits that tell each from others, such as the beginning of its digest.
    """
    lead = new_id(at, 0)[:10]
    blocks = range(first >> 10, ((first + len(tails)) >> 10) + 1)
    heads = {block: lead + _digits(block, 6) for block in blocks}
    return [heads[number >> 10] + _PAIRS[number & 1023] + tail.upper() for number, tail in enumerate(tails, first)]


def _digits(number: int, width: int) -> str:
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(5 * (width - 1), -1, -5))
