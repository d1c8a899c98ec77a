"""The desk in front of the sequencer: who waits for which entry, and the drafts handed in directly."""

from collections import OrderedDict, deque
from collections.abc import Iterable
from threading import Condition, Lock

from audit.canonical import Draft
from audit.errors import AuditError, NotarisationTimeoutError, NotaryBusyError
from audit.model import Receipt

_REMEMBERED = 8192


class Ticket:
    """One caller's wait: filled once, with a receipt or the reason why there is none.

    A held lock stands for "not answered yet": the cheapest thing a thread can sleep on.
    """

    __slots__ = ("_error", "_receipt", "_unanswered", "is_left")

    def __init__(self) -> None:
        """Start unanswered."""
        self._unanswered = Lock()
        self._unanswered.acquire()
        self._receipt: Receipt | None = None
        self._error: AuditError | None = None
        self.is_left = False

    def answer(self, receipt: Receipt | None = None, error: AuditError | None = None) -> None:
        """Fill the ticket; only the first answer counts. Called by one thread at a time."""
        if self._unanswered.locked() and self._receipt is None and self._error is None:
            self._receipt, self._error = receipt, error
            self._unanswered.release()

    def result(self, entry_id: str, seconds: float) -> Receipt:
        """Wait for the receipt.

        Raises:
            NotarisationTimeoutError: none came in time.
            AuditError: the sequencer said why there is none.
        """
        self._unanswered.acquire(timeout=seconds)
        self.is_left = True
        if self._error is not None:
            raise self._error
        if self._receipt is None:
            raise NotarisationTimeoutError(entry_id=entry_id, seconds=seconds)
        return self._receipt


class Desk:
    """Tickets by entry, drafts in order of arrival, and the latest receipts; safe between threads."""

    def __init__(self, limit: int) -> None:
        """Hold at most `limit` drafts."""
        self._lock = Condition()
        self._limit = limit
        self._drafts: deque[tuple[Draft, Ticket]] = deque()
        self._tickets: dict[str, list[Ticket]] = {}
        self._recent: OrderedDict[str, Receipt] = OrderedDict()
        self._stirred = False
        self._wanted = 1

    def hand_in(self, draft: Draft) -> Ticket:
        """Queue a draft and wake the sequencer.

        Raises:
            NotaryBusyError: too many wait already.
        """
        ticket = Ticket()
        with self._lock:
            if len(self._drafts) >= self._limit:
                raise NotaryBusyError(limit=self._limit)
            self._drafts.append((draft, ticket))
            if len(self._drafts) >= self._wanted:
                self._stir()
        return ticket

    def ask(self, entry_id: str) -> Ticket:
        """Wait for an entry that was, or will be, appended by a transaction."""
        ticket = Ticket()
        with self._lock:
            known = self._recent.get(entry_id)
            if known is None:
                self._tickets.setdefault(entry_id, []).append(ticket)
                self._stir()
        if known is not None:
            ticket.answer(known)
        return ticket

    def expect(self, entry_id: str, ticket: Ticket) -> None:
        """Let a handed-in draft's ticket wait for an entry of the outbox instead."""
        with self._lock:
            self._tickets.setdefault(entry_id, []).append(ticket)

    def take(self, limit: int) -> list[tuple[Draft, Ticket]]:
        """Give the oldest drafts, which leave the queue."""
        with self._lock:
            return [self._drafts.popleft() for _ in range(min(limit, len(self._drafts)))]

    def awaited(self) -> list[str]:
        """Give the ids of the entries that somebody still waits for."""
        with self._lock:
            held = {
                entry_id: [one for one in tickets if not one.is_left] for entry_id, tickets in self._tickets.items()
            }
            self._tickets = {entry_id: tickets for entry_id, tickets in held.items() if tickets}
            return list(self._tickets)

    def is_asked(self) -> bool:
        """Tell whether anybody waits for an entry of the outbox."""
        return bool(self._tickets)

    def deliver(self, receipts: Iterable[Receipt]) -> None:
        """Answer every ticket of these entries."""
        for receipt in receipts:
            with self._lock:
                self._recent[receipt.entry_id] = receipt
                if len(self._recent) > _REMEMBERED:
                    self._recent.popitem(last=False)
                tickets = self._tickets.pop(receipt.entry_id, ())
            for ticket in tickets:
                ticket.answer(receipt)

    def refuse_all(self, error: AuditError) -> None:
        """Answer every ticket and draft with an error."""
        with self._lock:
            tickets = [ticket for held in self._tickets.values() for ticket in held]
            tickets += [ticket for _, ticket in self._drafts]
            self._tickets.clear()
            self._drafts.clear()
        for ticket in tickets:
            ticket.answer(error=error)

    def stir(self) -> None:
        """Wake the sequencer."""
        with self._lock:
            self._stir()

    def _stir(self) -> None:
        if not self._stirred:
            self._stirred = True
            self._lock.notify()

    def gather(self, count: int, seconds: float) -> None:
        """Let the sequencer wait until so many drafts are in, at most so long.

        Writers who were answered together come back together; a batch cut between them would cost two commits and
        have the sequencer fight all of them for the interpreter.
        """
        with self._lock:
            self._wanted = count
            self._lock.wait_for(lambda: len(self._drafts) >= count, seconds)
            self._wanted = 1

    def pause(self, seconds: float) -> None:
        """Let the sequencer sleep until stirred, at most so long."""
        with self._lock:
            self._lock.wait_for(lambda: self._stirred, seconds)
            self._stirred = False
