"""CSV, Parquet and JSON Lines files: each is a source of one table."""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from governance.sources.csvform import CsvForm, csv_form, encoding_of, read_head
from governance.sources.errors import (
    SourceBrokenError,
    SourceEncodingError,
    SourceMissingError,
    SourceUnreadableError,
)
from governance.sources.model import ColumnInfo, DatasetRef
from governance.sources.sampling import draw
from governance.sources.texttypes import typed

_BLOCK_BYTES = 1 << 24
_SAMPLED_GROUPS = 32


class FileSource(ABC):
    """One file, one table; what differs by kind is how its batches come."""

    def __init__(self, path: Path) -> None:
        """Name the file; nothing is read yet."""
        self.path = path
        self._rows: int | None = None

    def datasets(self) -> list[DatasetRef]:
        """Give the one table."""
        return [DatasetRef(self.path.name, self._rows, self.path.stem)]

    def columns(self, name: str) -> list[ColumnInfo]:
        """Give the columns with their Arrow types."""
        self._check(name)
        return [ColumnInfo(field.name, str(field.type)) for field in self._schema()]

    def count(self, name: str) -> int:
        """Give the number of rows; counts once."""
        self._check(name)
        if self._rows is None:
            self._rows = sum(batch.num_rows for batch in self._batches())
        return self._rows

    def sample(self, name: str, rows: int, seed: int) -> pa.Table:
        """Give at most `rows` rows of untyped content."""
        self._check(name)
        table, self._rows = draw(self._batches(), self._schema(), rows, seed)
        return table

    def read(self, name: str) -> pa.Table:
        """Give the whole table, typed."""
        self._check(name)
        table = pa.Table.from_batches(self._batches(), schema=self._schema())
        self._rows = table.num_rows
        return typed(table)

    def fingerprint(self, name: str) -> str:
        """Give the SHA-256 of the file's bytes."""
        self._check(name)
        try:
            with self.path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError as error:
            raise SourceMissingError(name=self.path.name) from error
        except OSError as error:
            raise SourceUnreadableError(name=self.path.name) from error

    def close(self) -> None:  # noqa: B027 -- a file of any kind is closed after each call
        """Nothing stays open between calls."""

    def _check(self, name: str) -> None:
        if name not in {self.path.name, self.path.stem}:
            raise SourceMissingError(name=name)

    @abstractmethod
    def _schema(self) -> pa.Schema:
        """Give the columns as the batches bring them."""

    @abstractmethod
    def _batches(self) -> Iterator[pa.RecordBatch]:
        """Give the rows in the file's order."""


class CsvSource(FileSource):
    """A delimited text file."""

    def __init__(self, path: Path) -> None:
        """Name the file; its form is found at first need."""
        super().__init__(path)
        self._form: CsvForm | None = None

    @property
    def form(self) -> CsvForm:
        """Give how the file is written."""
        if self._form is None:
            self._form = csv_form(self.path)
        return self._form

    def _schema(self) -> pa.Schema:
        return pa.schema([(name, pa.string()) for name in self.form.names])

    def _batches(self) -> Iterator[pa.RecordBatch]:
        form = self.form
        encoding = "utf8" if form.encoding == "utf-8-sig" else form.encoding
        try:
            reader = pacsv.open_csv(
                self.path,
                read_options=pacsv.ReadOptions(
                    block_size=_BLOCK_BYTES,
                    encoding=encoding,
                    column_names=list(form.names),
                    skip_rows_after_names=int(form.has_header),
                ),
                parse_options=pacsv.ParseOptions(delimiter=form.delimiter, newlines_in_values=True),
                convert_options=pacsv.ConvertOptions(
                    column_types=dict.fromkeys(form.names, pa.string()),
                    strings_can_be_null=True,
                    null_values=[""],
                ),
            )
            yield from reader
        except (pa.ArrowInvalid, ValueError) as error:
            raise _csv_failure(self.path, error) from error
        except OSError as error:
            raise SourceUnreadableError(name=self.path.name) from error


