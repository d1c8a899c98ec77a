"""What a caller may see of the catalogue: the data sets and fields of their own grants, and nothing else."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from governance.flight import schemas
from governance.flight.identity import Standing
from governance.flight.schemas import CATALOG, TABLE_TYPE
from governance.house import House
from governance.journeys.facts import Asked, decide_granted
from governance.journeys.preparation import Preparation
from governance.sources import SourceError
from policies import Decision, Outcome
from storage import read_only

if TYPE_CHECKING:
    from collections.abc import Mapping

_TYPES: Final = {
    "BOOLEAN": pa.bool_(),
    "TINYINT": pa.int8(),
    "SMALLINT": pa.int16(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "UTINYINT": pa.uint8(),
    "USMALLINT": pa.uint16(),
    "UINTEGER": pa.uint32(),
    "UBIGINT": pa.uint64(),
    "FLOAT": pa.float32(),
    "DOUBLE": pa.float64(),
    "DATE": pa.date32(),
    "TIME": pa.time64("us"),
    "TIMESTAMP": pa.timestamp("us"),
    "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", "UTC"),
    "BLOB": pa.binary(),
}
_DECIMAL: Final = re.compile(r"DECIMAL\((\d+),(\d+)\)")


def visible(house: House, standing: Standing) -> "Mapping[str, tuple[Asked, Decision]]":
    """Give the data sets that may be read under the stated purpose, or under any of the caller's where none is."""
    found: dict[str, tuple[Asked, Decision]] = {}
    for purpose in (standing.purpose,) if standing.purpose else standing.caller.purposes:
        asked = Asked(
            caller=standing.caller, purpose=purpose, case=standing.case, at=house.clock(), around=standing.around
        )
        with read_only(house.engine) as session:
            decided = decide_granted(session, house, asked)
        for name, decision in decided.items():
            if decision.outcome is Outcome.ALLOW:
                found.setdefault(name, (asked, decision))
    return {name: found[name] for name in sorted(found)}


def catalogs() -> pa.Table:
    """Give the one catalogue."""
    return pa.table({"catalog_name": [CATALOG]}, schema=schemas.CATALOGS)


def table_types() -> pa.Table:
    """Give the one type of table."""
    return pa.table({"table_type": [TABLE_TYPE]}, schema=schemas.TABLE_TYPES)


def db_schemas(house: House, standing: Standing, command: Any) -> pa.Table:  # noqa: ANN401 -- a message
    """Give the sources with a visible data set; a source is a schema."""
    names = {dataset.partition(".")[0] for dataset in visible(house, standing)} if _is_ours(command) else set()
    shown = sorted(name for name in names if _fits(command, "db_schema_filter_pattern", name))
    return pa.table({"catalog_name": [CATALOG] * len(shown), "db_schema_name": shown}, schema=schemas.SCHEMAS)


def tables(house: House, standing: Standing, command: Any) -> pa.Table:  # noqa: ANN401 -- likewise
    """Give the visible data sets, with their columns where these are asked for."""
    rows = list(_tables(house, standing, command))
    schema = schemas.TABLES_WITH_SCHEMA if command.include_schema else schemas.TABLES
    return pa.Table.from_pylist(rows, schema=schema)


def _tables(house: House, standing: Standing, command: Any) -> Iterator[dict[str, object]]:  # noqa: ANN401 -- likewise
    if not _is_ours(command) or (command.table_types and TABLE_TYPE not in command.table_types):
        return
    for dataset, (asked, decision) in visible(house, standing).items():
        source, _, name = dataset.partition(".")
        if not _fits(command, "db_schema_filter_pattern", source):
            continue
        if not _fits(command, "table_name_filter_pattern", name):
            continue
        row: dict[str, object] = {
            "catalog_name": CATALOG,
            "db_schema_name": source,
            "table_name": name,
            "table_type": TABLE_TYPE,
        }
        if command.include_schema:
            row["table_schema"] = columns(house, asked, decision).serialize().to_pybytes()
        yield row


def columns(house: House, asked: Asked, decision: Decision) -> pa.Schema:
    """Give a data set's columns as the caller may see them; each says in which form."""
    try:
        table = Preparation(house, asked, {decision.dataset: decision})[decision.dataset]
    except SourceError:
        return pa.schema([])  # what can't be read now has no columns to show
    forms = {one.name: str(one.form) for one in decision.allowed}
    return pa.schema(
        pa.field(name, arrow_type(column.type), metadata={"ARROW:FLIGHT:SQL:REMARKS": forms[name]})
        for name, column in table.columns.items()
    )


def arrow_type(kind: str) -> pa.DataType:
    """Give the Arrow type of an engine's type name; what has none of its own is shown as text."""
    if found := _DECIMAL.fullmatch(kind):
        return pa.decimal128(int(found[1]), int(found[2]))
    return _TYPES.get(kind, pa.string())


def _is_ours(command: Any) -> bool:  # noqa: ANN401 -- likewise
    return not command.HasField("catalog") or command.catalog in {CATALOG, ""}


def _fits(command: Any, name: str, value: str) -> bool:  # noqa: ANN401 -- likewise
    """Tell whether a name fits a LIKE pattern; an absent one fits all."""
    if not command.HasField(name):
        return True
    return re.fullmatch("".join(_like(getattr(command, name))), value, re.DOTALL) is not None


def _like(pattern: str) -> Iterable[str]:
    return ({"%": ".*", "_": "."}.get(character) or re.escape(character) for character in pattern)
