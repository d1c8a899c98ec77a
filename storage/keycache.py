"""Unwrapped keys for a little while: few, not long, and overwritten when they go."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from storage.ciphers import Box, Suite


@dataclass(slots=True)
class _Kept:
    material: bytearray
    box: Box
    until: datetime


class KeyCache:
    """The keys used last.

    Args:
        capacity: how many at most.
        life: how long one may be used without being unwrapped again; while the keeper of master keys is down, this
            is how long reads go on.

    A dropped key's bytes are overwritten here; the cipher library holds a copy of its own until its object is
    freed, which nothing in Python can overwrite.
    """

    def __init__(self, capacity: int, life: timedelta) -> None:
        """Start empty."""
        self._capacity = capacity
        self._life = life
        self._kept: OrderedDict[tuple[str, int], _Kept] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """Count the keys held."""
        return len(self._kept)

    def get(self, name: tuple[str, int], at: datetime) -> Box | None:
        """Give a key that is still held and may still be used."""
        with self._lock:
            kept = self._kept.get(name)
            if kept is None:
                return None
            # A clock that went back must not lengthen a life.
            if not kept.until - self._life <= at < kept.until:
                self._drop(name)
                return None
            self._kept.move_to_end(name)
            return kept.box

    def put(self, name: tuple[str, int], key: bytes, suite: Suite, at: datetime) -> Box:
        """Hold a key from now on, and give it ready for use."""
        material = bytearray(key)
        box = suite.box(bytes(material))
        with self._lock:
            self._drop(name)
            self._kept[name] = _Kept(material, box, at + self._life)
            while len(self._kept) > self._capacity:
                self._drop(next(iter(self._kept)))
        return box

    def forget(self, name: tuple[str, int]) -> None:
        """Drop one key."""
        with self._lock:
            self._drop(name)

    def clear(self) -> None:
        """Drop all of them."""
        with self._lock:
            for name in list(self._kept):
                self._drop(name)

    def _drop(self, name: tuple[str, int]) -> None:
        kept = self._kept.pop(name, None)
        if kept is not None:
            kept.material[:] = bytes(len(kept.material))
