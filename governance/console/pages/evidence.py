"""Evidence: the log's head, its entries, and the proof that one of them stands in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Head:
    """The newest signed tree head; the root is hexadecimal."""

    origin: str
    size: int
    root: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry in the list."""

    id: str
    index: int
    kind: str
    title: str  # of the kind, in the reader's language
    actor: str
    outcome: str
    purpose: str
    dataset: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LogView:
    """The head and one page of entries, newest first."""

    head: Head
    entries: tuple[EntryRow, ...]
    older: str = ""  # cursor of the next page
    next_command: str = "mingjing demo"


@dataclass(frozen=True, slots=True)
class Step:
    """One hash on the way up: the sibling, on which side it stands, and what both give."""

    side: str
    sibling: str
    result: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry with its exact bytes and its path; hashes are hexadecimal."""

    row: EntryRow
    data: bytes
    leaf_hash: str
    path: tuple[str, ...]
    head: Head

    @property
    def text(self) -> str:
        """Give the entry's bytes as text to read."""
        return self.data.decode(errors="replace")

    @property
    def steps(self) -> tuple[Step, ...]:
        """Give the path, folded."""
        return fold(self.leaf_hash, self.row.index, self.head.size, self.path)

    @property
    def is_leaf_true(self) -> bool:
        """Say whether the bytes give the stated leaf hash."""
        return leaf_hash(self.data) == self.leaf_hash

    @property
    def is_root_true(self) -> bool:
        """Say whether the path leads from the leaf to the signed root."""
        steps = self.steps
        whole = len(steps) == len(self.path) == _path_length(self.row.index, self.head.size)
        return whole and (steps[-1].result if steps else self.leaf_hash) == self.head.root

    @property
    def is_proved(self) -> bool:
        """Say whether the entry stands in the tree the head signs."""
        return self.is_leaf_true and self.is_root_true


def leaf_hash(data: bytes) -> str:
    """Give a leaf's hash, domain-separated by 0x00 (RFC 6962 §2.1)."""
    return sha256(b"\x00" + data).hexdigest()


def fold(leaf: str, index: int, size: int, path: Sequence[str]) -> tuple[Step, ...]:
    """Fold an inclusion path from leaf to root (RFC 9162 §2.1.3.2); stops short when the path is too long."""
    steps: list[Step] = []
    node, last, here = leaf, size - 1, index
    for sibling in path:
        if last <= 0:
            break
        is_right = here % 2 == 1 or here == last
        if is_right and here % 2 == 0:
            while here % 2 == 0 and here:
                here, last = here >> 1, last >> 1
        pair = (sibling, node) if is_right else (node, sibling)
        node = _parent(*pair)
        steps.append(Step("left" if is_right else "right", sibling, node))
        here, last = here >> 1, last >> 1
    return tuple(steps)


def _parent(left: str, right: str) -> str:
    try:
        return sha256(b"\x01" + bytes.fromhex(left) + bytes.fromhex(right)).hexdigest()
    except ValueError:
        return ""


def _path_length(index: int, size: int) -> int:
    """Give how long the path of a leaf must be: inner levels, then one for each left subtree along the border."""
    if not 0 <= index < size:
        return -1
    inner = (index ^ (size - 1)).bit_length()
    return inner + (index >> inner).bit_count()
