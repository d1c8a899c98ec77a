"""Tell whether a server's table changed: by its whole visible content, digested on the server, never by a sample.

A token is `CONTENT:RECORD`, compared as in `fingerprints`. CONTENT digests every visible row. RECORD is what the
server itself says of changes, and saves the digest where it is the same as before:

- PostgreSQL: the transaction snapshot with the time the server started. Two equal snapshots see the same rows, for
  whatever writes is assigned a number when it begins. Not on a standby, whose snapshots list no running transaction;
  not for views and foreign tables, which may show rows from elsewhere.
- MySQL and MariaDB: the instant of the last commit to an InnoDB table, once it is two seconds old (clocks count whole
  seconds), and for a minute at most, for the server writes it down in memory only.

Of a PostgreSQL heap a row's place with the transaction that wrote it stands for its content: a change writes a new
row, and a place is used again only by another transaction.
"""

import hashlib

from sqlalchemy import Connection, Table, text
from sqlalchemy.dialects import mysql
from sqlalchemy.sql import sqltypes

_RECORD_DIGITS = 32
# The kinds of every table that a table is made of: partitions and children may be foreign or of another storage.
_POSTGRES_KIND = """WITH RECURSIVE parts(oid) AS (
  SELECT CAST(:name AS regclass)::oid UNION SELECT inhrelid FROM pg_inherits JOIN parts ON inhparent = parts.oid)
SELECT bool_and(relkind = 'p' OR (relkind IN ('r', 'm') AND amname = 'heap'))
FROM parts JOIN pg_class ON pg_class.oid = parts.oid LEFT JOIN pg_am ON pg_am.oid = relam"""
_POSTGRES_SNAPSHOT = """SELECT pg_current_snapshot()::text, pg_postmaster_start_time()::text, current_user,
  pg_is_in_recovery()"""
_POSTGRES_CONTENT = """SELECT count(*), sum(hashtextextended({row}, 0)), sum(hashtextextended({row}, 1))
FROM {table} AS __mingjing"""
_PLACES = "concat_ws(',', __mingjing.tableoid, __mingjing.ctid, __mingjing.xmin, __mingjing.cmin)"
_WHOLE = "__mingjing::text"
_MYSQL_RECORD = """SELECT CONCAT_WS('|', CREATE_TIME, UPDATE_TIME, CURRENT_USER(), FLOOR(UNIX_TIMESTAMP() / 60))
FROM information_schema.TABLES
WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = :name AND ENGINE = 'InnoDB'
  AND UPDATE_TIME < NOW() - INTERVAL 2 SECOND"""
# A text longer than the server's largest packet would become NULL: long values are digested one by one.
_LONG = (sqltypes.NullType, sqltypes.LargeBinary, sqltypes.Text, sqltypes.JSON, mysql.LONGTEXT, mysql.MEDIUMTEXT)


def change_token(connection: Connection, table: Table, known: str) -> str:
    """Give the token of a table.

    Args:
        connection: to PostgreSQL, MySQL or MariaDB, in a read-only transaction.
        table: with its columns; names are quoted.
        known: an earlier token, given again where the server's own record shows that nothing was written since.

    Guarantee: taken before a read, it never stands for older rows than that read gives.
    """
    postgres = connection.dialect.name == "postgresql"
    record_of, content_of = (_postgres_record, _postgres_content) if postgres else (_mysql_record, _mysql_content)
    shape = repr([(column.name, str(column.type)) for column in table.columns])
    record = record_of(connection, table)
    if record:
        record = hashlib.sha256(repr((shape, record)).encode()).hexdigest()[:_RECORD_DIGITS]
        if known.partition(":")[2] == record:
            return known
    content = content_of(connection, table)
    return f"{hashlib.sha256(repr((shape, content)).encode()).hexdigest()}:{record}"


def _postgres_record(connection: Connection, table: Table) -> str:
    snapshot, started, user, standby = connection.execute(text(_POSTGRES_SNAPSHOT)).one()
    return "" if standby or not _is_heap(connection, table) else f"{snapshot} {started} {user}"


def _postgres_content(connection: Connection, table: Table) -> str:
    row = _PLACES if _is_heap(connection, table) else _WHOLE
    return _digested(connection, _POSTGRES_CONTENT.format(row=row, table=_written(connection, table)))


def _is_heap(connection: Connection, table: Table) -> bool:
    return bool(
        connection.execute(text(_POSTGRES_KIND), {"name": _written(connection, table).replace("%%", "%")}).scalar()
    )


def _mysql_record(connection: Connection, table: Table) -> str:
    return str(connection.execute(text(_MYSQL_RECORD), {"name": table.name}).scalar() or "")


def _mysql_content(connection: Connection, table: Table) -> str:
    preparer = connection.dialect.identifier_preparer
    cells = []
    for column in table.columns:
        plain = f"CAST({preparer.quote_identifier(column.name)} AS BINARY)"
        cells.append(f"IFNULL({f'SHA2({plain}, 256)' if isinstance(column.type, _LONG) else f'HEX({plain})'}, '-')")
    row = f"SHA2(CONCAT_WS(',', {', '.join(cells)}), 256)"
    parts = [f"CONV(SUBSTR(d, {place}, 16), 16, 10)" for place in (1, 17)]
    statement = (
        # A row that has no digest makes the token one of its own, so that the table is read anew.
        "SELECT COUNT(*), IF(SUM(d IS NULL) > 0, UUID(), ''), "
        f"SUM(CAST({parts[0]} AS DECIMAL(20))), BIT_XOR({parts[1]}) "
        f"FROM (SELECT {row} AS d FROM {_written(connection, table)}) AS rows_seen"
    )
    return _digested(connection, statement)


def _digested(connection: Connection, statement: str) -> str:
    return repr(tuple(map(str, connection.exec_driver_sql(statement).one())))


def _written(connection: Connection, table: Table) -> str:
    """Give the quoted name as a statement for the driver holds it: percent signs are doubled."""
    return str(connection.dialect.identifier_preparer.format_table(table))
