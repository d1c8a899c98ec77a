"""Verify an exported log offline: signature, every tile, every entry, and the root over all of them.

Needs the folder alone; neither the database nor its driver is loaded. Any flipped, missing or short byte below the
checkpoint, and a cut tail, is named by its file and the first entry concerned.
"""

from collections.abc import Sequence
from hmac import compare_digest
from pathlib import Path

from audit.checkpoint import open_checkpoint
from audit.errors import (
    ContentMismatchError,
    MalformedKeyError,
    MalformedNoteError,
    MissingPieceError,
    NotInLogError,
    RootMismatchError,
    StrayFileError,
    WrongLengthError,
)
from audit.merkle import HASH_BYTES, fold, leaf_hash, peaks_of
from audit.model import TreeHead, Verification
from audit.note import VerifierKey, parse_vkey
from audit.tiles import HEIGHT, WIDTH, Tile, bundles_of, parse_path, split_hashes, tiles_of, unpack_bundle
from storage.errors import Said

CHECKPOINT = "checkpoint"
VKEY = "log.vkey"
_PREFIX_BYTES = 2


def verify_folder(folder: Path, vkey: str | None = None) -> Verification:
    """Verify an export.

    Args:
        folder: a C2SP tlog-tiles folder.
        vkey: the log's verifier key, had from elsewhere; without it the folder's own `log.vkey` is trusted, which
            shows that the folder is whole but not whose log it is.

    Raises:
        VerificationError: names the place, and the first bad entry where there is one.
        MalformedKeyError: `vkey` is no verifier key.

    Guarantee: passes only if every entry hashes into the root that the key signed.
    """
    key = parse_vkey(vkey) if vkey else _own_key(folder)
    head = open_checkpoint(_read(folder, CHECKPOINT, 0), key)
    levels = _leaves(folder, head)
    _verify_upper(folder, head, levels)
    peaks = [peak for row in reversed(levels) for peak in peaks_of(row[len(row) - len(row) % WIDTH :])]
    if not compare_digest(fold(peaks), head.root):
        raise RootMismatchError(place=CHECKPOINT, size=head.size)
    files = _verify_no_more(folder, head)
    return Verification(head, files, str(key), is_key_from_folder=not vkey)


def _own_key(folder: Path) -> VerifierKey:
    raw = _read(folder, VKEY, 0)
    try:
        text = raw.decode()
        key = parse_vkey(text)
    except (UnicodeDecodeError, MalformedKeyError) as error:
        raise MalformedNoteError(place=VKEY, found=Said("不是验证公钥", "no verifier key")) from error
    if text.removesuffix("\n") != str(key):
        raise MalformedNoteError(place=VKEY, found=Said("不是验证公钥", "no verifier key"))
    return key


def _leaves(folder: Path, head: TreeHead) -> list[list[bytes]]:
    """Check bundles against level-0 tiles; give the hashes of each level, those above still to be compared."""
    leaves: list[bytes] = []
    roots: list[bytes] = []
    for bundle in bundles_of(head.size):
        hashes = [leaf_hash(entry) for entry in _entries(folder, bundle)]
        _compare(folder, Tile(0, bundle.index, bundle.width), hashes, bundle.path)
        if bundle.width == WIDTH:
            roots.append(peaks_of(hashes)[0])
        else:
            leaves = hashes
    levels = [leaves]
    while roots:
        levels.append(roots)
        roots = [peaks_of(roots[at : at + WIDTH])[0] for at in range(0, len(roots) - WIDTH + 1, WIDTH)]
    return levels


def _entries(folder: Path, bundle: Tile) -> list[bytes]:
    raw = _read(folder, bundle.path, bundle.start)
    entries = unpack_bundle(raw)
    length = sum(len(entry) + _PREFIX_BYTES for entry in entries)
    if len(entries) != bundle.width or length != len(raw):
        whole = min(len(entries), bundle.width) - (1 if length != len(raw) else 0)
        raise WrongLengthError(place=bundle.path, found=len(raw), index=bundle.start + max(0, whole))
    return entries


def _verify_upper(folder: Path, head: TreeHead, levels: Sequence[Sequence[bytes]]) -> None:
    for tile in tiles_of(head.size):
        if tile.level:
            start = tile.index * WIDTH
            _compare(folder, tile, levels[tile.level][start : start + tile.width])


def _compare(folder: Path, tile: Tile, expected: Sequence[bytes], bundle: str = "") -> None:
    raw = _read(folder, tile.path, tile.start)
    span = 1 << (HEIGHT * (tile.level or 0))
    found = split_hashes(raw)
    if len(raw) != len(expected) * HASH_BYTES:
        whole = min(len(raw) // HASH_BYTES, len(expected))
        raise WrongLengthError(place=tile.path, found=len(raw), index=tile.start + whole * span)
    for at, (have, want) in enumerate(zip(found, expected, strict=True)):
        if have != want:
            place = f"{tile.path} ≠ {bundle}" if bundle else tile.path
            raise ContentMismatchError(place=place, index=tile.start + at * span)


def _verify_no_more(folder: Path, head: TreeHead) -> int:
    """Check what else lies among the tiles: a narrower copy must agree with the tile it grew into."""
    widths = {(piece.level, piece.index): piece for piece in (*tiles_of(head.size), *bundles_of(head.size))}
    wanted = {piece.path for piece in widths.values()}
    for path in sorted((folder / "tile").rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or name in wanted:
            continue
        try:
            narrow = parse_path(name)
        except NotInLogError as error:
            raise StrayFileError(place=name) from error
        whole = widths.get((narrow.level, narrow.index))
        if whole is None or narrow.width > whole.width:
            raise StrayFileError(place=name)
        _compare_narrow(folder, narrow, whole)
    return len(wanted) + 2


def _compare_narrow(folder: Path, narrow: Tile, whole: Tile) -> None:
    raw = _read(folder, narrow.path, narrow.start)
    content = _read(folder, whole.path, whole.start)
    if whole.level is None:
        length = sum(len(entry) + _PREFIX_BYTES for entry in unpack_bundle(content)[: narrow.width])
    else:
        length = narrow.width * HASH_BYTES
    if raw != content[:length]:
        raise ContentMismatchError(place=narrow.path, index=narrow.start)


def _read(folder: Path, name: str, index: int) -> bytes:
    try:
        return (folder / name).read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise MissingPieceError(place=name, index=index) from error
