"""Read a consent file, CSV or Parquet, in stretches of rows; a file of any length takes the memory of one stretch.

Nothing is judged here but the file as a whole: its encoding, its header, and that each row has as many cells.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from functools import cached_property
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING

from consent.errors import (
    ImportBrokenError,
    ImportChangedError,
    ImportColumnsError,
    ImportEmptyError,
    ImportEncodingError,
)
from consent.rows import OPTIONAL, REQUIRED
from storage.errors import Said

if TYPE_CHECKING:
    import pyarrow.parquet as pq

STRETCH = 20_000
_PARQUET_MAGIC = b"PAR1"
_BLOCK = 1 << 20
_HEADER = f"{','.join(REQUIRED)}[,{','.join(OPTIONAL)}]"
_KNOWN = frozenset({*REQUIRED, *OPTIONAL})
_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some rows as they stand in the file, each a list of cells in the order of `Intake.columns`.

    Args:
        first: the line of the first row.
        lines: how many lines they take, or None where a row is a line by nature.
    """

    rows: list[list[str]]
    first: int
    lines: int | None = None

    def numbered(self) -> Iterator[tuple[int, list[str]]]:
        """Give each row with the line on which it begins; blank lines are passed over."""
        line = self.first
        for row in self.rows:
            if row:
                yield line, row
            line += _span(row) if self.lines is not None else 1


class Intake:
    """One file, opened and found readable; it may be gone through more than once."""

    def __init__(self, content: bytes | Path) -> None:
        """Look through the whole file once.

        Args:
            content: the file's bytes, or where it lies. Parquet is told by its first bytes; CSV is UTF-8 with or
                without a byte-order mark, else GB18030. Column order is free.

        Raises:
            ImportFileError: the file as a whole can't be read.
        """
        self._content = content
        self.size_bytes = len(content) if isinstance(content, bytes) else content.stat().st_size
        with self._bytes() as file:
            self._is_parquet = file.read(4) == _PARQUET_MAGIC
        seen = self._look()
        self.digest = seen.digest
        self._encoding = seen.encoding
        header = self._parquet_header() if self._is_parquet else self._csv_header()
        self.columns = _columns(header)
        self.ignored_columns = tuple(name for name in self.columns if name not in _KNOWN)

    def stretches(self) -> Iterator[Stretch]:
        """Give the rows, a stretch at a time.

        Raises:
            ImportBrokenError: the content is not what its first bytes say.
            ImportChangedError: somebody changed the file since it was opened.
        """
        yield from self._parquet_stretches() if self._is_parquet else self._csv_stretches()
        if not isinstance(self._content, bytes) and self._look().digest != self.digest:
            raise ImportChangedError

    def _bytes(self) -> IO[bytes]:
        return io.BytesIO(self._content) if isinstance(self._content, bytes) else self._content.open("rb")

    def _look(self) -> "_Seen":
        seen = _Seen(is_text=not self._is_parquet)
        with self._bytes() as file:
            while block := file.read(_BLOCK):
                seen.take(block)
        if seen.is_blank:
            raise ImportEmptyError(columns=_HEADER)
        if not self._is_parquet:
            seen.finish()
        return seen

    def _text(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(self._bytes(), self._encoding, newline="")

    def _csv_header(self) -> list[str]:
        with closing(self._text()) as text:
            try:
                header = next((row for row in csv.reader(text, strict=True) if row), None)
            except csv.Error as error:
                raise ImportBrokenError(place=Said("表头", "header")) from error
        if header is None:
            raise ImportEmptyError(columns=_HEADER)
        return header

    def _csv_stretches(self) -> Iterator[Stretch]:
        with closing(self._text()) as text:
            reader = csv.reader(text, strict=True)
            next(row for row in reader if row)  # the header
            while True:
                before, rows = reader.line_num, []
                try:
                    # Appended one by one, so that on an error the rows before it tell its line.
                    for row in islice(reader, STRETCH):
                        rows.append(row)  # noqa: PERF402 -- as said
                except csv.Error as error:
                    line = before + 1 + sum(_span(row) for row in rows)
                    raise ImportBrokenError(place=Said(f"CSV 第 {line} 行", f"CSV, line {line}")) from error
                if not rows:
                    return
                yield Stretch(rows, before + 1, reader.line_num - before)

    @cached_property
    def _parquet(self) -> "pq.ParquetFile":
        import pyarrow as pa  # noqa: PLC0415 -- CSV must not pay for it
        import pyarrow.parquet as pq  # noqa: PLC0415 -- likewise

        content = self._content
        try:
            return pq.ParquetFile(pa.BufferReader(content) if isinstance(content, bytes) else str(content))
        except (pa.ArrowException, OSError) as error:
            raise ImportBrokenError(place="Parquet") from error

    def _parquet_header(self) -> list[str]:
        return list(self._parquet.schema_arrow.names)

    def _parquet_stretches(self) -> Iterator[Stretch]:
        """Give rows numbered from 1; a Parquet file has no header line."""
        import pyarrow as pa  # noqa: PLC0415 -- CSV must not pay for it

        first = 1
        batches = self._parquet.iter_batches(batch_size=STRETCH)
        while True:
            try:
                batch = next(batches, None)
            except (pa.ArrowException, OSError) as error:
                raise ImportBrokenError(place="Parquet") from error
            if batch is None:
                return
            columns = [[_text(value) for value in column.to_pylist()] for column in batch.columns]
            yield Stretch([list(row) for row in zip(*columns, strict=True)], first)
            first += batch.num_rows


class _Seen:
    """What one look through the bytes tells: digest, encoding, and whether there is anything at all."""

    def __init__(self, *, is_text: bool) -> None:
        self._hash = sha256()
        self._decoders = {name: codecs.getincrementaldecoder(name)() for name in ("utf-8-sig", "gb18030") if is_text}
        self.is_blank = True

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    @property
    def encoding(self) -> str:
        return next(iter(self._decoders), "")

    def take(self, block: bytes) -> None:
        self._hash.update(block)
        self.is_blank = self.is_blank and not block.strip()
        if self._decoders and b"\x00" in block:
            raise ImportBrokenError(place="NUL")
        self._decode(block, final=False)

    def finish(self) -> None:
        self._decode(b"", final=True)
        if not self._decoders:
            raise ImportEncodingError

    def _decode(self, block: bytes, *, final: bool) -> None:
        for name, decoder in list(self._decoders.items()):
            try:
                decoder.decode(block, final)
            except UnicodeDecodeError:
                del self._decoders[name]


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
    repeated = sorted({name for name in names if names.count(name) > 1 and name in _KNOWN})
    if repeated:
        raise ImportColumnsError(zh=f"{repeated[0]} 重复", en=f"{repeated[0]} stands twice", columns=_HEADER)
    for name in names:
        near = get_close_matches(name, OPTIONAL, 1) if name not in _KNOWN else []
        if near and near[0] not in names:
            raise ImportColumnsError(
                zh=f"有一列疑为 {near[0]} 之误", en=f"a column looks like `{near[0]}` misspelt", columns=_HEADER
            )
    return names


def _span(row: list[str]) -> int:
    """Give how many lines a row takes: one, and one for each break inside its cells."""
    return 1 + sum(len(_BREAK.findall(cell)) for cell in row)


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else str(value)
