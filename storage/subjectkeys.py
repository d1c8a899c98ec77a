"""A key for each person, wrapped by a master key: erasing a person is destroying it (design D8).

`storage_subject_key` holds the wrapped keys. A destroyed version keeps its row without its key, so that "erased" and
"never known" stay apart; the list outside the database (`storage.destroyed`) undoes a restored backup.
"""

import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from secrets import token_bytes

from sqlalchemy import Column, Integer, LargeBinary, func
from sqlmodel import Field, Session, SQLModel, col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from storage.ciphers import SUITES, Box, Suite, context_of, head, seal, unseal, version_of
from storage.columns import UTCDateTime
from storage.errors import KeyDestroyedError, SealBrokenError
from storage.keycache import KeyCache
from storage.masters import MasterKeys

_CHECK_BYTES = 8


class SubjectKeyRow(SQLModel, table=True):
    """One version of an owner's key; without its wrapped bytes once destroyed."""

    __tablename__ = "storage_subject_key"

    owner: str = Field(primary_key=True, max_length=64)
    version: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    suite: str = Field(max_length=16)
    master: int = Field(index=True)
    wrapped: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    check: bytes = Field(sa_column=Column("key_check", LargeBinary, nullable=False))
    made_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    destroyed_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))


@dataclass(frozen=True, slots=True)
class FieldKey:
    """An owner's key, ready to seal and open values of that owner.

    Hold it for one piece of work only: it outlives a destruction that happens meanwhile.
    """

    owner: str
    version: int
    box: Box
    start: bytes

    def seal(self, plaintext: bytes, *place: str) -> bytes:
        """Encrypt a value, bound to its owner and place, such as table, column, row and level.

        Raises:
            ValueError: a part of the place holds a zero byte.
        """
        return seal(self.box, self.start, plaintext, context_of(self.owner, *place))

    def open(self, sealed: bytes, *place: str) -> bytes:
        """Decrypt a value.

        Raises:
            SealBrokenError: it was changed or moved, or another key sealed it.
        """
        return unseal(self.box, sealed, context_of(self.owner, *place))


