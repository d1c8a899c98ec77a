"""The endpoint: each call is checked at the door, read as one message, and answered by the house.

Guarantee: rows leave only by the governed read; an error is one of ours, with no text of an engine or of Python.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final
from urllib.parse import unquote

import pyarrow as pa
from pyarrow import flight

from governance.flight import catalogue, schemas, statements
from governance.flight.identity import MIDDLEWARE, Door, NoHandshake, Standing
from governance.flight.messages import MessageUnknownError, encode, pack, unpack
from governance.flight.refusals import said
from governance.flight.statements import Statement
from governance.house import House

_CREATE: Final = "CreatePreparedStatement"
_CLOSE: Final = "ClosePreparedStatement"
_CLOSE_SESSION: Final = "CloseSession"
_ACTIONS: Final = {_CREATE: "prepare one SELECT", _CLOSE: "forget it", _CLOSE_SESSION: "leave"}
_STATEMENTS: Final = frozenset({"CommandStatementQuery", "CommandPreparedStatementQuery"})
Answers = Callable[[House, Standing, Any], pa.Table]
_METADATA: Final[dict[str, tuple[pa.Schema | None, Answers]]] = {
    "CommandGetSqlInfo": (None, lambda _house, _standing, command: schemas.sql_info(command.info)),
    "CommandGetCatalogs": (schemas.CATALOGS, lambda _house, _standing, _command: catalogue.catalogs()),
    "CommandGetDbSchemas": (schemas.SCHEMAS, catalogue.db_schemas),
    "CommandGetTables": (None, catalogue.tables),
    "CommandGetTableTypes": (schemas.TABLE_TYPES, lambda _house, _standing, _command: catalogue.table_types()),
    "CommandGetPrimaryKeys": (schemas.PRIMARY_KEYS, lambda *_: schemas.PRIMARY_KEYS.empty_table()),
    "CommandGetExportedKeys": (schemas.FOREIGN_KEYS, lambda *_: schemas.FOREIGN_KEYS.empty_table()),
    "CommandGetImportedKeys": (schemas.FOREIGN_KEYS, lambda *_: schemas.FOREIGN_KEYS.empty_table()),
    "CommandGetXdbcTypeInfo": (schemas.TYPES, lambda *_: schemas.TYPES.empty_table()),
}


class FlightServer(flight.FlightServerBase):  # type: ignore[misc]  # pyarrow has no types
    """Serves one house; safe for many calls at once."""

    def __init__(self, house: House, host: str, port: int, tls: tuple[bytes, bytes] | None = None) -> None:
        """Begin to listen.

        Args:
            house: open; its owner closes it.
            host: to listen on.
            port: 0 chooses a free one, which `port` then tells.
            tls: certificate and key, in PEM.
        """
        self._house = house
        scheme = "grpc+tls" if tls else "grpc"
        address = f"[{host}]" if ":" in host else host
        super().__init__(
            f"{scheme}://{address}:{port}",
            auth_handler=NoHandshake(),
            tls_certificates=[tls] if tls else None,
            middleware={MIDDLEWARE: Door(house)},
        )

    def get_flight_info(self, context: Any, descriptor: Any) -> flight.FlightInfo:  # noqa: ANN401 -- pyarrow's own values
        """Say where an answer may be fetched: here, by the command itself or by the statement."""
        with _speaking(context):
            name, command = unpack(descriptor.command)
            if name in _STATEMENTS:
                ticket = pack("TicketStatementQuery", statement_handle=_statement(name, command).handle)
                return _info(None, descriptor, ticket)
            if name not in _METADATA:
                raise MessageUnknownError
            schema = _METADATA[name][0] or _shape(name, command)
            return _info(schema, descriptor, descriptor.command)

    def do_get(self, context: Any, ticket: Any) -> flight.RecordBatchStream:  # noqa: ANN401 -- likewise
        """Answer."""
        with _speaking(context) as standing:
            name, command = unpack(ticket.ticket)
            if name == "TicketStatementQuery":
                statement = Statement.read(command.statement_handle)
                return flight.RecordBatchStream(statements.run(self._house, standing, statement))
            if name not in _METADATA:
                raise MessageUnknownError
            return flight.RecordBatchStream(_METADATA[name][1](self._house, standing, command))

    def do_put(self, context: Any, descriptor: Any, reader: Any, writer: Any) -> None:  # noqa: ANN401 -- likewise
        """Take the parameters of a prepared statement; gives the handle of the statement that holds them."""
        with _speaking(context):
            name, command = unpack(descriptor.command)
            if name != "CommandPreparedStatementQuery":
                raise MessageUnknownError
            bound = _statement(name, command).bound(statements.values_of(reader.read_all()))
            writer.write(pa.py_buffer(encode("DoPutPreparedStatementResult", prepared_statement_handle=bound.handle)))

    def do_action(self, context: Any, action: Any) -> Iterator[flight.Result]:  # noqa: ANN401 -- likewise
        """Prepare a statement, or forget one."""
        with _speaking(context) as standing:
            if action.type == _CREATE:
                return iter([flight.Result(pa.py_buffer(self._prepared(standing, action.body.to_pybytes())))])
            if action.type not in _ACTIONS:
                raise MessageUnknownError
            return iter([])

    def list_actions(self, context: Any) -> list[tuple[str, str]]:  # noqa: ANN401, ARG002 -- likewise
        """List what `do_action` does."""
        return list(_ACTIONS.items())

    def _prepared(self, standing: Standing, body: bytes) -> bytes:
        name, request = unpack(body)
        if name != "ActionCreatePreparedStatementRequest":
            raise MessageUnknownError
        statement = Statement(request.query)
        count = statements.parameters_in(statement)
        # With parameters the shape is known only when they are.
        shape = b"" if count else statements.describe(self._house, standing, statement).serialize().to_pybytes()
        return pack(
            "ActionCreatePreparedStatementResult",
            prepared_statement_handle=statement.handle,
            dataset_schema=shape,
            parameter_schema=statements.parameter_schema(count).serialize().to_pybytes(),
        )


@contextmanager
def _speaking(context: Any) -> Iterator[Standing]:  # noqa: ANN401 -- likewise
    """Give who calls; whatever goes wrong is told as an error of Flight."""
    standing: Standing = context.get_middleware(MIDDLEWARE).standing
    standing = replace(standing, around=replace(standing.around, client=_address(context.peer())))
    try:
        yield standing
    except flight.FlightError:
        raise
    except Exception as error:  # noqa: BLE001 -- Arrow would tell a traceback to the client
        raise said(error, standing.language) from None


def _address(peer: str) -> str | None:
    """Give the network address in gRPC's text of a peer: `ipv4:10.0.0.1:5000`, `ipv6:[::1]:5000`."""
    kind, _, rest = unquote(str(peer)).partition(":")
    return rest.rpartition(":")[0].strip("[]") if kind in {"ipv4", "ipv6"} else None


def _statement(name: str, command: Any) -> Statement:  # noqa: ANN401 -- likewise
    if name == "CommandStatementQuery":
        return Statement(command.query)
    return Statement.read(command.prepared_statement_handle)


def _shape(name: str, command: Any) -> pa.Schema:  # noqa: ANN401 -- likewise
    if name == "CommandGetSqlInfo":
        return schemas.sql_info([0]).schema
    return schemas.TABLES_WITH_SCHEMA if command.include_schema else schemas.TABLES


def _info(schema: pa.Schema | None, descriptor: Any, ticket: bytes) -> flight.FlightInfo:  # noqa: ANN401 -- likewise
    # No location: the client fetches over the connection it has.
    endpoint = flight.FlightEndpoint(ticket, [])
    return flight.FlightInfo(schema, descriptor, [endpoint], -1, -1)
