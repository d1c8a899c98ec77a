"""Export the log as a C2SP tlog-tiles folder, which anyone verifies without this program or its database."""

from pathlib import Path

from sqlalchemy import Engine

from audit.errors import ExportFolderError, NotInLogError
from audit.log import consistency_proof, latest_checkpoint, read
from audit.model import Checkpoint, Exported
from audit.tiles import WIDTH, Tile, bundles_of, parse_path, tiles_of
from storage import read_only

CHECKPOINT = "checkpoint"
VKEY = "log.vkey"


def export(engine: Engine, folder: Path) -> Exported:
    """Write the log up to its newest checkpoint.

    Each tile is read in a transaction of its own, because a long reader would hold back SQLite's write-ahead log;
    what is below a checkpoint never changes. The checkpoint is written last.

    Args:
        engine: the log's database.
        folder: empty, missing, or an earlier export of the same log, which is brought up to date.

    Raises:
        ExportFolderError: the folder holds something else.
        NotInLogError: nothing was signed yet.
    """
    with read_only(engine) as session:
        checkpoint = latest_checkpoint(session)
    _require_ours(engine, folder, checkpoint)
    pieces = [*tiles_of(checkpoint.head.size), *bundles_of(checkpoint.head.size)]
    for piece in pieces:
        with read_only(engine) as session:
            _write(folder / piece.path, read(session, piece))
    _remove_outgrown(folder, pieces)
    _write(folder / VKEY, f"{checkpoint.vkey}\n".encode())
    _write(folder / CHECKPOINT, checkpoint.note.encode())
    return Exported(checkpoint.head, len(pieces) + 2)


def _require_ours(engine: Engine, folder: Path, checkpoint: Checkpoint) -> None:
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        found = (folder / CHECKPOINT).read_text(encoding="utf-8").split("\n")
        ours = found[0] == checkpoint.head.origin and int(found[1]) <= checkpoint.head.size
        if ours and 0 < int(found[1]) < checkpoint.head.size:
            with read_only(engine) as session:
                consistency_proof(session, int(found[1]), checkpoint.head.size)
    except (OSError, ValueError, IndexError, NotInLogError) as error:
        raise ExportFolderError(folder=folder) from error
    if not ours:
        raise ExportFolderError(folder=folder)


def _remove_outgrown(folder: Path, pieces: list[Tile]) -> None:
    """Take away the partial tiles of an earlier, smaller export (C2SP tlog-tiles, Partial Tiles)."""
    kept = {piece.path for piece in pieces}
    for path in sorted((folder / "tile").rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in kept and _is_partial(name):
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()


def _is_partial(name: str) -> bool:
    try:
        return parse_path(name).width < WIDTH
    except NotInLogError:
        return False


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
