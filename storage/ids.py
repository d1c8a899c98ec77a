"""Opaque identifiers that sort by the time of their making (ULID, https://github.com/ulid/spec)."""

import secrets
from datetime import datetime

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS = 80
_LENGTH = 26


def new_id(at: datetime, entropy: int | None = None) -> str:
    """Give a 26-character identifier.

    Args:
        at: the instant that leads the identifier, with milliseconds.
        entropy: 80 random bits; drawn from the system when absent. Given only by deterministic makers such as the demo.
    """
    random = secrets.randbits(_RANDOM_BITS) if entropy is None else entropy % (1 << _RANDOM_BITS)
    number = (int(at.timestamp() * 1000) << _RANDOM_BITS) | random
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))
