"""Consent: record what a person said, with a signed receipt; show a person's records.

Each act is one event of the consent ledger, one receipt and one entry of the log, in one transaction. The log names
people by pseudonym alone. `consent_rights` says who may.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

import consent
from audit import Receipt as EntryReceipt
from audit import append
from audit import events as entries
from consent import ConsentEvent, Receipt
from consent.propagation import queue_withdrawals
from governance.errors import InputInvalidError, NotFoundError
from governance.house import House
from governance.identity import Caller
from governance.journeys.consent_receipts import made_receipt
from governance.journeys.consent_rights import case_pseudonym, require_evidence, require_recording, require_seeing
from policies import PolicyBook, Purpose
from storage import new_id, unit_of_work
from storage.errors import Said as Told


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said about one purpose; parts that are not stated are None.

    Args:
        notice_version: the version the person saw; None takes the current one where there is only one.
        evidence: where the proof lies.
        case: number of the call, request or policy within which it was said; some roles need one.
    """

    subject_id: str
    purpose: str
    notice_version: str | None = None
    kind: str | None = None
    expires_at: datetime | None = None
    evidence: str | None = None
    channel: str | None = None
    case: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded consent event, the person's receipt, and the receipt of the log's entry.

    `state` tells whether the person's consent to the purpose counts now, or why not.
    """

    event: ConsentEvent
    receipt: Receipt
    entry: EntryReceipt
    state: str


@dataclass(frozen=True, slots=True)
class Looks:
    """How often this one person was looked at for a purpose, and when last."""

    kind: str
    purpose: str | None
    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """A person's records, newest last, and whether each purpose's consent counts now.

    Args:
        looks: who looked at this one person, by act and purpose, of the newest thousand entries that name them. A
            statement over many people names nobody in the log and is not among them.
    """

    subject_id: str
    at: datetime
    events: tuple[ConsentEvent, ...]
    states: dict[str, str]
    looks: tuple[Looks, ...] = ()


def give(house: House, caller: Caller, said: Said) -> Recorded:
    """Record that a person consents.

    Raises:
        NotAllowedError: the caller's roles don't record consents, or not without a case.
        EvidenceNeededError: nothing says where the proof lies.
        NotFoundError: there is no such purpose.
        NoticeNotCurrentError: the notice is not in force, or none is.
        EventInvalidError: a part can't be recorded.
    """
    require_recording(caller, said.case)
    require_evidence(caller, said.evidence)

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

    return _act(house, caller, said, "consent.given", record)


def withdraw(house: House, caller: Caller, said: Said) -> Recorded:
    """Record that a person takes consent back; effective with the next read.

    Raises:
        NotAllowedError: the caller's roles don't record consents, or not without a case.
        NotFoundError: there is no such purpose.
        EventInvalidError: a part can't be recorded.
    """
    require_recording(caller, said.case)

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

    return _act(house, caller, said, "consent.withdrawn", record)


def show(house: House, caller: Caller, subject_id: str, *, case: str | None = None) -> Shown:
    """Give a person's records; the look is an entry of the log.

    Raises:
        NotAllowedError: the caller's roles don't see consents, or not without a case.
    """
    require_seeing(caller, case)
    at = house.clock()
    with unit_of_work(house.engine) as session:
        book = house.book(session)
        events = consent.timeline(session, subject_id)
        states = {
            purpose: str(_verdict(session, book, subject_id, purpose, at))
            for purpose in sorted({one.purpose for one in events})
        }
        person = consent.pseudonym(house.keys, subject_id)
        looks = _looks(session, person)
        facts = {"what": "consents", "events": len(events), "case": case_pseudonym(house.keys, case)}
        looked = house.event("data.view", caller.person_id, new_id(at), facts=facts, subjects=(person,))
        entry = append(session, looked)
    house.notarised(entry)
    return Shown(subject_id, at, events, states, looks)


def _looks(session: Session, person: str) -> tuple[Looks, ...]:
    found: dict[tuple[str, str | None], Looks] = {}
    for one in entries(session, subject=person, newest_first=True, limit=1000):
        event = one.event
        if not event.kind.startswith("data.") or event.facts.get("what") == "consents":
            continue
        key = event.kind, event.purpose
        before = found.get(key, Looks(*key, 0, event.at))
        found[key] = Looks(*key, before.times + 1, before.last_at)
    return tuple(found[key] for key in sorted(found, key=str))


def _act(
    house: House, caller: Caller, said: Said, kind: str, record: Callable[[Session, datetime], ConsentEvent]
) -> Recorded:
    at = house.clock()
    with unit_of_work(house.engine) as session:
        book = house.book(session)
        _purpose(book, said.purpose)
        event = record(session, at)
        receipt = made_receipt(house, session, event)
        consent.keep_receipt(session, receipt, at)
        acted = house.event(
            kind,
            caller.person_id,
            event.id,
            purpose=said.purpose,
            facts=_facts(event) | {"case": case_pseudonym(house.keys, said.case)},
            subjects=(consent.pseudonym(house.keys, event.subject_id),),
        )
        entry = append(session, acted)
        queue_withdrawals(session, event.sequence, at)
        state = _verdict(session, book, event.subject_id, event.purpose, at)
    return Recorded(event, receipt, house.notarised(entry), state)


def _facts(event: ConsentEvent) -> dict[str, object]:
    return {
        "event": event.id,
        "sequence": event.sequence,
        "kind": event.kind,
        "notice_version": event.notice_version,
        "expires_at": None if event.expires_at is None else event.expires_at.isoformat(),
        "has_evidence": event.evidence is not None,
        "channel": event.channel,
    }


def _purpose(book: PolicyBook, purpose: str) -> Purpose:
    found = book.purposes.get(purpose)
    if found is None:
        raise NotFoundError(kind="purpose", id=purpose)
    return found


def _only_notice(session: Session, purpose: str) -> str:
    current = sorted(consent.current_versions(session, purpose))
    if len(current) > 1:
        raise InputInvalidError(
            name="notice_version",
            reason=Told(
                f"写明本人所见的告知版本：{', '.join(current)}", f"name the one the person saw: {', '.join(current)}"
            ),
        )
    return current[0] if current else ""


def _verdict(session: Session, book: PolicyBook, subject_id: str, purpose: str, at: datetime) -> consent.Verdict:
    known = book.purposes.get(purpose)
    asked = known.consent.default.value if known else "written"  # a purpose that is gone lets nobody in anyway
    return consent.verdict_of(session, subject_id, purpose, at, asked, asked=asked)
