"""The words of the log: what happened, where it stands, and how large the tree is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

JSON = bool | int | str | None | Sequence["JSON"] | Mapping[str, "JSON"]
"""What an event's facts may hold: no fractions, because they have no one form in bytes."""


@dataclass(frozen=True, slots=True)
class Event:
    """One act, as the journey that did it tells it. Ids, counts and digests; never personal data.

    `subjects` are pseudonyms. `key` makes a repeat harmless: one entry for each (source, key). `parent` is the
    id of the entry that led to this one.
    """

    kind: str
    at: datetime
    actor: str
    key: str
    outcome: str | None = None
    purpose: str | None = None
    dataset: str | None = None
    facts: Mapping[str, JSON] = field(default_factory=dict)
    subjects: tuple[str, ...] = ()
    source: str = "service"
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An event with its place in the log; `body` are the bytes that were hashed."""

    index: int
    entry_id: str
    leaf_hash: bytes
    event: Event
    body: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof to the caller that an entry is durable: it stands at `index` in the tree of `tree_size` and larger."""

    entry_id: str
    index: int
    leaf_hash: bytes
    tree_size: int


@dataclass(frozen=True, slots=True)
class TreeHead:
    """How large the log is and what its root hash is; `origin` names the log."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head that the log has signed; `note` is the signed note, `vkey` the key that opens it."""

    head: TreeHead
    note: str
    vkey: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """That an entry is in the log: the audit path from its leaf to the root of a tree of `size`."""

    index: int
    size: int
    leaf_hash: bytes
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote: the tree head it stands at and the number of files."""

    head: TreeHead
    files: int


@dataclass(frozen=True, slots=True)
class Verification:
    """What was verified: the tree head, how many files, and whether the key came from the folder itself."""

    head: TreeHead
    files: int
    key: str
    is_key_from_folder: bool
