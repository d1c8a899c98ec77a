"""The Merkle tree of RFC 6962 §2.1: hashes, the compact range, and proofs made and verified; pure.

A node is named by its height (0 for leaves) and its index at that height; every perfect node covers
`2**height` leaves. Proofs are made from any source of such nodes, so rows, tiles and lists all serve.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from hmac import compare_digest

from audit.errors import NotInLogError, ProofInvalidError
from storage.errors import Said

HASH_BYTES = 32
NodeSource = Callable[[int, int], bytes]
"""Gives the hash of the perfect node at (height, index)."""


def leaf_hash(entry: bytes) -> bytes:
    """Give the hash of an entry, domain-separated from inner nodes (RFC 6962 §2.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Give the hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


def empty_root() -> bytes:
    """Give the root of the tree without leaves."""
    return sha256().digest()


def peaks_of(hashes: Sequence[bytes]) -> list[bytes]:
    """Give the roots of the perfect subtrees over equally high neighbours, leftmost and largest first."""
    peaks: list[bytes] = []
    start = 0
    for bit in range(len(hashes).bit_length() - 1, -1, -1):
        if len(hashes) & (1 << bit):
            row = list(hashes[start : start + (1 << bit)])
            while len(row) > 1:
                row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
            peaks.append(row[0])
            start += 1 << bit
    return peaks


def fold(peaks: Sequence[bytes]) -> bytes:
    """Give the root over peaks, largest first; the empty root when there are none."""
    if not peaks:
        return empty_root()
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


class CompactRange:
    """The peaks of a growing tree: enough to append and to give the root, log2(size) hashes in all.

    Guarantee: after any appends `root()` equals the Merkle tree hash of all leaves (RFC 6962 §2.1).
    """

    __slots__ = ("peaks", "size")

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        """Stand at a size with its peaks, largest first."""
        self.size = size
        self.peaks = list(peaks)

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf hash; give the inner nodes that it completes as (height, index, hash), lowest first."""
        node, height, index = leaf, 0, self.size
        made: list[tuple[int, int, bytes]] = []
        while index & 1:
            node = node_hash(self.peaks.pop(), node)
            height, index = height + 1, index >> 1
            made.append((height, index, node))
        self.peaks.append(node)
        self.size += 1
        return made

    def root(self) -> bytes:
        """Give the Merkle tree hash."""
        return fold(self.peaks)

    def copy(self) -> "CompactRange":
        """Give an independent twin, so that a batch that fails leaves this one as it was."""
        return CompactRange(self.size, self.peaks)


def range_peaks(node: NodeSource, start: int, stop: int) -> list[bytes]:
    """Give the peaks over leaves [start, stop), where `start` is a multiple of the largest subtree's width."""
    peaks: list[bytes] = []
    for bit in range((stop - start).bit_length() - 1, -1, -1):
        if (stop - start) & (1 << bit):
            peaks.append(node(bit, start >> bit))
            start += 1 << bit
    return peaks


def root_at(node: NodeSource, size: int) -> bytes:
    """Give the root of the first `size` leaves."""
    return fold(range_peaks(node, 0, size))


def inclusion_proof(node: NodeSource, index: int, size: int) -> list[bytes]:
    """Give the audit path from the leaf at `index` to the root of size `size`, sibling of the leaf first.

    Raises:
        NotInLogError: there is no such leaf in a tree of that size.

    Source: RFC 6962 §2.1.1.
    """
    if not 0 <= index < size:
        raise NotInLogError(what=Said(f"条目 {index}（共 {size} 条）", f"entry {index} of {size}"))
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        split = low + _largest_power_below(high - low)
        if index < split:
            path.append(fold(range_peaks(node, split, high)))
            high = split
        else:
            path.append(fold(range_peaks(node, low, split)))
            low = split
    return path[::-1]


def consistency_proof(node: NodeSource, old: int, new: int) -> list[bytes]:
    """Give the proof that the tree of size `old` is a prefix of the tree of size `new`.

    Raises:
        NotInLogError: not 0 < old ≤ new.

    Source: RFC 6962 §2.1.2.
    """
    if not 0 < old <= new:
        raise NotInLogError(what=Said(f"{old} 与 {new} 的一致性", f"consistency of {old} with {new}"))
    path: list[bytes] = []
    low, high, is_whole = 0, new, True
    while old != high:
        split = low + _largest_power_below(high - low)
        if old <= split:
            path.append(fold(range_peaks(node, split, high)))
            high = split
        else:
            path.append(fold(range_peaks(node, low, split)))
            low, is_whole = split, False
    if not is_whole:
        path.append(fold(range_peaks(node, low, high)))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that a leaf hash stands at `index` in the tree of that size and root.

    Raises:
        ProofInvalidError: it does not, or the proof is malformed.

    Guarantee: any change to an argument is refused, short of a collision of SHA-256.
    Source: RFC 9162 §2.1.3.2.
    """
    if not 0 <= index < size or any(len(item) != HASH_BYTES for item in (leaf, root, *proof)):
        raise ProofInvalidError(place=Said("包含证明", "inclusion proof"))
    position, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofInvalidError(place=Said("包含证明", "inclusion proof"))
        if position & 1 or position == last:
            found = node_hash(sibling, found)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        position, last = position >> 1, last >> 1
    if last or not compare_digest(found, root):
        raise ProofInvalidError(place=Said("包含证明", "inclusion proof"))


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree (old, old_root) is a prefix of the tree (new, new_root).

    Raises:
        ProofInvalidError: it is not, the proof is malformed, or `old` is 0, which proves nothing.

    Source: RFC 9162 §2.1.4.2.
    """
    if not 0 < old <= new or any(len(item) != HASH_BYTES for item in proof):
        raise ProofInvalidError(place=Said("一致性证明", "consistency proof"))
    if old == new:
        if proof or not compare_digest(old_root, new_root):
            raise ProofInvalidError(place=Said("一致性证明", "consistency proof"))
        return
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path or not _leads_from_to(path, old - 1, new - 1, (old_root, new_root)):
        raise ProofInvalidError(place=Said("一致性证明", "consistency proof"))


def _leads_from_to(path: list[bytes], position: int, last: int, roots: tuple[bytes, bytes]) -> bool:
    while position & 1:
        position, last = position >> 1, last >> 1
    older = newer = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            newer = node_hash(newer, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and compare_digest(older, roots[0]) and compare_digest(newer, roots[1])


def _largest_power_below(count: int) -> int:
    return 1 << ((count - 1).bit_length() - 1)
