"""Many decisions at once as columns: what programs ask before a batch, as Arrow or as lists."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from governance.errors import InputInvalidError
from governance.house import House
from governance.identity import Caller
from governance.journeys.decide import Question, decide_all
from governance.journeys.recording import Recorded
from policies import NOWHERE, Circumstances
from storage.errors import Said

if TYPE_CHECKING:
    import pyarrow as pa

MOST_ROWS: Final = 5000
_TEXTS: Final = ("dataset", "purpose", "case")


def decide_columns(
    house: House, caller: Caller, columns: Mapping[str, Sequence[Any]], *, around: Circumstances = NOWHERE
) -> dict[str, list[Any]]:
    """Decide each row; the answer's columns are in the order asked.

    Args:
        house: where.
        caller: who.
        columns: `dataset`, `purpose`, and where wanted `fields` (lists of names) and `case`, all of one length.
        around: what access policies may ask of the moment.

    Raises:
        InputInvalidError: a column is missing, of another length or kind, or there are too many rows.
        NotarisationTimeoutError: the entries were not durable in time; nothing is answered.
    """
    count = _checked(columns)
    empty: list[Any] = [None] * count
    cells = (columns.get(name, empty) for name in ("dataset", "purpose", "fields", "case"))
    questions = [
        Question(dataset, purpose, fields, case, around) for dataset, purpose, fields, case in zip(*cells, strict=True)
    ]
    return _answer(decide_all(house, caller, questions))


def columns_of(content: bytes) -> dict[str, list[Any]]:
    """Give the columns of an Arrow IPC stream.

    Raises:
        InputInvalidError: it is none, or has too many rows.
    """
    import pyarrow as pa  # noqa: PLC0415 -- only for Arrow

    try:
        with pa.ipc.open_stream(content) as reader:
            asked = reader.read_all()
    except (pa.ArrowException, OSError) as error:
        raise _bad("body", "不是 Arrow IPC 流", "not an Arrow IPC stream") from error
    if asked.num_rows > MOST_ROWS:
        raise _too_many()
    return {name: asked[name].to_pylist() for name in asked.column_names}


def table_of(found: Mapping[str, Sequence[Any]]) -> "pa.Table":
    """Give an answer's columns as an Arrow table."""
    import pyarrow as pa  # noqa: PLC0415 -- only for Arrow

    texts, forms = pa.list_(pa.string()), pa.map_(pa.string(), pa.string())
    kinds = {"forms": forms, "reasons": texts, "index": pa.int64()}
    arrays = {
        name: pa.array([list(one.items()) for one in cells] if name == "forms" else cells, kinds.get(name, pa.string()))
        for name, cells in found.items()
    }
    return pa.table(arrays)


def _checked(columns: Mapping[str, Sequence[Any]]) -> int:
    for name in ("dataset", "purpose"):
        if name not in columns:
            raise _bad(name, "缺少此列", "this column is missing")
    count = len(columns["dataset"])
    if not count or any(len(cells) != count for cells in columns.values()):
        raise _bad("columns", "各列须等长且不为空", "columns are of one length and not empty")
    if count > MOST_ROWS:
        raise _too_many()
    for name in _TEXTS:
        if not all(isinstance(cell, str) or (cell is None and name != "dataset") for cell in columns.get(name, ())):
            raise _bad(name, "须为文本", "text is wanted")
    for cell in columns.get("fields", ()):
        if cell is not None and not (isinstance(cell, list) and all(isinstance(one, str) for one in cell)):
            raise _bad("fields", "须为字段名列表", "lists of names are wanted")
    return count


def _answer(recorded: Sequence[Recorded]) -> dict[str, list[Any]]:
    bodies: list[Mapping[str, Any]] = [one.body for one in recorded]
    return {
        "id": [one.id for one in recorded],
        "outcome": [body["outcome"] for body in bodies],
        "forms": [_forms(body) for body in bodies],
        "reasons": [list(dict.fromkeys(reason["code"] for reason in body["reasons"])) for body in bodies],
        "entry": [one.receipt.entry_id for one in recorded],
        "index": [one.receipt.index for one in recorded],
    }


def _forms(body: Mapping[str, Any]) -> dict[str, str]:
    (dataset,) = body["datasets"]
    if dataset["outcome"] != "allow":
        return {}
    return {field["name"]: field["form"] for field in dataset["fields"] if field["outcome"] == "allow"}


def _bad(name: str, zh: str, en: str) -> InputInvalidError:
    return InputInvalidError(name=name, reason=Said(zh, en))


def _too_many() -> InputInvalidError:
    return _bad("columns", f"至多 {MOST_ROWS} 行", f"at most {MOST_ROWS} rows")
