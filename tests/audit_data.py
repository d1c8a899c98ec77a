"""Invented events, and a naive Merkle tree written from the definition to compare with."""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

from audit import Event

AT = datetime(2026, 3, 2, 1, 0, 0, 123456, tzinfo=UTC)
ORIGIN = "log.example/audit"


def event(key: str, **changes: object) -> Event:
    values: dict[str, object] = {
        "kind": "data.read",
        "at": AT,
        "actor": "lin",
        "outcome": "allow",
        "purpose": "claims_handling",
        "dataset": "cars.owners",
        "facts": {"rows": 3},
        "subjects": ("p-1", "p-2"),
        "key": key,
    }
    return Event(**(values | changes))  # type: ignore[arg-type]  # tests pass what they mean


def naive_root(entries: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1, word by word."""
    if not entries:
        return sha256().digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return sha256(b"\x01" + naive_root(entries[:split]) + naive_root(entries[split:])).digest()
