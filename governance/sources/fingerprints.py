"""Tell whether files changed: by digest, and without reading them where the system's own record says they did not.

A fingerprint is `CONTENT:RECORD`: the SHA-256 of the bytes, and what the file system records of the file. Contents
compare by the first part. The record is left empty when the file was written less than two seconds ago, for a later
write could leave the same record behind (the racy-clean rule of git's index).
"""

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path

from governance.sources.errors import SourceMissingError, SourceUnreadableError

_RACY_NS = 2_000_000_000


def same_content(one: str, other: str) -> bool:
    """Tell whether two fingerprints are of the same content."""
    return bool(one) and one.partition(":")[0] == other.partition(":")[0]


def file_fingerprint(paths: Sequence[Path], known: str = "", also: str = "") -> str:
    """Give the fingerprint of files that make up one content; those that are not there count as such.

    Args:
        paths: the first must exist.
        known: an earlier fingerprint, which is given again when the record shows that nothing was written since.
        also: what else tells contents apart, such as the table's name.

    Raises:
        SourceMissingError: the first file is not there.
        SourceUnreadableError: one can't be read.
    """
    try:
        record = _record(paths, also)
        if record and known.partition(":")[2] == record:
            return known
        digest = hashlib.sha256(also.encode())
        for place, path in enumerate(paths):
            if place and not path.exists():
                continue
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    except FileNotFoundError as error:
        raise SourceMissingError(name=paths[0].name) from error
    except OSError as error:
        raise SourceUnreadableError(name=paths[0].name) from error
    return f"{digest.hexdigest()}:{record if record == _record(paths, also) else ''}"


def _record(paths: Sequence[Path], also: str) -> str:
    parts = [also.encode()]
    for place, path in enumerate(paths):
        if place and not path.exists():
            parts.append(b"none")
            continue
        stat = path.stat()
        if time.time_ns() - max(stat.st_mtime_ns, stat.st_ctime_ns) < _RACY_NS:
            return ""
        parts.append(repr((stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)).encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:32]
