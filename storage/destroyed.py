"""The list of destroyed keys beside the database: a restored backup must not bring an erased person back.

One line a key, `owner version instant`, appended and synced after the destruction was committed. At the start list
and database are made equal before anything is served: what the list names is wiped again, what the database knows
and the list lacks (a kill between commit and append) is added.
"""

import os
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from storage.errors import KeyFileError, Said
from storage.refused import reason_of

_LINE = re.compile(r"([0-9a-z-]{1,64}) ([0-9]{1,10}) (\S+)")
_DAMAGED = "第 {n} 行不是 `所有者 版本 时间`", "line {n} is not `owner version instant`"


class DestroyedKeys:
    """The list in the keys folder. It belongs into every backup of that folder and into no restore of an older one."""

    def __init__(self, folder: Path) -> None:
        """Name the file; it is made with the first destruction."""
        self._path = folder / "destroyed.list"

    def read(self) -> set[tuple[str, int]]:
        """Give every key that was destroyed, as owner and version.

        Raises:
            KeyFileError: the list can't be read or a line is damaged; nothing may be served then.
        """
        try:
            lines = self._path.read_text("utf-8").split("\n") if self._path.exists() else []
        except (OSError, UnicodeDecodeError) as error:
            reason = reason_of(error) if isinstance(error, OSError) else Said("不是 UTF-8", "it is not UTF-8")
            raise KeyFileError(path=self._path, reason=reason) from error
        # A kill while appending leaves a last line without its end; its destruction is in the database.
        return {self._parsed(number, line) for number, line in enumerate(lines[:-1], 1)}

    def add(self, keys: Iterable[tuple[str, int]], at: datetime) -> None:
        """Append keys and wait until they are on the disk.

        Raises:
            KeyFileError: the list can't be written.
        """
        text = "".join(f"{owner} {version} {at.isoformat()}\n" for owner, version in keys)
        if not text:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                self._cut_half_line(descriptor)
                os.write(descriptor, text.encode())
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise KeyFileError(path=self._path, reason=reason_of(error)) from error

    def _cut_half_line(self, descriptor: int) -> None:
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            os.ftruncate(descriptor, os.pread(descriptor, size, 0).rfind(b"\n") + 1)

    def _parsed(self, number: int, line: str) -> tuple[str, int]:
        found = _LINE.fullmatch(line)
        if found is None:
            raise KeyFileError(path=self._path, reason=Said(*(part.format(n=number) for part in _DAMAGED)))
        return found[1], int(found[2])
