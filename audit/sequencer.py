"""The notary: one thread that gives entries their places, in whichever process holds the log's lease.

Guarantee: a receipt is given only after the commit that made its entry durable; two notaries on one database never
give one index twice; a log that contradicts what was signed is not carried on.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from threading import Thread

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError

from audit.batch import Waiting, sequence, waiting
from audit.canonical import Draft, draft
from audit.desk import Desk, Ticket
from audit.errors import (
    LeaseLostError,
    LogForkedError,
    NotarisationFailedError,
    NotaryStoppedError,
    OriginMismatchError,
)
from audit.lease import Lease, is_free, release, renew, take
from audit.log import append_draft, receipts
from audit.model import Event, Receipt
from audit.note import VerifierKey
from audit.sealing import Sealer
from storage import new_id, read_only, unit_of_work

BATCH = 512
QUEUE = 8192
_RETRY_SECONDS = 0.2
# Far below a commit's own time on most disks; waited only when the last batch held several drafts.
_GATHER_SECONDS = 0.002
_log = logging.getLogger(__name__)


class Notary:
    """The log's sequencer and checkpointer of one process. Start it, wait on it, stop it."""

    def __init__(
        self,
        engine: Engine,
        key: Ed25519PrivateKey,
        origin: str,
        clock: Callable[[], datetime],
        *,
        lease_seconds: float = 3.0,
        poll_seconds: float = 0.05,
        checkpoint_seconds: float = 1.0,
    ) -> None:
        """Hold what is needed; nothing runs before `start`.

        Args:
            engine: the database, migrated.
            key: signs checkpoints.
            origin: the log's name, the same for as long as the log lives.
            clock: the instant written beside a checkpoint; leases go by the database's own clock.
            lease_seconds: after how long a silent sequencer may be replaced.
            poll_seconds: how often to look for entries that nobody announced in this process.
            checkpoint_seconds: the least time between two checkpoints.
        """
        self._engine = engine
        self._holder = new_id(clock())
        self._origin = origin
        self._clock = clock
        self._sealer = Sealer(engine, key, origin, clock)
        self._desk = Desk(QUEUE)
        self._lease_ms = round(lease_seconds * 1000)
        self._poll_seconds = poll_seconds
        self._checkpoint_seconds = checkpoint_seconds
        self._lease: Lease | None = None
        self._thread: Thread | None = None
        self._is_stopping = False
        self._broken: LogForkedError | OriginMismatchError | None = None
        self._sealed_at = self._renewed_at = self._looked_at = float("-inf")
        self._sealed_size = -1
        self._together = 0

    @property
    def vkey(self) -> VerifierKey:
        """The key that verifies this log's checkpoints."""
        return self._sealer.vkey

    @property
    def is_running(self) -> bool:
        """Whether entries can be notarised now."""
        return self._thread is not None and self._thread.is_alive() and self._broken is None

    @property
    def is_sequencing(self) -> bool:
        """Whether this notary holds the lease."""
        return self._lease is not None

    def start(self) -> None:
        """Run the sequencer's thread; a second start changes nothing."""
        if self._thread is not None:
            return
        self._is_stopping = False
        self._broken = None
        self._thread = Thread(target=self._run, name="notary", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Place what waits, sign the head, give the lease back and end the thread."""
        if self._thread is None:
            return
        self._is_stopping = True
        self._desk.stir()
        self._thread.join()
        self._thread = None

    def wait(self, entry_id: str, timeout_seconds: float = 5.0) -> Receipt:
        """Wait until an appended entry has its place.

        Raises:
            NotarisationTimeoutError: not in time; the caller then gives no answer.
            NotaryStoppedError: the notary is not running.
            LogForkedError: the log is damaged and nothing is sequenced.
        """
        self._require_running()
        return self._desk.ask(entry_id).result(entry_id, timeout_seconds)

    def record(self, event: Event, timeout_seconds: float = 5.0) -> Receipt:
        """Append an event that has no rows beside it and wait for its place.

        Many callers share one commit, so this is the fast way for reads; what a journey must commit together with
        its rows goes through `append` and `wait`.

        Raises:
            EventRefusedError: the event can't become an entry.
            NotarisationTimeoutError: no place in time; the entry may still get one.
            NotarisationFailedError: the store refused; nothing was written.
            NotaryBusyError: too many entries wait already.
            NotaryStoppedError: the notary is not running.
            LogForkedError: the log is damaged and nothing is sequenced.
        """
        made = draft(event, new_id(event.at))
        self._require_running()
        return self._desk.hand_in(made).result(made.entry_id, timeout_seconds)

    def _require_running(self) -> None:
        if self._broken is not None:
            raise self._broken
        if self._thread is None or self._is_stopping:
            raise NotaryStoppedError

    def _run(self) -> None:
        while not self._is_stopping:
            if not self._guarded(self._step):
                self._desk.pause(self._poll_seconds)
        while self._guarded(self._step):
            pass
        self._guarded(self._close)
        self._desk.refuse_all(NotaryStoppedError())

    def _guarded(self, act: Callable[[], bool]) -> bool:
        """Do one step; after any failure start again from the head row, because memory may be ahead of it."""
        if self._broken is not None:
            return False
        try:
            return act()
        except LeaseLostError:
            _log.warning("lease lost")
        except (LogForkedError, OriginMismatchError) as error:
            _log.critical("log stopped: %s", error)
            self._broken = error
            self._desk.refuse_all(error)
        except DBAPIError as error:
            _log.error("store refused: %s", type(error.orig).__name__)
            time.sleep(_RETRY_SECONDS)
        self._lease = None
        return False

    def _step(self) -> bool:
        """Do what is to be done now; tell whether there may be more."""
        if self._lease is None and not self._take_lease():
            self._post(self._desk.take(BATCH))
            self._answer_from_rows()
            return False
        lease = self._lease
        if lease is None:
            return False
        placed = self._place(lease)
        now = time.monotonic()
        if now - self._sealed_at >= self._checkpoint_seconds:
            self._seal(lease, now)
        if not placed:
            self._answer_from_rows()
            self._renew(lease, now)
        return placed

    def _take_lease(self) -> bool:
        with read_only(self._engine) as session:
            if not is_free(session.connection(), self._holder):
                return False
        self._lease = take(self._engine, self._holder, self._origin, self._lease_ms)
        if self._lease is not None:
            _log.info("sequencing from %d in epoch %d", self._lease.tree.size, self._lease.epoch)
            self._sealed_size = -1
            self._seal(self._lease, time.monotonic())
        return self._lease is not None

    def _seal(self, lease: Lease, now: float) -> None:
        if self._sealed_size != lease.tree.size:
            self._sealer.seal(lease)
            self._sealed_size = lease.tree.size
            self._sealed_at = now

    def _place(self, lease: Lease) -> bool:
        # Half a batch is kept for each side: a bulk import must not make reads wait, nor reads an import.
        if self._together > 1:
            self._desk.gather(self._together, _GATHER_SECONDS)
        handed = self._desk.take(BATCH // 2)
        self._together = len(handed)
        outbox = self._outbox(BATCH - len(handed), handed)
        if not outbox and not handed:
            return False
        self._renewed_at = time.monotonic()
        try:
            given = sequence(self._engine, lease, outbox, [made for made, _ in handed])
        except IntegrityError:
            if not handed:
                raise
            self._post(handed)
            self._lease = None
            return True
        except LeaseLostError:
            self._post(handed)
            raise
        except DBAPIError:
            _refuse(handed)
            raise
        for (_, ticket), receipt in zip(handed, given[len(outbox) :], strict=True):
            ticket.answer(receipt)
        self._desk.deliver(given[: len(outbox)])
        return True

    def _outbox(self, limit: int, handed: list[tuple[Draft, Ticket]]) -> list[Waiting]:
        """Look into the outbox when somebody waits for it, and from time to time."""
        now = time.monotonic()
        if not self._desk.is_asked() and handed and now - self._looked_at < self._poll_seconds:
            return []
        self._looked_at = now
        try:
            with read_only(self._engine) as session:
                return waiting(session.connection(), limit)
        except DBAPIError:
            _refuse(handed)
            raise

    def _post(self, handed: list[tuple[Draft, Ticket]]) -> None:
        """Put drafts into the outbox: another process sequences them, or one of them repeats a key."""
        if not handed:
            return
        try:
            with unit_of_work(self._engine) as session:
                ids = [append_draft(session, made) for made, _ in handed]
        except DBAPIError:
            _refuse(handed)
            raise
        for entry_id, (_, ticket) in zip(ids, handed, strict=True):
            self._desk.expect(entry_id, ticket)

    def _answer_from_rows(self) -> None:
        awaited = self._desk.awaited()
        if awaited:
            with read_only(self._engine) as session:
                self._desk.deliver(receipts(session, awaited[:BATCH]).values())

    def _renew(self, lease: Lease, now: float) -> None:
        if (now - self._renewed_at) * 1000 >= self._lease_ms / 3:
            self._renewed_at = now
            with self._engine.begin() as connection:
                renew(connection, lease)

    def _close(self) -> bool:
        if self._lease is not None:
            self._seal(self._lease, time.monotonic())
            release(self._engine, self._lease)
        self._lease = None
        return False


def _refuse(handed: list[tuple[Draft, Ticket]]) -> None:
    for made, ticket in handed:
        ticket.answer(error=NotarisationFailedError(entry_id=made.entry_id))
