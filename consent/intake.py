"""Read a consent file, CSV or Parquet, into events and a list of every bad row. Nothing is stored here."""

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING

from consent.errors import ImportBrokenError, ImportColumnsError, ImportEmptyError, ImportEncodingError
from consent.model import BadRow, ConsentEvent
from consent.rows import OPTIONAL, REQUIRED, RowFaultError, RowReader

if TYPE_CHECKING:
    import _csv as _csv_module

    import pyarrow as pa

_PARQUET_MAGIC = b"PAR1"
_HEADER = f"{','.join(REQUIRED)}[,{','.join(OPTIONAL)}]"


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """What a file holds: events in the order of its lines, bad rows, and columns that were passed over."""

    events: tuple[ConsentEvent, ...]
    bad: tuple[BadRow, ...]
    ignored_columns: tuple[str, ...]
    digest: str


def parse(content: bytes, purposes: Collection[str] | None) -> ParsedFile:
    """Read a whole file; Parquet is told by its first bytes.

    CSV is UTF-8 with or without a byte-order mark, else GB18030. Column order is free.

    Args:
        content: the file's bytes.
        purposes: registered purposes; None accepts any.

    Raises:
        ImportFileError: the file as a whole can't be read.
    """
    if not content.strip():
        raise ImportEmptyError(columns=_HEADER)
    columns, numbered = _parquet(content) if content.startswith(_PARQUET_MAGIC) else _csv(content)
    events: list[ConsentEvent] = []
    bad: list[BadRow] = []
    reader = RowReader(purposes)
    for line, row in numbered:
        if isinstance(row, RowFaultError):
            bad.append(row.at_line(line))
            continue
        try:
            events.append(reader.event(row))
        except RowFaultError as fault:
            bad.append(fault.at_line(line))
    known = {*REQUIRED, *OPTIONAL}
    ignored = tuple(name for name in columns if name not in known)
    return ParsedFile(tuple(events), tuple(bad), ignored, sha256(content).hexdigest())


_Numbered = Iterator[tuple[int, "dict[str, str] | RowFaultError"]]


def _csv(content: bytes) -> tuple[list[str], _Numbered]:
    if b"\x00" in content:
        raise ImportBrokenError(place="NUL")
    reader = csv.reader(io.StringIO(_decode(content), newline=""), strict=True)
    try:
        header = next((row for row in reader if row), None)
    except csv.Error as error:
        raise ImportBrokenError(place="header") from error
    if header is None:
        raise ImportEmptyError(columns=_HEADER)
    columns = _columns(header)
    return columns, _csv_rows(reader, columns)


def _decode(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ImportEncodingError


def _csv_rows(reader: "_csv_module.Reader", columns: list[str]) -> _Numbered:
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise ImportBrokenError(place=f"CSV, line {line}") from error
        if cells is None:
            return
        if not cells:
            continue  # a blank line
        if len(cells) == len(columns):
            yield line, dict(zip(columns, cells, strict=True))
        else:
            found, wanted = len(cells), len(columns)
            yield line, RowFaultError("*", (f"有 {found} 格，应为 {wanted} 格", f"{found} cells instead of {wanted}"))


def _columns(header: list[str]) -> list[str]:
    """Give the normalised header.

    Raises:
        ImportColumnsError: a needed column is missing, one stands twice, or one looks like a misspelt optional one.
            Passing over a misspelt `kind` would count a weaker consent than was given.
    """
    names = [name.strip().lower() for name in header]
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        listed = "、".join(missing), ", ".join(missing)
        raise ImportColumnsError(zh=f"缺少 {listed[0]}", en=f"{listed[1]} missing", columns=_HEADER)
    repeated = sorted({name for name in names if names.count(name) > 1 and name in {*REQUIRED, *OPTIONAL}})
    if repeated:
        raise ImportColumnsError(zh=f"{repeated[0]} 重复", en=f"{repeated[0]} stands twice", columns=_HEADER)
    for name in names:
        near = get_close_matches(name, OPTIONAL, 1) if name not in {*REQUIRED, *OPTIONAL} else []
        if near and near[0] not in names:
            raise ImportColumnsError(
                zh=f"有一列疑为 {near[0]} 之误", en=f"a column looks like `{near[0]}` misspelt", columns=_HEADER
            )
    return names


def _parquet(content: bytes) -> tuple[list[str], _Numbered]:
    import pyarrow as pa  # noqa: PLC0415 -- CSV must not pay for it
    import pyarrow.parquet as pq  # noqa: PLC0415 -- likewise

    try:
        table = pq.read_table(pa.BufferReader(content))
    except (pa.ArrowException, OSError) as error:
        raise ImportBrokenError(place="Parquet") from error
    columns = _columns(list(table.column_names))
    return columns, _parquet_rows(table, columns)


def _parquet_rows(table: "pa.Table", columns: list[str]) -> _Numbered:
    """Give rows numbered from 1; a Parquet file has no header line."""
    wanted = [index for index, name in enumerate(columns) if name in {*REQUIRED, *OPTIONAL}]
    names = [columns[index] for index in wanted]
    batches = table.select(wanted).to_batches(max_chunksize=10_000)
    rows = chain.from_iterable(zip(*(column.to_pylist() for column in batch.columns), strict=True) for batch in batches)
    for line, cells in enumerate(rows, 1):
        yield line, _texts(dict(zip(names, cells, strict=True)))


def _texts(row: Mapping[str, object]) -> dict[str, str]:
    return {name: _text(value) for name, value in row.items()}


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else str(value)
