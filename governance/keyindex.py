"""Blind indexes of keys: which people a phone or identity number belongs to, without the numbers.

Each key is kept as the first eight bytes of its HMAC-SHA256 under a secret of this deployment and of its field, sorted.
Whoever reads this memory finds no number in it; two fields, or two deployments, can't be compared.

Guarantee: finding takes the same steps whether a key is there or not.
"""

import hmac
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_MOST = 16
_BYTES = 8


@dataclass(frozen=True, slots=True)
class KeyIndex:
    """The keys of one field of one content, and the person of each.

    Args:
        secret: of this field.
        digests: uint64, sorted.
        people: the text of the subject column, in the digests' order.
    """

    secret: bytes
    digests: "np.ndarray[Any, Any]"
    people: "pa.Array"

    def people_of(self, key: str) -> tuple[str, ...]:
        """Give the people that a key belongs to, each once, in order."""
        import numpy as np  # noqa: PLC0415 -- loaded with the first look-up

        wanted = np.uint64(_digest(self.secret, key))
        first = int(np.searchsorted(self.digests, wanted, side="left"))
        last = int(np.searchsorted(self.digests, wanted, side="right"))
        return tuple(sorted(set(self.people.slice(first, last - first).to_pylist())))


@dataclass(slots=True)
class KeyIndexes:
    """The indexes of one process, each made when first needed and anew when the content changes."""

    _held: "OrderedDict[tuple[str, str], tuple[str, KeyIndex]]" = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def index(self, dataset: str, name: str, version: str, secret: bytes, read: "Callable[[], pa.Table]") -> KeyIndex:
        """Give the index of a field.

        Args:
            dataset: its id.
            name: of the field.
            version: changes when the content does.
            secret: the deployment's, for look-ups.
            read: gives columns `key` and `person` as text; called where there is no index of this version.
        """
        with self._lock:
            held = self._held.get((dataset, name))
            if held is None or held[0] != version:
                own = hmac.digest(secret, f"{len(dataset)}:{dataset}{name}".encode(), sha256)
                held = version, build(own, read())
                self._held[dataset, name] = held
            self._held.move_to_end((dataset, name))
            while len(self._held) > _MOST:
                self._held.popitem(last=False)
            return held[1]


def build(secret: bytes, table: "pa.Table") -> KeyIndex:
    """Make an index from columns `key` and `person`; rows without either, and empty keys, are left out."""
    import numpy as np  # noqa: PLC0415 -- loaded with the first look-up
    import pyarrow as pa  # noqa: PLC0415 -- likewise
    import pyarrow.compute as pc  # noqa: PLC0415 -- likewise

    known = table.filter(pc.fill_null(pc.not_equal(table["key"], ""), fill_value=False)).drop_null()
    digests = np.fromiter((_digest(secret, key) for key in known["key"].to_pylist()), np.uint64, known.num_rows)
    order = np.argsort(digests, kind="stable")
    people = pa.array(known["person"].combine_chunks(), pa.string()) if known.num_rows else pa.array([], pa.string())
    return KeyIndex(secret, digests[order], people.take(pa.array(order)))


def _digest(secret: bytes, key: str) -> int:
    return int.from_bytes(hmac.digest(secret, key.encode(), "sha256")[:_BYTES], "big")
