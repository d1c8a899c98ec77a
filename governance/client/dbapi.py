"""A DB-API 2.0 connection over the client, from which pandas and Polars read.

Source: PEP 249. Reading is all there is: `commit` and `rollback` do nothing, `executemany` is not supported.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from governance.client import errors

if TYPE_CHECKING:
    import httpx
    import pyarrow as pa

    from governance.client.synchronous import Client

apilevel = "2.0"
threadsafety = 1  # threads may share the module, not a connection
paramstyle = "qmark"

_RUN_FAILED = 422


class Warning(Exception):  # noqa: A001, N818 -- PEP 249 names it so
    """Never raised here; the standard asks for it."""


class Error(Exception):
    """Base of this module's errors; the client's own error is its cause.

    Args:
        message: what is wrong, and what to do now.
        type: the problem's stable code, where the service told one.
    """

    def __init__(self, message: str, type: str = "") -> None:  # noqa: A002 -- the word of the interface
        """Carry the code beside the sentence."""
        self.type = type
        super().__init__(message)


class InterfaceError(Error):
    """The connection or cursor is used as it can't be."""


class DatabaseError(Error):
    """The service said no."""


class DataError(DatabaseError):
    """The statement failed on the data, or a limit was met; always the same sentence."""


class OperationalError(DatabaseError):
    """No answer came, or the token is not taken."""


class IntegrityError(DatabaseError):
    """Never raised here; nothing is written."""


class InternalError(DatabaseError):
    """The service failed."""


class ProgrammingError(DatabaseError):
    """The statement can't be read, or policy refuses it."""


class NotSupportedError(DatabaseError):
    """A governed read does not offer this."""


def connect(
    url: str,
    token: str,
    purpose: str | None = None,
    *,
    case: str | None = None,
    language: str = "en",
    http: "httpx.Client | None" = None,
) -> "Connection":
    """Give a connection of one caller for one purpose; nothing is sent yet.

    Args:
        url: of the service.
        token: as `mingjing token issue` gave it.
        purpose: of every statement.
        case: likewise.
        language: of messages, `zh` or `en`.
        http: a client of one's own.
    """
    from governance.client.synchronous import Client  # noqa: PLC0415 -- loads httpx

    return Connection(Client(url, token, purpose=purpose, case=case, language=language, http=http))


class Connection:
    """One caller's connection."""

    Warning, Error, InterfaceError, DatabaseError = Warning, Error, InterfaceError, DatabaseError
    DataError, OperationalError, IntegrityError = DataError, OperationalError, IntegrityError
    InternalError, ProgrammingError, NotSupportedError = InternalError, ProgrammingError, NotSupportedError

    def __init__(self, client: "Client") -> None:
        """Hold a client."""
        self._client: Client | None = client

    def cursor(self) -> "Cursor":
        """Give a new cursor."""
        return Cursor(self._open())

    def commit(self) -> None:
        """Do nothing: nothing is written."""
        self._open()

    def rollback(self) -> None:
        """Do nothing: nothing is written."""
        self._open()

    def close(self) -> None:
        """Close; every later use is refused."""
        if self._client is not None:
            self._client.close()
        self._client = None

    def _open(self) -> "Client":
        if self._client is None:
            message = "the connection is closed"
            raise InterfaceError(message)
        return self._client

    def __enter__(self) -> Self:
        """Enter a block that closes the connection."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()


class Cursor:
    """One statement at a time, and its rows."""

    arraysize = 1

    def __init__(self, client: "Client") -> None:
        """Hold the connection's client."""
        self._client: Client | None = client
        self._table: pa.Table | None = None
        self._rows: Iterator[tuple[Any, ...]] = iter(())

    @property
    def description(self) -> list[tuple[str, str, None, None, None, None, None]] | None:
        """Give name and Arrow type of each column of the newest answer."""
        if self._table is None:
            return None
        return [(one.name, str(one.type), None, None, None, None, None) for one in self._table.schema]

    @property
    def rowcount(self) -> int:
        """Give how many rows the newest answer has; -1 before there is one."""
        return -1 if self._table is None else int(self._table.num_rows)

    def execute(self, operation: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> "Cursor":
        """Run one SELECT.

        Raises:
            ProgrammingError: refused by policy, not readable, or parameters that don't fit.
            DataError: it failed on the data, or met a limit.
            OperationalError: no answer came, or the token is not taken.
        """
        if self._client is None:
            message = "the cursor is closed"
            raise InterfaceError(message)
        self._table, self._rows = None, iter(())
        try:
            self._table = self._client.query(operation, parameters or ())
        except errors.ClientError as error:
            raise _translated(error) from error
        self._rows = _rows(self._table)
        return self

    def executemany(self, *_: object) -> None:
        """Refuse: the standard offers no rows from it, and nothing is written here."""
        message = "only single reads are offered"
        raise NotSupportedError(message)

    def fetchone(self) -> tuple[Any, ...] | None:
        """Give the next row, or None."""
        self._answer()
        return next(self._rows, None)

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        """Give the next rows."""
        self._answer()
        return [row for _, row in zip(range(size or self.arraysize), self._rows, strict=False)]

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Give all rows that are left."""
        self._answer()
        return list(self._rows)

    def fetch_arrow_table(self) -> "pa.Table":
        """Give the whole answer as an Arrow table, purpose and receipt in its schema's metadata."""
        return self._answer()

    def setinputsizes(self, sizes: object) -> None:
        """Do nothing, as the standard allows."""

    def setoutputsize(self, size: object, column: object = None) -> None:
        """Do nothing, as the standard allows."""

    def close(self) -> None:
        """Let go of the answer; every later use is refused."""
        self._client, self._table, self._rows = None, None, iter(())

    def _answer(self) -> "pa.Table":
        if self._table is None:
            message = "no statement was run"
            raise InterfaceError(message)
        return self._table

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        """Go through the rows that are left."""
        self._answer()
        return self._rows

    def __enter__(self) -> Self:
        """Enter a block that closes the cursor."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()


def _rows(table: "pa.Table") -> Iterator[tuple[Any, ...]]:
    for batch in table.to_batches():
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _translated(error: errors.ClientError) -> Error:
    if isinstance(error, errors.UnreachableError | errors.AnswerUnusableError):
        return OperationalError(str(error))
    if not isinstance(error, errors.ProblemError):
        return ProgrammingError(str(error))
    if isinstance(error, errors.TokenRefusedError):
        return OperationalError(str(error), error.type)
    if isinstance(error, errors.ServiceFailedError):
        return InternalError(str(error), error.type)
    if error.status == _RUN_FAILED:
        return DataError(str(error), error.type)
    return ProgrammingError(str(error), error.type)
