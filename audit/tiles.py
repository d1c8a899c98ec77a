"""The layout of a tiled log: paths, widths and bundles as pure functions, and nodes read out of tiles.

Source: C2SP tlog-tiles. A tile holds up to 256 neighbours of one level; level L stands for tree height 8·L.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from audit.errors import NotInLogError
from audit.merkle import HASH_BYTES, NodeSource, peaks_of

WIDTH = 256
HEIGHT = 8
MAX_ENTRY_BYTES = 65_535
ENTRIES = "entries"
_LENGTH_BYTES = 2
# Five groups of digits reach beyond 10^17 entries, and every number made from them fits 64 bits.
_PATH = re.compile(r"tile/(entries|0|[1-9]\d?)/((?:x\d{3}/){0,4}\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)
_MAX_LEVEL = 63


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile or, with level None, an entry bundle: `width` neighbours from `index * 256` on."""

    level: int | None
    index: int
    width: int

    @property
    def path(self) -> str:
        """The path below the log's prefix, such as `tile/0/x001/234.p/7`."""
        level = ENTRIES if self.level is None else str(self.level)
        return f"tile/{level}/{_number(self.index)}" + ("" if self.width == WIDTH else f".p/{self.width}")

    @property
    def start(self) -> int:
        """The first entry under it."""
        return self.index << (HEIGHT * ((self.level or 0) + 1))


def _number(index: int) -> str:
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    return "/".join(reversed(groups))


def parse_path(path: str) -> Tile:
    """Read a tile's path.

    Raises:
        NotInLogError: it is not the one form of any tile's path.
    """
    found = _PATH.fullmatch(path)
    if not found:
        raise NotInLogError(what=path)
    level, number, width = found.groups()
    tile = Tile(
        None if level == ENTRIES else int(level),
        int(number.replace("/", "").replace("x", "")),
        int(width) if width else WIDTH,
    )
    if (tile.level or 0) > _MAX_LEVEL or tile.width > WIDTH or tile.path != path:
        raise NotInLogError(what=path)
    return tile


def tiles_of(size: int) -> Iterator[Tile]:
    """Give the hash tiles of a tree, level by level; each level's last one may be partial."""
    level, count = 0, size
    while count:
        for index in range(0, count, WIDTH):
            yield Tile(level, index // WIDTH, min(WIDTH, count - index))
        level, count = level + 1, count // WIDTH


def bundles_of(size: int) -> Iterator[Tile]:
    """Give the entry bundles of a tree."""
    for index in range(0, size, WIDTH):
        yield Tile(None, index // WIDTH, min(WIDTH, size - index))


def width_at(level: int, index: int, size: int) -> int:
    """Give how many hashes a tile has in a tree of that size; 0 when it has none."""
    return max(0, min(WIDTH, (size >> (HEIGHT * level)) - index * WIDTH))


def pack_bundle(entries: Sequence[bytes]) -> bytes:
    """Give the bytes of an entry bundle: each entry after its length in 16 bits, big-endian."""
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES, "big") + entry for entry in entries)


def unpack_bundle(bundle: bytes) -> list[bytes]:
    """Give the entries of a bundle; the last may be cut short when the bundle is."""
    entries: list[bytes] = []
    at = 0
    while at < len(bundle):
        end = at + _LENGTH_BYTES + int.from_bytes(bundle[at : at + _LENGTH_BYTES], "big")
        entries.append(bundle[at + _LENGTH_BYTES : end])
        at = end
    return entries


def split_hashes(tile: bytes) -> list[bytes]:
    """Give the hashes of a tile's bytes."""
    return [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]


def nodes_from_tiles(read: Callable[[Tile], bytes], size: int) -> NodeSource:
    """Give a source of tree nodes that reads each tile once, whole, as wide as the tree of `size` has it."""
    cache: dict[tuple[int, int], list[bytes]] = {}

    def node(height: int, index: int) -> bytes:
        level, above = divmod(height, HEIGHT)
        first = index << above
        place = (level, first // WIDTH)
        if place not in cache:
            cache[place] = split_hashes(read(Tile(*place, width_at(*place, size))))
        offset = first % WIDTH
        return peaks_of(cache[place][offset : offset + (1 << above)])[0]

    return node
