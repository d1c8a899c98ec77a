"""CSV and Parquet files: each is a source of one table."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from governance.sources.csvform import CsvForm, csv_form, read_head
from governance.sources.errors import (
    SourceBrokenError,
    SourceEncodingError,
    SourceMissingError,
    SourceUnreadableError,
)
from governance.sources.fingerprints import file_fingerprint
from governance.sources.model import ColumnInfo, DatasetRef
from governance.sources.sampling import draw
from governance.sources.texttypes import typed
from storage.errors import Said

_BLOCK_BYTES = 1 << 22
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

    def batches(self, name: str) -> Iterator[pa.RecordBatch]:
        """Give all rows of untyped content, batch by batch."""
        self._check(name)
        yield from self._batches()

    def fingerprint(self, name: str, known: str = "") -> str:
        """Give the file's fingerprint."""
        self._check(name)
        return file_fingerprint([self.path], known)

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
        return SourceBrokenError(name=path.name, place=Said("表头", "header"))
    row = text.partition("Row #")[2].partition(":")[0]
    return SourceBrokenError(name=path.name, place=_row(row))


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
                raise SourceBrokenError(name=self.path.name, place=Said("行组", "row group")) from error

    def read(self, name: str) -> pa.Table:
        """Give the whole table as declared."""
        self._check(name)
        return pa.Table.from_batches(self._batches(), schema=self._schema())

    def _open(self) -> pq.ParquetFile:
        read_head(self.path)
        try:
            return pq.ParquetFile(self.path)
        except (pa.ArrowInvalid, OSError) as error:
            raise SourceBrokenError(name=self.path.name, place=Said("文件尾", "footer")) from error

    def _schema(self) -> pa.Schema:
        with self._open() as file:
            return file.schema_arrow

    def _batches(self) -> Iterator[pa.RecordBatch]:
        with self._open() as file:
            try:
                yield from file.iter_batches()
            except (pa.ArrowInvalid, OSError) as error:
                raise SourceBrokenError(name=self.path.name, place=Said("行组", "row group")) from error


def _row(number: str) -> Said:
    if number.isdigit():
        return Said(f"第 {number} 行", f"row {number}")
    return Said("各行列数不一", "rows of unequal length")
