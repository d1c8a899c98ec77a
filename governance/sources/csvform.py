"""How a CSV file is written: encoding, delimiter, header (RFC 4180 and what real exports do beyond it)."""

import codecs
import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from governance.sources.errors import (
    SourceBrokenError,
    SourceEmptyError,
    SourceEncodingError,
    SourceMissingError,
    SourceUnreadableError,
)

_HEAD_BYTES = 1 << 18
_DELIMITERS = (",", "\t", ";", "|", "\x01")
_TRIAL_ROWS = 50
_DATA_CELL = re.compile(r"\d{6,}|\d{4}-\d{2}-\d{2}|[^@\s]+@[^@\s]+\.[a-z]+|1\d{2}\*+\d{4}", re.IGNORECASE)
_ZERO_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class CsvForm:
    """How one file is to be read; `names` are unique."""

    encoding: str
    delimiter: str
    names: tuple[str, ...]
    has_header: bool


def read_head(path: Path) -> bytes:
    """Give the first bytes of a file.

    Raises:
        SourceMissingError: it is not there.
        SourceUnreadableError: it can't be opened.
        SourceEmptyError: it holds nothing but blanks.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except FileNotFoundError as error:
        raise SourceMissingError(name=path.name) from error
    except OSError as error:
        raise SourceUnreadableError(name=path.name) from error
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise SourceEmptyError(name=path.name)
    return head


def encoding_of(head: bytes, name: str) -> str:
    """Give the encoding that the bytes are in.

    Raises:
        SourceEncodingError: none of those that are read.
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.count(0) > len(head) * _ZERO_SHARE:
        raise SourceEncodingError(name=name)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        return encoding
    raise SourceEncodingError(name=name)


def csv_form(path: Path) -> CsvForm:
    """Find out how a file is written.

    Raises:
        SourceError: missing, unreadable, empty, or in an unknown encoding.
    """
    head = read_head(path)
    encoding = encoding_of(head, path.name)
    text = codecs.getincrementaldecoder(encoding)().decode(head).lstrip("\ufeff")
    if "\x00" in text:
        raise SourceBrokenError(name=path.name, place="NUL")
    whole = len(head) < _HEAD_BYTES
    delimiter = max(_DELIMITERS, key=lambda mark: _fit(_rows(text, mark, whole=whole)))
    rows = _rows(text, delimiter, whole=whole)
    first = rows[0] if rows else []
    has_header = not any(_DATA_CELL.fullmatch(cell.strip()) for cell in first)
    names = _unique(first) if has_header else tuple(f"column_{index + 1}" for index in range(len(first)))
    return CsvForm(encoding, delimiter, names, has_header)


def _rows(text: str, delimiter: str, *, whole: bool) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if row:
                rows.append(row)
            if len(rows) > _TRIAL_ROWS:
                break
    except csv.Error:
        return rows
    return rows if whole or len(rows) <= 1 else rows[:-1]


def _fit(rows: list[list[str]]) -> tuple[float, int]:
    """Rank a delimiter: rows that agree with the first one, then the number of columns."""
    width = len(rows[0]) if rows else 0
    if width < 2:  # noqa: PLR2004 -- one column is what every wrong delimiter gives
        return (0.0, width)
    return (sum(len(row) == width for row in rows) / len(rows), width)


def _unique(names: list[str]) -> tuple[str, ...]:
    """Name nameless columns by their place and tell equal names apart."""
    seen: dict[str, int] = {}
    result = []
    for index, raw in enumerate(names):
        name = raw.strip() or f"column_{index + 1}"
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return tuple(result)
