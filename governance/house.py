"""The house, opened: database, keys, notary, query worker and policies of one deployment, under one clock.

Nothing lives at module level: `open_house` builds everything and closes it again, for the service, a command and a
test alike.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from audit import Event, Notary, Receipt, head
from audit.errors import NotInLogError
from governance import register
from governance.consenting import ConsentFilters
from governance.identity import SessionLimits
from governance.keyindex import KeyIndexes
from governance.policing import Mismatch, PolicyShelf
from governance.protection import Protection, open_protection
from governance.settings import Settings
from governance.texts import Texts, own_rules
from governance.workers import Limits, WorkerPool
from policies import AccessRequest, PolicyBook, load_policies
from policies.cedar import Release
from policies.point import DecisionPoint
from storage import (
    KeyRing,
    canonical_json,
    check_engine,
    migrate,
    open_engine,
    open_keys,
    read_only,
    read_passphrase,
    require_schema,
    trouble,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

Clock = Callable[[], datetime]
_MIB = 1024 * 1024


def system_clock() -> datetime:
    """Give the present instant in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class TableShape:
    """A stored table as it was last read: its name in the source, the version of its content, its columns' types."""

    name: str
    version: str
    types: "Mapping[str, str]"


@dataclass(slots=True)
class House:
    """What journeys work with. Open one with `open_house`."""

    settings: Settings
    engine: Engine
    keys: KeyRing
    protection: Protection
    notary: Notary
    workers: WorkerPool
    clock: Clock
    shipped: PolicyBook
    consents: ConsentFilters = field(default_factory=ConsentFilters)
    texts: Texts = field(default_factory=Texts)
    policies: PolicyShelf = field(default_factory=PolicyShelf)
    point: DecisionPoint = field(default_factory=DecisionPoint)
    mismatches: deque[Mismatch] = field(default_factory=deque)
    key_indexes: KeyIndexes = field(default_factory=KeyIndexes)
    shapes: "dict[tuple[str, str, str], TableShape]" = field(default_factory=dict)
    _books: dict[str, PolicyBook] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def book(self, session: Session) -> PolicyBook:
        """Give the policies in force: the shipped ones with the purposes that the world file declared."""
        declared = register.purposes(session)
        if not declared:
            return self.shipped
        text = canonical_json(declared)
        with self._lock:
            if text not in self._books:
                self._books.clear()
                self._books[text] = self.shipped.with_purposes(declared)
            return self._books[text]

    def release(self, session: Session) -> Release:
        """Give the access policies in force."""
        return self.policies.release(register.policy_release(session), session)

    def draw(self, request: AccessRequest) -> int:
        """Give a number from 0 to 99, the same whenever a person asks the same thing, that nobody can foretell."""
        asked = canonical_json([request.person, request.purpose, request.dataset, request.case])
        return int.from_bytes(self.keys.keyed_hash("policy-share", asked.encode())[:8], "big") % 100

    @property
    def session_limits(self) -> SessionLimits:
        """Give how long console sessions live and may rest."""
        return SessionLimits(
            lifetime=timedelta(hours=self.settings.session_hours),
            idle=timedelta(minutes=self.settings.session_idle_minutes),
        )

    def notarised(self, entry_id: str) -> Receipt:
        """Wait until an entry is durable in the log.

        Raises:
            NotarisationTimeoutError: it is not in time; the caller then answers nothing.
        """
        return self.notary.wait(entry_id, self.settings.notary_seconds)

    def event(  # noqa: PLR0913 -- an event has these parts
        self,
        kind: str,
        actor: str,
        key: str,
        *,
        outcome: str | None = None,
        purpose: str | None = None,
        dataset: str | None = None,
        facts: "Mapping[str, object] | None" = None,
        subjects: tuple[str, ...] = (),
        parent: str | None = None,
    ) -> Event:
        """Make an event of this instant."""
        return Event(
            kind=kind,
            at=self.clock(),
            actor=actor,
            outcome=outcome,
            purpose=purpose,
            dataset=dataset,
            facts=facts or {},  # type: ignore[arg-type]  # JSON is checked when the entry is written
            subjects=subjects,
            key=key,
            parent=parent,
        )


@contextmanager
def open_house(settings: Settings, *, clock: Clock | None = None, upgrade: bool = True) -> Iterator[House]:
    """Open a deployment.

    Args:
        settings: where it lies and how it behaves.
        clock: what time it is; absent means the system's, or the one that an accepted world file fixed.
        upgrade: bring an embedded database to this release's schema; a PostgreSQL server is upgraded by
            `mingjing migrate` alone, because other releases may be running on it.

    Raises:
        DatabaseUnavailableError: the database can't be opened.
        SchemaBehindError: its schema is another release's.
        KeyFileError: a key file is unusable, or missing though the database rests on it.
        OwnRulesInvalidError: the file of the deployment's own rules can't be used.
        ProductError: what a driver or the system refuses inside the block, said as one of ours.
    """
    texts = Texts(own_rules(settings))
    engine = open_engine(settings.database)
    try:
        with _opened(engine, settings, clock, texts, upgrade=upgrade) as house:
            yield house
    except (SQLAlchemyError, OSError) as error:
        known = None if isinstance(error, BrokenPipeError) else trouble(error, engine.url)
        if known is None:
            raise
        raise known from error
    finally:
        engine.dispose()


@contextmanager
def _opened(engine: Engine, settings: Settings, clock: Clock | None, texts: Texts, *, upgrade: bool) -> Iterator[House]:
    check_engine(engine)
    if upgrade and engine.dialect.name == "sqlite":
        migrate(engine)
    require_schema(engine)
    passphrase = read_passphrase(settings.key_passphrase_file)
    keys = open_keys(settings.data_dir / "keys", may_create=_is_new(engine), passphrase=passphrase)
    protection = open_protection(settings, engine, system_clock)
    notary = Notary(engine, keys.log_key(), settings.origin, system_clock)
    workers = WorkerPool(
        Limits(
            seconds=settings.query_seconds,
            rows=settings.query_rows,
            memory_bytes=settings.query_memory_mb * _MIB,
            threads=2,
        )
    )
    notary.start()
    try:
        yield House(
            settings=settings,
            engine=engine,
            keys=keys,
            protection=protection,
            notary=notary,
            workers=workers,
            clock=clock or _declared_clock(engine),
            shipped=load_policies(),
            texts=texts,
        )
    finally:
        workers.close()
        notary.stop()
        protection.close()


def _is_new(engine: Engine) -> bool:
    """Tell whether no notary ever ran on this database: only then may keys be made."""
    with read_only(engine) as session:
        try:
            head(session)
        except NotInLogError:
            return True
    return False


@contextmanager
def handed_over(house: House, closing: ExitStack) -> Iterator[House]:
    """Give an open house to a new owner, who closes it; its first owner may close it again, to no effect."""
    with closing:
        yield house


def _declared_clock(engine: Engine) -> Clock:
    with read_only(engine) as session:
        fixed = register.declaration(session, "clock")
    if not fixed:
        return system_clock
    instant = datetime.fromisoformat(str(fixed))
    return lambda: instant
