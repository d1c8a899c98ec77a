"""An answer as a stream of bytes, piece by piece in bounded memory: JSON, CSV, Arrow IPC, Parquet."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from governance.journeys.cells import cells, texts
from governance.journeys.query import Answer
from governance.journeys.rendering import decision_document, recorded_document
from storage import canonical_json

if TYPE_CHECKING:
    import pyarrow as pa

Format = Literal["json", "csv", "arrow", "parquet"]
_SET = "mingjing."
_FORMULA = "^[=+@\t\r-]"


def stream(answer: Answer, form: Format) -> Iterator[bytes]:
    """Give the answer's bytes; each piece holds about one batch of rows.

    Arrow and Parquet say in the schema's metadata what they are for, from which tiers, by which receipt and until when.
    In CSV a text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    if form == "json":
        return _json(answer)
    if form == "csv":
        return _csv(answer)
    return answer.result.labelled(metadata(answer)) if form == "arrow" else _parquet(answer)


def metadata(answer: Answer) -> dict[str, str]:
    """Give what the rows say of themselves, by names of our own."""
    known = {**answer.labels, "receipt": canonical_json(recorded_document(answer.recorded)["receipt"])}
    return {_SET + name: value for name, value in sorted(known.items())}


def labelled(answer: Answer) -> "pa.Table":
    """Give all rows at once, with the same metadata."""
    return answer.table.replace_schema_metadata(metadata(answer))


def _json(answer: Answer) -> Iterator[bytes]:
    """Give `{columns, rows, decision}`."""
    yield b'{"columns":' + _compact(list(answer.result.schema().names)) + b',"rows":['
    before = b""
    for batch in answer.result.batches():
        if batch.num_rows:
            rows = zip(*(cells(column) for column in batch.columns), strict=True)
            yield before + _compact(list(rows))[1:-1]
            before = b","
    yield b'],"decision":' + _compact(decision_document(answer)) + b"}"


def _compact(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8", "replace")


def _csv(answer: Answer) -> Iterator[bytes]:
    import pyarrow as pa  # noqa: PLC0415 -- only where rows leave as a file
    import pyarrow.compute  # noqa: PLC0415 -- likewise
    import pyarrow.csv  # noqa: PLC0415 -- likewise

    sink = _Drain()
    names = [f"'{name}" if name[:1] in "=+@\t\r-" else name for name in answer.result.schema().names]
    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    yield (",".join(quoted) + "\n").encode("utf-8", "replace")
    options = pa.csv.WriteOptions(include_header=False)
    for batch in answer.result.batches():
        columns = [_csv_column(column) for column in batch.columns]
        pa.csv.write_csv(pa.RecordBatch.from_arrays(columns, names), sink, options)
        yield sink.drained()


def _csv_column(column: "pa.Array") -> "pa.Array":
    import pyarrow as pa  # noqa: PLC0415 -- the column came from there

    kind = column.type
    if (
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_decimal(kind)
    ):
        return column
    if not pa.types.is_string(kind):
        column = pa.array(texts(cells(column)), pa.string())
    return pa.compute.replace_substring_regex(column, f"({_FORMULA})", r"'\1")


def _parquet(answer: Answer) -> Iterator[bytes]:
    import pyarrow as pa  # noqa: PLC0415 -- only where rows leave as a file
    import pyarrow.parquet  # noqa: PLC0415 -- likewise

    sink = _Drain()
    given = answer.result.schema()
    schema = pa.schema([_stored(field) for field in given]).with_metadata(metadata(answer))
    with pa.parquet.ParquetWriter(sink, schema) as writer:
        for batch in answer.result.batches():
            columns = [
                column if field.type == column.type else pa.array(texts(cells(column)), pa.string())
                for field, column in zip(schema, batch.columns, strict=True)
            ]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))
            yield sink.drained()
    yield sink.drained()


def _stored(field: "pa.Field") -> "pa.Field":
    """Give a column as Parquet can hold it: time spans and unions become text."""
    import pyarrow as pa  # noqa: PLC0415 -- the field came from there

    odd = pa.types.is_interval(field.type) or pa.types.is_union(field.type) or pa.types.is_null(field.type)
    return field.with_type(pa.string()) if odd else field


class _Drain:
    """A file that hands on what was written and keeps nothing."""

    closed = False

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._written = 0

    def write(self, data: bytes) -> int:
        """Take some bytes."""
        self._pieces.append(bytes(data))
        self._written += len(data)
        return len(data)

    def tell(self) -> int:
        """Give how many bytes were taken."""
        return self._written

    def flush(self) -> None:
        """Do nothing: the reader decides when."""

    def close(self) -> None:
        """Do nothing: what is left is still to be read."""

    def drained(self) -> bytes:
        """Give what was taken since the last call."""
        found = b"".join(self._pieces)
        self._pieces.clear()
        return found
