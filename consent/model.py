"""Values of the consent ledger: events, notices, the folded state, and what an import reports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from storage.errors import Language

Status = Literal["granted", "withdrawn"]
Kind = Literal["none", "general", "separate", "written", "guardian"]
STATUSES: tuple[Status, ...] = ("granted", "withdrawn")
KINDS: tuple[Kind, ...] = ("none", "general", "separate", "written", "guardian")


@dataclass(frozen=True, slots=True)
class ConsentEvent:
    """One entry of the ledger; it is never edited, a change is a new entry.

    Args:
        subject_id: the text of the subject column's value.
        purpose: the one purpose it is about; consents are never bundled.
        status: granted or withdrawn.
        at: from when it counts; in the future it does not count yet.
        kind: how consent was given; None means as the purpose asks.
        notice_version: the notice the person saw.
        expires_at: the first instant at which it no longer counts.
        evidence: where the proof lies (a reference, not the proof).
        channel: how the person spoke: app, phone, counter …
        operator: who recorded it.
        id: opaque identifier, also the id of its receipt; empty before it is recorded.
        sequence: place in the ledger, from 1; 0 before it is recorded.
    """

    subject_id: str
    purpose: str
    status: Status
    at: datetime
    kind: Kind | None = None
    notice_version: str | None = None
    expires_at: datetime | None = None
    evidence: str | None = None
    channel: str | None = None
    operator: str | None = None
    id: str = ""
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """A version of what people are told for a purpose; `text_digest` is the SHA-256 of the text in hex."""

    purpose: str
    version: str
    text_digest: str
    current: bool
    at: datetime
    title: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConsentSet:
    """Who consents to a purpose at an instant.

    Args:
        sequence: the ledger's sequence that this reflects at least.
        granted: subject ids whose consent counts; anybody else is a no.
        guardian: those among them whose guardian consented, the only ones that count under 14.
    """

    sequence: int
    granted: frozenset[str]
    guardian: frozenset[str] = frozenset()

    def __contains__(self, subject_id: object) -> bool:
        """Tell whether a person consents; unknown is no."""
        return subject_id in self.granted


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that can't be imported: its line, the column at fault, and why, without the cell's content."""

    line: int
    column: str
    zh: str
    en: str

    def describe(self, language: Language) -> str:
        """Give the row's sentence."""
        if language == "zh":
            return f"第 {self.line} 行，`{self.column}`：{self.zh}"
        return f"line {self.line}, `{self.column}`: {self.en}"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did.

    Args:
        read: rows in the file, the header not counted.
        added: events new to the ledger.
        unchanged: rows whose content the ledger held already.
        repeated: rows that a later row of the same file repeats word for word.
        rejected: bad rows that were left out (only with `accept_valid`), or the first of very many.
        ignored_columns: columns that mean nothing here.
        digest: SHA-256 of the file in hex.
        faults: how many rows are bad, by column and reason in Chinese and English.
        first: the ledger's sequence of the first event that was added, 0 where none was.
        events_digest: SHA-256 over the added events' content digests, one after the other in the ledger's order.
    """

    read: int
    added: int
    unchanged: int
    repeated: int
    rejected: tuple[BadRow, ...]
    ignored_columns: tuple[str, ...]
    digest: str
    faults: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    first: int = 0
    events_digest: str = ""

    @property
    def rejected_count(self) -> int:
        """Give how many rows were left out in all."""
        return sum(self.faults.values())
