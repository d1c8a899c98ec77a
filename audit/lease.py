"""The head row: how far the log is, and the lease that lets one sequencer at a time carry on.

Guarantee: every commit names the epoch it works in, so a sequencer that was replaced can't write another line.
Leases are measured by the database's own clock: processes, hosts and fixed demo clocks may disagree about time.
"""

from dataclasses import dataclass

from sqlalchemy import BigInteger, ColumnElement, Connection, Engine, cast, func, literal, or_, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.dml import Insert, Update

from audit.errors import LeaseLostError, LogForkedError, OriginMismatchError
from audit.merkle import HASH_BYTES, CompactRange
from audit.tables import HEAD, LEAF
from storage.errors import Said

HEAD_ID = 1
# Any constant will do; this one reads "mjlog" in ASCII.
_ADVISORY_LOCK = 0x6D6A6C6F67
_EPOCH_DAY = 2440587.5
_DAY_MS = 86_400_000


@dataclass(slots=True)
class Lease:
    """The right to go on in an epoch, and the tree as the head row has it."""

    holder: str
    epoch: int
    lease_ms: int
    tree: CompactRange


def is_free(connection: Connection, holder: str) -> bool:
    """Tell whether the lease could be taken; reads only, so that waiting costs nobody a lock."""
    free = or_(HEAD.c.holder.in_(["", holder]), HEAD.c.expires_ms < _now_ms(connection))
    found = connection.execute(select(free).where(HEAD.c.id == HEAD_ID)).scalar()
    return found is None or bool(found)


def take(engine: Engine, holder: str, origin: str, lease_ms: int) -> Lease | None:
    """Take the lease when it is free, expired or ours already; None when another holds it.

    Raises:
        OriginMismatchError: the database holds another log.
        LogForkedError: head row and leaves disagree.
    """
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
        connection.execute(_first_head(connection, origin))
        now = _now_ms(connection)
        took = connection.execute(
            update(HEAD)
            .where(HEAD.c.id == HEAD_ID, HEAD.c.origin == origin)
            .where(or_(HEAD.c.holder.in_(["", holder]), HEAD.c.expires_ms < now))
            .values(epoch=HEAD.c.epoch + 1, holder=holder, expires_ms=now + lease_ms)
        )
        head = connection.execute(select(HEAD).where(HEAD.c.id == HEAD_ID)).one()
        if head.origin != origin:
            raise OriginMismatchError(found=head.origin, wanted=origin)
        if not took.rowcount:
            return None
        tree = _tree(head.size, head.peaks)
        last = connection.execute(select(func.max(LEAF.c.leaf_index))).scalar()
        if head.size != (0 if last is None else last + 1):
            raise LogForkedError(place=Said(f"大小 {head.size} 的树头", f"head {head.size}"))
        return Lease(holder, head.epoch, lease_ms, tree)


def advance(connection: Connection, lease: Lease, tree: CompactRange) -> None:
    """Write a larger head under the lease and renew it; the caller's transaction holds the rest of the batch.

    Raises:
        LeaseLostError: the epoch or the size is no longer ours.
    """
    done = connection.execute(
        _held(lease)
        .where(HEAD.c.size == lease.tree.size)
        .values(size=tree.size, peaks=b"".join(tree.peaks), expires_ms=_now_ms(connection) + lease.lease_ms)
    )
    if done.rowcount != 1:
        raise LeaseLostError


def renew(connection: Connection, lease: Lease) -> None:
    """Prolong the lease.

    Raises:
        LeaseLostError: another has it.
    """
    done = connection.execute(_held(lease).values(expires_ms=_now_ms(connection) + lease.lease_ms))
    if done.rowcount != 1:
        raise LeaseLostError


def release(engine: Engine, lease: Lease) -> None:
    """Give the lease back, so that the next sequencer need not wait for its end."""
    with engine.begin() as connection:
        connection.execute(_held(lease).values(holder="", expires_ms=0))


def _held(lease: Lease) -> Update:
    return update(HEAD).where(HEAD.c.id == HEAD_ID, HEAD.c.epoch == lease.epoch, HEAD.c.holder == lease.holder)


def _first_head(connection: Connection, origin: str) -> Insert:
    values = {"id": HEAD_ID, "origin": origin, "size": 0, "peaks": b"", "epoch": 0, "holder": "", "expires_ms": 0}
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 -- slow to load, and an embedded database never needs it

        return postgresql.insert(HEAD).values(values).on_conflict_do_nothing()
    return sqlite.insert(HEAD).values(values).on_conflict_do_nothing()


def _tree(size: int, peaks: bytes) -> CompactRange:
    found = [peaks[at : at + HASH_BYTES] for at in range(0, len(peaks), HASH_BYTES)]
    if len(found) != size.bit_count() or len(peaks) % HASH_BYTES:
        raise LogForkedError(place=Said(f"大小 {size} 处的峰值", f"peaks at {size}"))
    return CompactRange(size, found)


def _now_ms(connection: Connection) -> ColumnElement[int]:
    if connection.dialect.name == "postgresql":
        return cast(func.extract("epoch", func.clock_timestamp()) * literal(1000), BigInteger)
    return cast((func.julianday("now") - literal(_EPOCH_DAY)) * literal(_DAY_MS), BigInteger)
