"""Emergency access: break the glass now, tell everybody who would have approved, be judged before the next time.

The glass stands in for the approval alone. The purpose matrix, tiers, cases, consent and what is never given hold;
the ticket is the case under which every read is made, and each such read is marked in the log.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import get_args

from sqlmodel import Session

from audit import append
from governance import register
from governance.approval_errors import (
    EmergencyReviewedError,
    EmergencyRoleError,
    EmergencyUnreviewedError,
    NobodyToReviewError,
    OwnEmergencyError,
)
from governance.errors import InputInvalidError, NotFoundError
from governance.house import House
from governance.identity import Caller, list_people
from governance.journeys.emergency_rules import Need, Rule, check_need, emergency_rules, minutes_of
from governance.journeys.facts import dataset_fact
from governance.journeys.recording import EMERGENCY
from governance.journeys.sight import HOLDERS, Right, may, require
from governance.register import Emergency, Grant, Judgement, Notification, RecordedDecision
from policies import Change, parse_form, trim
from storage import new_id, read_only, unit_of_work
from storage.errors import Said

OPENED = "break_glass.opened"


def break_glass(house: House, caller: Caller, need: Need) -> tuple[Emergency, tuple[Change, ...]]:
    """Open emergency access from now on for a short while; gives what was cut from the need, too.

    Raises:
        InputInvalidError: reason, ticket or fields are missing, the box is too long, or the purpose may see nothing
            of what is needed.
        NotFoundError: the catalogue knows no such data set.
        EmergencyRoleError: no role of the caller is registered for this.
        EmergencyUnreviewedError: the last one of this person or role waits for its review.
        NobodyToReviewError: nobody else could be told.
    """
    check_need(need)
    at = house.clock()
    with unit_of_work(house.engine) as session:
        rule = _rule(house, session, caller, need)
        forms, changes = _least(house, session, need)
        told = _reviewers(session, caller.person_id)
        entry = Emergency(
            id=(emergency_id := new_id(at)),
            person=caller.person_id,
            role=rule.role,
            purpose=need.purpose,
            dataset=need.dataset,
            forms=forms,
            reason=need.reason.strip(),
            ticket=need.ticket.strip(),
            opened_at=at,
            ends_at=at + timedelta(minutes=minutes_of(house, rule, need)),
            grant=EMERGENCY + emergency_id,
            told=told,
        )
        if not register.add_emergency(session, entry):
            raise EmergencyUnreviewedError(id=_holding(session, caller, rule))
        register.put_grant(session, _grant(entry))
        register.tell(session, [Notification(new_id(at), person, OPENED, entry.id, at) for person in told])
        placed = _record(house, session, OPENED, caller, entry, {"told": list(told), "via": caller.via})
    house.notarised(placed)
    return entry, changes


def end_emergency(house: House, caller: Caller, emergency_id: str) -> Emergency:
    """End emergency access before its time: by the person, or by who may review it.

    Raises:
        NotFoundError: there is none for this caller.
        InputInvalidError: it ended before.
    """
    with unit_of_work(house.engine) as session:
        entry = _seen(session, caller, emergency_id)
        if entry.person != caller.person_id:
            require(caller, Right.REVIEW_EMERGENCIES)
        at = house.clock()
        if not _stop(session, entry, caller, at):
            raise InputInvalidError(name=emergency_id, reason=Said("已经结束", "ended before"))
        placed = _record(house, session, "break_glass.ended", caller, entry)
    house.notarised(placed)
    return seen_emergency(house, caller, emergency_id)


def review_emergency(house: House, caller: Caller, emergency_id: str, *, judgement: str, note: str) -> Emergency:
    """Judge an emergency access; ends it if it still runs, and frees person and role for the next.

    Raises:
        InputInvalidError: no such judgement, or no word on why.
        WrongRoleError: the caller reviews none.
        OwnEmergencyError: it is the caller's own.
        EmergencyReviewedError: it was judged before.
        NotFoundError: there is none.
    """
    require(caller, Right.REVIEW_EMERGENCIES)
    if judgement not in get_args(Judgement):
        known = ", ".join(get_args(Judgement))
        raise InputInvalidError(name="judgement", reason=Said(f"应为 {known} 之一", f"one of {known}"))
    if not note.strip():
        raise InputInvalidError(name="note", reason=Said("复核须写明依据", "a review says what it rests on"))
    with unit_of_work(house.engine) as session:
        entry = register.emergency_by_id(session, emergency_id)
        if entry.person == caller.person_id:
            raise OwnEmergencyError
        at = house.clock()
        _stop(session, entry, caller, at)
        chosen: Judgement = judgement  # type: ignore[assignment]  # one of its words, as checked
        if not register.close_emergency(session, emergency_id, caller.person_id, at, chosen, note.strip()):
            raise EmergencyReviewedError(id=emergency_id)
        for person in entry.told:
            register.see(session, person, emergency_id, at)
        register.tell(session, [Notification(new_id(at), entry.person, "break_glass.reviewed", emergency_id, at)])
        placed = _record(house, session, "break_glass.reviewed", caller, entry, {"judgement": judgement})
    house.notarised(placed)
    return seen_emergency(house, caller, emergency_id)


def seen_emergency(house: House, caller: Caller, emergency_id: str) -> Emergency:
    """Give an emergency to its person and those who watch; to others there is none.

    Raises:
        NotFoundError: there is none for this caller.
    """
    with read_only(house.engine) as session:
        return _seen(session, caller, emergency_id)


def seen_emergencies(house: House, caller: Caller, *, before: str = "", limit: int = 100) -> tuple[Emergency, ...]:
    """List emergencies, newest first: all for those who watch, their own for everybody else."""
    mine = None if may(caller, Right.SEE_EMERGENCIES) else caller.person_id
    with read_only(house.engine) as session:
        return register.list_emergencies(session, person=mine, before=before, limit=limit)


def emergency_reads(session: Session, entry: Emergency) -> tuple[RecordedDecision, ...]:
    """List what was read under an emergency, oldest first."""
    found = register.decisions_between(session, entry.person, entry.opened_at, entry.ends_at + timedelta(minutes=5))
    return tuple(one for one in found if entry.id in _names(one.body.get("break_glass")))


def _names(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _rule(house: House, session: Session, caller: Caller, need: Need) -> Rule:
    known = [one for one in emergency_rules(house, session) if one.role in caller.roles and one.covers(need)]
    if not known or need.purpose not in caller.purposes:
        raise EmergencyRoleError(purpose=need.purpose)
    held = register.unreviewed_emergencies(session, person=caller.person_id, roles=[one.role for one in known])
    if any(one.person == caller.person_id for one in held):
        raise EmergencyUnreviewedError(id=held[0].id)
    free = [one for one in known if one.role not in {entry.role for entry in held}]
    if not free:
        raise EmergencyUnreviewedError(id=held[0].id)
    return free[0]


def _holding(session: Session, caller: Caller, rule: Rule) -> str:
    held = register.unreviewed_emergencies(session, person=caller.person_id, roles=[rule.role])
    return held[0].id if held else ""


def _least(house: House, session: Session, need: Need) -> tuple[dict[str, str], tuple[Change, ...]]:
    fact = dataset_fact(session, need.dataset)
    if not fact.fields:
        raise NotFoundError(kind="dataset", id=need.dataset)
    wanted = {name: parse_form(form) for name, form in need.fields.items()}
    advice = trim(house.book(session), need.purpose, wanted, fact)
    if not advice.fields:
        reasons = [one.reason for one in advice.changes]
        told = Said("；".join(one.zh for one in reasons), "; ".join(one.en for one in reasons))
        raise InputInvalidError(name="fields", reason=told)
    return {name: str(form) for name, form in advice.fields.items()}, advice.changes


def _reviewers(session: Session, person: str) -> tuple[str, ...]:
    """Give everybody else who would have approved, or may review."""
    roles = {*HOLDERS[Right.DECIDE_REQUESTS], *HOLDERS[Right.REVIEW_EMERGENCIES]}
    found = tuple(one.id for one in list_people(session) if one.is_active and one.id != person and roles & {*one.roles})
    if not found:
        raise NobodyToReviewError
    return found


def _grant(entry: Emergency) -> Grant:
    return Grant(
        id=entry.grant,
        holder_kind="person",
        holder=entry.person,
        purpose=entry.purpose,
        dataset=entry.dataset,
        forms=dict(entry.forms),
        expires_at=entry.ends_at,
        origin="emergency",
        created_at=entry.opened_at,
        case=entry.ticket,
    )


def _seen(session: Session, caller: Caller, emergency_id: str) -> Emergency:
    entry = register.emergency_by_id(session, emergency_id)
    if entry.person != caller.person_id and not may(caller, Right.SEE_EMERGENCIES):
        raise NotFoundError(kind="emergency access", id=emergency_id)
    return entry


def _stop(session: Session, entry: Emergency, caller: Caller, at: datetime) -> bool:
    stopped = register.stop_emergency(session, entry.id, at)
    register.end_grant(session, entry.grant, at, person=caller.person_id)
    return stopped


def _record(
    house: House,
    session: Session,
    kind: str,
    caller: Caller,
    entry: Emergency,
    facts: Mapping[str, object] | None = None,
) -> str:
    event = house.event(
        kind,
        caller.person_id,
        f"{entry.id}/{kind}",
        purpose=entry.purpose,
        dataset=entry.dataset,
        facts={
            "break_glass": entry.id,
            "person": entry.person,
            "role": entry.role,
            "fields": dict(entry.forms),
            "ends_at": entry.ends_at.isoformat(),
            "ticket_digest": sha256(entry.ticket.encode()).hexdigest(),
            **(facts or {}),
        },
    )
    return append(session, event)
