"""Open a source from its address: a file, a folder, or a SQLAlchemy URL."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from governance.sources.database import DatabaseSource
from governance.sources.duck import DuckSource
from governance.sources.errors import (
    SourceEmptyError,
    SourceMissingError,
    SourceSchemeError,
    SourceUnreadableError,
)
from governance.sources.files import CsvSource, ParquetSource
from governance.sources.folder import FolderSource
from governance.sources.jsonl import JsonlSource
from governance.sources.model import Source, SourceSpec

_SQLITE_MAGIC = b"SQLite format 3\x00"
_DUCKDB_MAGIC = b"DUCK"
_PARQUET_MAGIC = b"PAR1"
_SERVERS = ("postgresql", "mysql", "mariadb")


def open_source(spec: SourceSpec) -> Source:
    """Open what the address names; content is read only when asked for.

    Raises:
        SourceError: it is missing, empty, unreadable, or of no kind that is read.
    """
    if "://" not in spec.url:
        return _open_path(spec.base_dir / Path(spec.url).expanduser())
    try:
        url = make_url(spec.url)
    except ArgumentError as error:
        raise SourceSchemeError(name=spec.id) from error
    backend = url.drivername.partition("+")[0]
    if backend in {"sqlite", "duckdb"}:
        if not url.database or url.database == ":memory:":
            raise SourceMissingError(name=spec.id)
        path = spec.base_dir / url.database
        return _sqlite(path) if backend == "sqlite" else DuckSource(_existing(path))
    if backend not in _SERVERS:
        raise SourceSchemeError(name=f"{spec.id} ({url.drivername}://)")
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    return DatabaseSource(url, url.render_as_string(hide_password=True))


def _open_path(path: Path) -> Source:
    if path.is_dir():
        return _folder(path)
    return _kind(_existing(path))(path)


def _existing(path: Path) -> Path:
    try:
        if path.exists():
            return path
    except OSError as error:
        raise SourceUnreadableError(name=path.name) from error
    raise SourceMissingError(name=str(path))


def _kind(path: Path) -> Callable[[Path], Source]:
    """Tell a file's kind by its first bytes, then by its ending."""
    try:
        with path.open("rb") as file:
            magic = file.read(16)
    except OSError as error:
        raise SourceUnreadableError(name=path.name) from error
    if magic == _SQLITE_MAGIC:
        return _sqlite
    if magic[8:12] == _DUCKDB_MAGIC:
        return DuckSource
    if magic.startswith(_PARQUET_MAGIC):
        return ParquetSource
    kind = _ENDINGS.get(path.suffix.lower())
    if kind is None:
        raise SourceSchemeError(name=path.name)
    return kind


def _sqlite(path: Path) -> Source:
    _existing(path)
    url = URL.create("sqlite", database=f"file:{quote(path.resolve().as_posix())}", query={"mode": "ro", "uri": "true"})
    return DatabaseSource(url, path.name, prefix=f"{path.name}/", file=path)


_ENDINGS: dict[str, Callable[[Path], Source]] = {
    ".csv": CsvSource,
    ".tsv": CsvSource,
    ".txt": CsvSource,
    ".parquet": ParquetSource,
    ".pq": ParquetSource,
    ".jsonl": JsonlSource,
    ".ndjson": JsonlSource,
    ".db": _sqlite,
    ".sqlite": _sqlite,
    ".sqlite3": _sqlite,
    ".duckdb": DuckSource,
}


def _folder(path: Path) -> Source:
    try:
        files = sorted(entry for entry in path.iterdir() if entry.is_file() and not entry.name.startswith("."))
    except OSError as error:
        raise SourceUnreadableError(name=path.name) from error
    known = [entry for entry in files if entry.suffix.lower() in _ENDINGS and entry.suffix.lower() != ".txt"]
    if not known:
        raise SourceEmptyError(name=path.name)
    return FolderSource([_kind(entry)(entry) for entry in known])
