"""Give an answer's rows in the forms that programs and people take: JSON, CSV, Arrow, Parquet, a plain table."""

import base64
import io
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from governance.journeys.query import Answer
from governance.journeys.recording import Recorded
from storage import canonical_json

if TYPE_CHECKING:
    import pyarrow as pa

Format = Literal["json", "csv", "arrow", "parquet"]
_SHOWN_ROWS = 50
_SHOWN_WIDTH = 40


def answer_document(answer: Answer) -> dict[str, Any]:
    """Give `{columns, rows, decision}`; dates are ISO 8601, whole decimals are integers."""
    return {**table_document(answer.table), "decision": decision_document(answer)}


def table_document(table: "pa.Table") -> dict[str, Any]:
    """Give `{columns, rows}` of a table."""
    columns = [[plain(value) for value in column.to_pylist()] for column in table.columns]
    return {
        "columns": list(table.column_names),
        "rows": [list(row) for row in zip(*columns, strict=True)] if columns else [],
    }


def decision_document(answer: Answer) -> dict[str, Any]:
    """Give the decision an answer rests on, with its receipt."""
    return recorded_document(answer.recorded)


def recorded_document(recorded: Recorded) -> dict[str, Any]:
    """Give a recorded decision with the receipt of its entry."""
    receipt = recorded.receipt
    return {
        **recorded.body,
        "receipt": {
            "decision": recorded.id,
            "entry": receipt.entry_id,
            "index": receipt.index,
            "leaf_hash": receipt.leaf_hash.hex(),
            "tree_size": receipt.tree_size,
        },
    }


def plain(value: Any) -> Any:  # noqa: ANN401 -- a cell of any type
    """Give a cell as JSON has it."""
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else float(value)
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case bytes():
            return base64.b64encode(value).decode()
        case float() if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 -- NaN
            return None
        case list() | tuple():
            return [plain(one) for one in value]
        case dict():
            return {str(name): plain(one) for name, one in value.items()}
        case UUID():
            return str(value)
    return value


def labelled(answer: Answer) -> "pa.Table":
    """Give the rows with purpose, outcome and receipt in the schema's metadata, so that a file says what it is."""
    known = decision_document(answer)
    metadata = {
        "mingjing.purpose": str(known["purpose"]),
        "mingjing.receipt": canonical_json(known["receipt"]),
    }
    return answer.table.replace_schema_metadata(metadata)


def as_bytes(answer: Answer, form: Literal["csv", "arrow", "parquet"]) -> bytes:
    """Give the rows as a file of the form: CSV in UTF-8, an Arrow IPC stream, or Parquet."""
    import pyarrow as pa  # noqa: PLC0415 -- only where rows leave as a file
    import pyarrow.csv  # noqa: PLC0415 -- likewise
    import pyarrow.parquet  # noqa: PLC0415 -- likewise

    sink = io.BytesIO()
    table = labelled(answer)
    if form == "arrow":
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
    elif form == "parquet":
        pyarrow.parquet.write_table(table, sink)
    else:
        pyarrow.csv.write_csv(table, sink)
    return sink.getvalue()


def as_text(answer: Answer) -> str:
    """Give the first rows as a plain table."""
    return document_text(answer_document(answer))


def document_text(document: Mapping[str, Any]) -> str:
    """Give the first rows of an answer's document as a plain table."""
    head = [document["columns"], *document["rows"][:_SHOWN_ROWS]]
    cells = [["" if cell is None else str(cell)[:_SHOWN_WIDTH] for cell in row] for row in head]
    widths = [max(_width(row[place]) for row in cells) for place in range(len(document["columns"]))]
    lines = [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)) for row in cells
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    total = len(document["rows"])
    if total > _SHOWN_ROWS:
        lines.append(f"… {total}")
    return "\n".join(line.rstrip() for line in lines)


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - _width(cell))


def _width(text: str) -> int:
    # A Chinese character takes two places on a terminal.
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)  # noqa: PLR2004 -- where CJK begins
