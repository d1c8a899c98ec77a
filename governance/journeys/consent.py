"""Consent: record what a person said, with a signed receipt; show a person's records; import a file of them.

Each act is one event of the consent ledger, one receipt and one entry of the log, in one transaction. The log names
people by pseudonym alone. A caller acts within the purposes they may state; stewards, officers and the owner within
all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session

import consent
from audit import Receipt as EntryReceipt
from audit import append
from consent import ConsentEvent, ImportReport, PurposeTerms, Receipt
from governance.errors import InputInvalidError, NotAllowedError, NotFoundError
from governance.house import House
from governance.identity import Caller
from governance.journeys.sight import Right, may
from policies import PolicyBook, Purpose
from storage import new_id, read_only, unit_of_work


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said about one purpose; parts that are not stated are None.

    Args:
        notice_version: the version the person saw; None takes the current one where there is only one.
    """

    subject_id: str
    purpose: str
    notice_version: str | None = None
    kind: str | None = None
    expires_at: datetime | None = None
    evidence: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded consent event, the person's receipt, and the receipt of the log's entry."""

    event: ConsentEvent
    receipt: Receipt
    entry: EntryReceipt


@dataclass(frozen=True, slots=True)
class Shown:
    """A person's records, newest last, and whether each purpose's consent counts now."""

    subject_id: str
    at: datetime
    events: tuple[ConsentEvent, ...]
    states: dict[str, str]


def give(house: House, caller: Caller, said: Said) -> Recorded:
    """Record that a person consents.

    Raises:
        NotAllowedError: the purpose is not the caller's.
        NotFoundError: there is no such purpose.
        NoticeNotCurrentError: the notice is not in force, or none is.
        EventInvalidError: a part can't be recorded.
    """

    def record(session: Session, at: datetime) -> ConsentEvent:
        return consent.give(
            session,
            subject_id=said.subject_id,
            purpose=said.purpose,
            at=at,
            notice_version=said.notice_version or _only_notice(session, said.purpose),
            kind=said.kind,  # type: ignore[arg-type]  # the ledger checks the word
            expires_at=said.expires_at,
            evidence=said.evidence,
            channel=said.channel,
            operator=caller.person_id,
        )

    return _act(house, caller, said.purpose, "consent.given", record)


def withdraw(house: House, caller: Caller, said: Said) -> Recorded:
    """Record that a person takes consent back; effective with the next read.

    Raises:
        NotAllowedError: the purpose is not the caller's.
        NotFoundError: there is no such purpose.
        EventInvalidError: a part can't be recorded.
    """

    def record(session: Session, at: datetime) -> ConsentEvent:
        return consent.withdraw(
            session,
            subject_id=said.subject_id,
            purpose=said.purpose,
            at=at,
            evidence=said.evidence,
            channel=said.channel,
            operator=caller.person_id,
        )

    return _act(house, caller, said.purpose, "consent.withdrawn", record)


def show(house: House, caller: Caller, subject_id: str) -> Shown:
    """Give a person's records for the purposes the caller may see; the look is an entry of the log."""
    at = house.clock()
    with unit_of_work(house.engine) as session:
        book = house.book(session)
        events = tuple(one for one in consent.timeline(session, subject_id) if _may(caller, one.purpose))
        states = {
            purpose: str(_verdict(session, book, subject_id, purpose, at))
            for purpose in sorted({one.purpose for one in events})
        }
        person = consent.pseudonym(house.keys, subject_id)
        facts = {"what": "consents", "events": len(events)}
        looked = house.event("data.view", caller.person_id, new_id(at), facts=facts, subjects=(person,))
        entry = append(session, looked)
    house.notarised(entry)
    return Shown(subject_id, at, events, states)


def receipt_of(house: House, caller: Caller, event_id: str) -> Receipt:
    """Give the receipt of an event: as it was signed, or signed now for an event that came by import.

    Raises:
        NotFoundError: there is no such event, or its purpose is not the caller's.
    """
    with read_only(house.engine) as session:
        event = _event_for(session, caller, event_id)
        kept = consent.kept_receipt(session, event_id)
    if kept is not None:
        return kept
    with unit_of_work(house.engine) as session:
        made = _receipt(house, session, event)
        consent.keep_receipt(session, made, house.clock())
    return made


def check_receipt(house: House, document: dict[str, Any]) -> None:
    """Check a receipt against this deployment's key.

    Raises:
        ReceiptInvalidError: says what does not hold.
    """
    consent.verify_receipt(document, consent.receipt_key(house.keys).public_key())