class SubjectKeys:
    """The keys of all owners in one database.

    Args:
        masters: who keeps the master keys.
        suite: what new keys are for; keys of the other suite go on opening.
        clock: what time it is; instants in rows.
        cache: unwrapped keys, for as long as they may live.

    Guarantee: whether a key was destroyed is asked of the database each time one is fetched, so that a destruction
        in one process stops all the others at their next fetch; the cache spares the unwrapping alone.
    """

    def __init__(self, masters: MasterKeys, suite: Suite, clock: Callable[[], datetime], cache: KeyCache) -> None:
        """Hold what is given."""
        self.masters = masters
        self.suite = suite
        self._clock = clock
        self._cache = cache

    def key(self, session: Session, owner: str) -> FieldKey:
        """Give an owner's newest key; made, in this transaction, where there is none that lives.

        Raises:
            MasterKeyUnavailableError: it can't be wrapped or unwrapped now.
        """
        row = session.exec(_versions(owner).where(col(SubjectKeyRow.wrapped).is_not(None))).first()
        return self._ready(row) if row is not None else self._made(session, owner)

    def open(self, session: Session, owner: str, sealed: bytes, *place: str) -> bytes:
        """Decrypt a value of an owner, whichever version sealed it.

        Raises:
            KeyDestroyedError: that version was destroyed.
            SealBrokenError: it was changed or moved, or is nobody's.
            MasterKeyUnavailableError: the key can't be unwrapped now.
        """
        row = session.get(SubjectKeyRow, (owner, version_of(sealed)), populate_existing=True)
        if row is None:
            raise SealBrokenError
        return self._ready(row).open(sealed, *place)

    def destroy(self, session: Session, owner: str) -> tuple[int, ...]:
        """Destroy every version of an owner's key and give their numbers; none where nothing lived.

        The caller notes them in the list outside the database once this transaction is committed.
        """
        live = [row.version for row in session.exec(_versions(owner)).all() if row.wrapped is not None]
        self.wipe(session, [(owner, version) for version in live])
        return tuple(sorted(live))

    def wipe(self, session: Session, keys: Iterable[tuple[str, int]]) -> int:
        """Destroy these versions where they still live, and give how many did."""
        at, wiped = self._clock(), 0
        for owner, version in keys:
            statement = (
                update(SubjectKeyRow)
                .where(col(SubjectKeyRow.owner) == owner, col(SubjectKeyRow.version) == version)
                .where(col(SubjectKeyRow.wrapped).is_not(None))
                .values(wrapped=None, destroyed_at=at)
            )
            wiped += session.exec(statement).rowcount
            self._cache.forget((owner, version))
        return wiped

    def rewrap(self, session: Session, limit: int) -> int:
        """Wrap up to `limit` keys anew that an older master key wraps, and give how many; values stay as they are.

        Guarantee: each transaction leaves every key readable; repeat until none is left, from any process, at any time.
        """
        newest = self.masters.versions()[-1]
        rows = session.exec(
            select(SubjectKeyRow)
            .where(col(SubjectKeyRow.master) < newest, col(SubjectKeyRow.wrapped).is_not(None))
            .order_by(col(SubjectKeyRow.owner), col(SubjectKeyRow.version))
            .limit(limit)
        ).all()
        for row in rows:
            context = _wrapping_context(row.owner, row.version, row.suite)
            plain = self.masters.unwrap(row.master, row.wrapped or b"", context)
            row.master, row.wrapped = self.masters.wrap(plain, context)
            session.add(row)
        session.flush()
        return len(rows)

    def forget(self) -> None:
        """Drop every unwrapped key."""
        self._cache.clear()

    def _made(self, session: Session, owner: str) -> FieldKey:
        newest = session.exec(_versions(owner)).first()
        version = newest.version + 1 if newest is not None else 1
        plain = token_bytes(self.suite.key_bytes)
        master, wrapped = self.masters.wrap(plain, _wrapping_context(owner, version, self.suite.name))
        row = SubjectKeyRow(
            owner=owner,
            version=version,
            suite=self.suite.name,
            master=master,
            wrapped=wrapped,
            check=_check(plain),
            made_at=self._clock(),
        )
        session.add(row)
        session.flush()
        return self._ready(row)

    def _ready(self, row: SubjectKeyRow) -> FieldKey:
        if row.wrapped is None:
            raise KeyDestroyedError
        suite = SUITES[row.suite]
        box = self._cache.get((row.owner, row.version), self._clock())
        if box is None:
            plain = self.masters.unwrap(row.master, row.wrapped, _wrapping_context(row.owner, row.version, row.suite))
            # GCM does not commit to its key: the check value does.
            if not hmac.compare_digest(_check(plain), row.check):
                raise SealBrokenError
            box = self._cache.put((row.owner, row.version), plain, suite, self._clock())
        return FieldKey(row.owner, row.version, box, head(suite, row.version))


def counts(session: Session) -> Mapping[int, int]:
    """Give how many living keys each version of the master key wraps."""
    found = session.exec(
        select(SubjectKeyRow.master, func.count())
        .where(col(SubjectKeyRow.wrapped).is_not(None))
        .group_by(col(SubjectKeyRow.master))
    ).all()
    return dict(sorted(found))


def destroyed(session: Session) -> set[tuple[str, int]]:
    """Give every key that was destroyed, as owner and version."""
    rows = session.exec(
        select(SubjectKeyRow.owner, SubjectKeyRow.version).where(col(SubjectKeyRow.wrapped).is_(None))
    ).all()
    return set(rows)


def _versions(owner: str) -> SelectOfScalar[SubjectKeyRow]:
    return select(SubjectKeyRow).where(SubjectKeyRow.owner == owner).order_by(col(SubjectKeyRow.version).desc())


def _wrapping_context(owner: str, version: int, suite: str) -> bytes:
    return context_of("subject-key", owner, str(version), suite)


def _check(key: bytes) -> bytes:
    return hmac.new(key, b"mingjing/key-check", sha256).digest()[:_CHECK_BYTES]
