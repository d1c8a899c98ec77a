"""Statements as clients hold them: a handle that is the statement itself, so that no process need remember any."""

import json
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from governance.client.binding import BindingError, bind
from governance.flight.identity import Standing
from governance.flight.messages import MessageUnknownError
from governance.flight.schemas import CATALOG
from governance.house import House
from governance.journeys.query import query
from governance.journeys.streaming import metadata

_DIALECT: Final = "duckdb"
_LONGEST: Final = 1_048_576


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, and the values bound to it."""

    sql: str
    parameters: tuple[Any, ...] = ()

    @classmethod
    def read(cls, handle: bytes) -> "Statement":
        """Read a handle.

        Raises:
            MessageUnknownError: it is none of ours.
        """
        try:
            sql = json.loads(handle)["sql"]
        except (ValueError, KeyError, TypeError) as error:
            raise MessageUnknownError from error
        if not isinstance(sql, str) or len(sql) > _LONGEST:
            raise MessageUnknownError
        return cls(sql)

    @property
    def handle(self) -> bytes:
        """Give the handle; a caller may send back any: it is decided anew each time."""
        return json.dumps({"sql": self.sql}).encode()

    def bound(self, values: tuple[Any, ...]) -> "Statement":
        """Give the statement with its parameters as literals.

        Raises:
            BindingError: they don't fit.
        """
        return Statement(bind(self.sql, values))


def run(house: House, standing: Standing, statement: Statement) -> pa.RecordBatchReader:
    """Answer a statement by the one governed read, batch by batch; its schema says purpose and receipt."""
    answer = query(
        house,
        standing.caller,
        _unqualified(statement.sql),
        purpose=standing.purpose,
        case=standing.case,
        around=standing.around,
        bulk=True,
    )
    said = metadata(answer)
    schema = answer.result.schema().with_metadata(said)
    batches = (batch.replace_schema_metadata(said) for batch in answer.result.batches())
    return pa.RecordBatchReader.from_batches(schema, batches)


def describe(house: House, standing: Standing, statement: Statement) -> pa.Schema:
    """Give the shape of an answer, by reading none of its rows; decided and recorded like any read."""
    from sqlglot import exp, parse_one  # noqa: PLC0415 -- the parser loads with the first statement
    from sqlglot.errors import SqlglotError  # noqa: PLC0415 -- likewise

    sql = statement.sql
    try:
        tree = parse_one(sql, dialect=_DIALECT)
    except (SqlglotError, RecursionError):
        tree = None
    if isinstance(tree, exp.Query):  # anything else is refused with its own reason by the read itself
        sql = tree.limit(0).sql(dialect=_DIALECT)
    return run(house, standing, Statement(sql)).schema.remove_metadata()


def parameters_in(statement: Statement) -> int:
    """Give how many `?` a statement has."""
    from sqlglot import tokenize  # noqa: PLC0415 -- likewise
    from sqlglot.errors import SqlglotError  # noqa: PLC0415 -- likewise
    from sqlglot.tokens import TokenType  # type: ignore[attr-defined]  # noqa: PLC0415 -- likewise; not listed as exported

    try:
        found = tokenize(statement.sql, dialect=_DIALECT)
    except SqlglotError:
        return 0
    return sum(one.token_type is TokenType.PLACEHOLDER and one.text == "?" for one in found)


def parameter_schema(count: int) -> pa.Schema:
    """Give the shape of parameters: any value goes, told as text."""
    return pa.schema([pa.field(f"p{place + 1}", pa.string()) for place in range(count)])


def values_of(batches: pa.Table) -> tuple[Any, ...]:
    """Give the one row of parameters that was sent.

    Raises:
        BindingError: there is not exactly one.
    """
    if batches.num_rows != 1:
        message = "parameters come as one row"
        raise BindingError(message)
    return tuple(column[0].as_py() for column in batches.columns)


def _unqualified(sql: str) -> str:
    """Take the one catalogue's name off tables: tools qualify what they list, and here a table has two parts."""
    if CATALOG not in sql.lower():
        return sql
    from sqlglot import exp, parse_one  # noqa: PLC0415 -- likewise
    from sqlglot.errors import SqlglotError  # noqa: PLC0415 -- likewise

    try:
        tree = parse_one(sql, dialect=_DIALECT)
    except (SqlglotError, RecursionError):
        return sql
    for table in tree.find_all(exp.Table):
        if table.catalog.lower() == CATALOG:
            table.set("catalog", None)
    return tree.sql(dialect=_DIALECT)