def import_file(house: House, caller: Caller, path: Path, *, accept_valid: bool) -> ImportReport:
    """Import a CSV or Parquet file; the same file again changes nothing and writes no entry.

    Raises:
        ImportFileError: the file can't be read at all.
        ImportRefusedError: holds every bad row; nothing was applied.
        NotAllowedError: importing is for stewards, officers and the owner.
    """
    if not may(caller, Right.KEEP_CONSENTS):
        raise NotAllowedError
    content = path.read_bytes()
    at = house.clock()
    entry: str | None = None
    with unit_of_work(house.engine) as session:
        report = consent.import_rows(
            session,
            content,
            recorded_at=at,
            operator=caller.person_id,
            purposes=house.book(session).purposes.keys(),
            accept_valid=accept_valid,
        )
        if report.added:
            facts = {
                "digest": report.digest,
                "read": report.read,
                "added": report.added,
                "unchanged": report.unchanged,
                "repeated": report.repeated,
                "rejected": len(report.rejected),
            }
            entry = append(session, house.event("consent.imported", caller.person_id, new_id(at), facts=facts))
    if entry is not None:
        house.notarised(entry)
    return report


def _act(
    house: House,
    caller: Caller,
    purpose: str,
    kind: str,
    record: Callable[[Session, datetime], ConsentEvent],
) -> Recorded:
    at = house.clock()
    with unit_of_work(house.engine) as session:
        if not _may(caller, purpose):
            raise NotAllowedError
        _purpose(house.book(session), purpose)
        event = record(session, at)
        receipt = _receipt(house, session, event)
        consent.keep_receipt(session, receipt, at)
        person = consent.pseudonym(house.keys, event.subject_id)
        facts = {
            "event": event.id,
            "sequence": event.sequence,
            "kind": event.kind,
            "notice_version": event.notice_version,
            "expires_at": None if event.expires_at is None else event.expires_at.isoformat(),
            "has_evidence": event.evidence is not None,
            "channel": event.channel,
        }
        acted = house.event(kind, caller.person_id, event.id, purpose=purpose, facts=facts, subjects=(person,))
        entry = append(session, acted)
    return Recorded(event, receipt, house.notarised(entry))


def _may(caller: Caller, purpose: str) -> bool:
    return purpose in caller.purposes or may(caller, Right.KEEP_CONSENTS)


def _purpose(book: PolicyBook, purpose: str) -> Purpose:
    found = book.purposes.get(purpose)
    if found is None:
        raise NotFoundError(kind="purpose", id=purpose)
    return found


def _only_notice(session: Session, purpose: str) -> str:
    current = sorted(consent.current_versions(session, purpose))
    if len(current) > 1:
        raise InputInvalidError(name="notice_version", reason=f"name the one the person saw: {', '.join(current)}")
    return current[0] if current else ""


def _event_for(session: Session, caller: Caller, event_id: str) -> ConsentEvent:
    try:
        event = consent.event_of(session, event_id)
    except consent.EventUnknownError as error:
        raise NotFoundError(kind="receipt", id=event_id) from error
    if not _may(caller, event.purpose):
        raise NotFoundError(kind="receipt", id=event_id)
    return event


def _verdict(session: Session, book: PolicyBook, subject_id: str, purpose: str, at: datetime) -> consent.Verdict:
    known = book.purposes.get(purpose)
    asked = known.consent.default.value if known else "written"  # a purpose that is gone lets nobody in anyway
    return consent.verdict_of(session, subject_id, purpose, at, asked, asked=asked)


def _receipt(house: House, session: Session, event: ConsentEvent) -> Receipt:
    book = house.book(session)
    history = consent.timeline(session, event.subject_id, event.purpose)
    notice = next((one for one in consent.notices(session, event.purpose) if one.version == event.notice_version), None)
    return consent.issue(
        event,
        [one for one in history if one.sequence <= event.sequence],
        principal=consent.pseudonym(house.keys, event.subject_id),
        controller=house.settings.controller,
        terms=_terms(book.purposes.get(event.purpose), event.purpose),
        notice=notice,
        key=consent.receipt_key(house.keys),
    )


def _terms(purpose: Purpose | None, name: str) -> PurposeTerms:
    if purpose is None:
        return PurposeTerms(name, {"zh": name, "en": name}, [], [], "")
    return PurposeTerms(
        id=purpose.id,
        title={"zh": purpose.title.zh, "en": purpose.title.en},
        lawful_basis=[basis.value for basis in purpose.basis],
        categories=sorted(purpose.allow),
        retention=purpose.retention or "",
    )