def _csv_failure(path: Path, error: Exception) -> Exception:
    """Tell bad bytes from ragged rows without passing on the engine's text, which may quote a row."""
    text = str(error)
    if isinstance(error, UnicodeDecodeError) or "UTF8" in text or "UTF-8" in text:
        return SourceEncodingError(name=path.name)
    if "Empty CSV" in text:
        return SourceBrokenError(name=path.name, place="header")
    row = text.partition("Row #")[2].partition(":")[0]
    return SourceBrokenError(name=path.name, place=f"row {row}" if row.isdigit() else "rows of unequal length")


class ParquetSource(FileSource):
    """A Parquet file; its types are declared and kept."""

    def count(self, name: str) -> int:
        """Give the number of rows from the footer."""
        self._check(name)
        with self._open() as file:
            return int(file.metadata.num_rows)

    def sample(self, name: str, rows: int, seed: int) -> pa.Table:
        """Draw from at most 32 row groups, spread over the file."""
        self._check(name)
        with self._open() as file:
            groups = file.metadata.num_row_groups
            step = max(1, groups // _SAMPLED_GROUPS)
            batches = file.iter_batches(row_groups=list(range(seed % step, groups, step)))
            try:
                return draw(batches, file.schema_arrow, rows, seed)[0]
            except (pa.ArrowInvalid, OSError) as error:
                raise SourceBrokenError(name=self.path.name, place="row group") from error

    def read(self, name: str) -> pa.Table:
        """Give the whole table as declared."""
        self._check(name)
        return pa.Table.from_batches(self._batches(), schema=self._schema())

    def _open(self) -> pq.ParquetFile:
        read_head(self.path)
        try:
            return pq.ParquetFile(self.path)
        except (pa.ArrowInvalid, OSError) as error:
            raise SourceBrokenError(name=self.path.name, place="footer") from error

    def _schema(self) -> pa.Schema:
        with self._open() as file:
            return file.schema_arrow

    def _batches(self) -> Iterator[pa.RecordBatch]:
        with self._open() as file:
            try:
                yield from file.iter_batches()
            except (pa.ArrowInvalid, OSError) as error:
                raise SourceBrokenError(name=self.path.name, place="row group") from error


class JsonlSource(FileSource):
    """JSON Lines: one object a line; nested values stay as JSON text."""

    def _schema(self) -> pa.Schema:
        return self._table().schema

    def _batches(self) -> Iterator[pa.RecordBatch]:
        yield from self._table().to_batches()

    def _table(self) -> pa.Table:
        encoding = encoding_of(read_head(self.path), self.path.name)
        rows: list[dict[str, object]] = []
        keys: dict[str, None] = {}
        try:
            with self.path.open(encoding=encoding) as file:
                for number, line in enumerate(file, start=1):
                    if line.strip():
                        rows.append(self._object(line, number))
                        keys.update(dict.fromkeys(rows[-1]))
        except UnicodeDecodeError as error:
            raise SourceEncodingError(name=self.path.name) from error
        return pa.table({key: _json_column([row.get(key) for row in rows]) for key in keys})

    def _object(self, line: str, number: int) -> dict[str, object]:
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise SourceBrokenError(name=self.path.name, place=f"line {number}") from error
        if not isinstance(found, dict):
            raise SourceBrokenError(name=self.path.name, place=f"line {number}")
        return found


def _json_column(values: list[object]) -> pa.Array:
    """Type a column when all its values are of one JSON kind; else write them as text."""
    kinds = {type(value) for value in values if value is not None}
    try:
        if kinds == {bool}:
            return pa.array(values, pa.bool_())
        if kinds == {int}:
            return pa.array(values, pa.int64())
        if kinds and kinds <= {int, float}:
            return pa.array([None if value is None else float(str(value)) for value in values], pa.float64())
    except (pa.ArrowInvalid, OverflowError):
        pass
    return pa.array([_json_text(value) for value in values], pa.string())


def _json_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
