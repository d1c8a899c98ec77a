"""Give an answer as a document for programs, or as a plain table for people."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from governance.journeys.cells import cells
from governance.journeys.query import Answer
from governance.journeys.recording import Recorded

if TYPE_CHECKING:
    import pyarrow as pa

_SHOWN_ROWS = 50
_SHOWN_WIDTH = 40


def answer_document(answer: Answer) -> dict[str, Any]:
    """Give `{columns, rows, decision}`; dates are ISO 8601, whole decimals are integers."""
    return {**table_document(answer.table), "decision": decision_document(answer)}


def table_document(table: "pa.Table") -> dict[str, Any]:
    """Give `{columns, rows}` of a table."""
    columns = [cells(column) for column in table.columns]
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
