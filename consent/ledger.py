"""The ledger: append consent events, read them back. Only appends, under one writer at a time.

Guarantee: sequences are dense from 1 in the order of commits, over events and notices together; nothing recorded is
ever changed (`storage/migrations`, triggers). Events hold subject ids in clear because reads are filtered by them; what
leaves for the log holds `pseudonym`s.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import cast

from sqlalchemy import insert
from sqlmodel import Session, col, select

from consent.errors import EventInvalidError, EventUnknownError, NoticeNotCurrentError
from consent.model import ConsentEvent, Kind, Status
from consent.notices import current_versions
from consent.numbering import become_writer, sequence
from consent.people import is_storable, number_person
from consent.rows import RowFaultError, RowReader
from consent.tables import ConsentEventRow
from storage import KeyRing, canonical_json, new_id


def pseudonym(keys: KeyRing, subject_id: str) -> str:
    """Give the name under which a person stands in entries and receipts: 32 hex digits of a keyed hash.

    Still personal data while the key exists; without the key nobody can tell whose it is.
    """
    return keys.keyed_hash("subject-pseudonym", subject_id.encode()).hex()[:32]


def give(  # noqa: PLR0913 -- a consent record has these parts
    session: Session,
    *,
    subject_id: str,
    purpose: str,
    at: datetime,
    notice_version: str,
    kind: Kind | None = None,
    expires_at: datetime | None = None,
    evidence: str | None = None,
    channel: str | None = None,
    operator: str | None = None,
    recorded_at: datetime | None = None,
) -> ConsentEvent:
    """Record that a person consents to one purpose; the caller commits.

    Args:
        session: a writing session.
        subject_id: the text of the subject column's value.
        purpose: the one purpose.
        at: from when it counts.
        notice_version: the version the person saw; it must be current.
        kind: how consent was given; None means as the purpose asks.
        expires_at: the first instant at which it no longer counts.
        evidence: where the proof lies.
        channel: how the person spoke.
        operator: who records it.
        recorded_at: when it is recorded; absent means `at`.

    Raises:
        NoticeNotCurrentError: the person saw no notice that is in force.
        EventInvalidError: a part is missing, too long, without a zone, or the end precedes the beginning.
    """
    parts = {
        "subject_id": subject_id,
        "purpose": purpose,
        "kind": kind,
        "notice_version": notice_version,
        "evidence": evidence,
        "channel": channel,
        "operator": operator,
    }
    event = _event("granted", parts, {"at": at, "expires_at": expires_at})
    if event.expires_at is not None and event.expires_at <= event.at:
        raise EventInvalidError(name="expires_at", zh="不晚于生效时间", en="it is not after `at`")
    current = current_versions(session, purpose)
    if event.notice_version not in current:
        listed = ", ".join(sorted(current)) or "-"
        raise NoticeNotCurrentError(purpose=purpose, version=event.notice_version or "-", current=listed)
    return _record(session, event, recorded_at or at)


def withdraw(
    session: Session,
    *,
    subject_id: str,
    purpose: str,
    at: datetime,
    evidence: str | None = None,
    channel: str | None = None,
    operator: str | None = None,
    recorded_at: datetime | None = None,
) -> ConsentEvent:
    """Record that a person takes consent back; needs no notice and no earlier consent (PIPL 15).

    Raises:
        EventInvalidError: a part is missing, too long or without a zone.
    """
    parts = {
        "subject_id": subject_id,
        "purpose": purpose,
        "notice_version": None,
        "evidence": evidence,
        "channel": channel,
        "operator": operator,
    }
    event = _event("withdrawn", parts, {"at": at, "expires_at": None})
    return _record(session, event, recorded_at or at)


def timeline(session: Session, subject_id: str, purpose: str | None = None) -> tuple[ConsentEvent, ...]:
    """Give a person's events, oldest first; a text that can't be an id has none."""
    if not is_storable(subject_id):
        return ()
    query = select(ConsentEventRow).where(ConsentEventRow.subject_id == subject_id)
    if purpose is not None:
        query = query.where(ConsentEventRow.purpose == purpose)
    rows = session.exec(query.order_by(col(ConsentEventRow.at), col(ConsentEventRow.sequence))).all()
    return tuple(_value(row) for row in rows)


def event_of(session: Session, event_id: str) -> ConsentEvent:
    """Give one event.

    Raises:
        EventUnknownError: there is none.
    """
    query = select(ConsentEventRow).where(ConsentEventRow.id == event_id)
    row = session.exec(query).first() if is_storable(event_id) else None
    if row is None:
        raise EventUnknownError(id=event_id)
    return _value(row)


def _record(session: Session, event: ConsentEvent, recorded_at: datetime) -> ConsentEvent:
    become_writer(session)
    event_id = new_id(recorded_at)
    # The id is part of the digest: a person may well say the same thing twice, with something else in between.
    digest = sha256(canonical_json([event_id, *_content(event)]).encode()).hexdigest()
    place = sequence(session) + 1
    session.connection().execute(insert(ConsentEventRow), [_row(event, event_id, place, digest, recorded_at)])
    number_person(session, event.subject_id)
    return replace(event, id=event_id, sequence=place)


def _content(event: ConsentEvent) -> list[str | None]:
    """Give what of an event its digest is made of; `consent.batches` writes the same for a file's rows."""
    expires_at = None if event.expires_at is None else _instant(event.expires_at)
    parts = [event.subject_id, event.purpose, event.status, event.kind, event.notice_version]
    return [*parts, _instant(event.at), expires_at, event.evidence]


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _event(status: Status, parts: Mapping[str, str | None], instants: Mapping[str, datetime | None]) -> ConsentEvent:
    """Check the parts of one event as a file's row is checked.

    Raises:
        EventInvalidError: names the part at fault.
    """
    cells = {name: value or "" for name, value in parts.items()}
    cells |= {name: value.isoformat() if value else "" for name, value in instants.items()}
    try:
        return RowReader(None).event({"status": status} | cells)
    except RowFaultError as fault:
        raise EventInvalidError(name=fault.column, zh=fault.reason[0], en=fault.reason[1]) from fault


def _row(event: ConsentEvent, event_id: str, place: int, digest: str, recorded_at: datetime) -> dict[str, object]:
    return {
        "sequence": place,
        "id": event_id,
        "digest": digest,
        "subject_id": event.subject_id,
        "purpose": event.purpose,
        "status": event.status,
        "kind": event.kind,
        "notice_version": event.notice_version,
        "at": event.at,
        "expires_at": event.expires_at,
        "evidence": event.evidence,
        "channel": event.channel,
        "operator": event.operator,
        "recorded_at": recorded_at,
    }


def _value(row: ConsentEventRow) -> ConsentEvent:
    return ConsentEvent(
        subject_id=row.subject_id,
        purpose=row.purpose,
        status=cast("Status", row.status),
        at=row.at,
        kind=cast("Kind | None", row.kind),
        notice_version=row.notice_version,
        expires_at=row.expires_at,
        evidence=row.evidence,
        channel=row.channel,
        operator=row.operator,
        id=row.id,
        sequence=row.sequence,
    )
