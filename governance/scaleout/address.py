"""Addresses of tables that Spark reads.

`spark+parquet:///folder`, `spark+parquet://relative/*.parquet`, `spark+parquet+s3a://bucket/key`, `spark+table://name`.
A file, a folder of files or a pattern is one table.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from governance.sources import SourceSchemeError

_WILD = frozenset("*?[{")


@dataclass(frozen=True, slots=True)
class SparkAddress:
    """What Spark is to read.

    Args:
        kind: parquet or table.
        place: Spark's own path, or a table's name in its catalogue.
        name: the dataset's id: the last part of the path that is no pattern, or the table's name.
        shown: the address without user and password.
    """

    kind: str
    place: str
    name: str
    shown: str


def spark_address(url: str, base_dir: Path) -> SparkAddress:
    """Read an address.

    Args:
        url: begins with `spark+`.
        base_dir: what `spark+parquet://relative/path` counts from.

    Raises:
        SourceSchemeError: of no kind that is read, or it names nothing.
    """
    scheme, _, rest = url.partition(":")
    _, kind, *further = scheme.split("+")
    system = "+".join(further)
    if kind == "table" and not system and rest.strip("/"):
        name = rest.strip("/")
        return SparkAddress(kind, name, name, url)
    if kind != "parquet" or not rest.strip("/"):
        raise SourceSchemeError(name=scheme)
    if not system:
        full = base_dir / unquote(rest.removeprefix("//"))
        return SparkAddress(kind, f"file://{full}", _name(full.as_posix()), url)
    host, _, path = rest.removeprefix("//").partition("/")
    bare = host.rpartition("@")[2]
    return SparkAddress(kind, f"{system}://{host}/{path}", _name(path or bare), f"{scheme}://{bare}/{path}")


def _name(path: str) -> str:
    parts = [part for part in path.split("/") if part]
    return next((part for part in reversed(parts) if not _WILD & set(part)), parts[-1])
