"""Decisions on requests are held for some seconds before they take effect, so that they can be undone.

What is held is checked at once and stored; the act and the end of its hold are one transaction, done by the durable
worker or by the next page. A killed service neither loses nor doubles it.
"""

from datetime import timedelta
from typing import Literal

from sqlmodel import Session

from governance import register
from governance.approval_errors import TooLateToUndoError
from governance.errors import StaleVersionError
from governance.house import House
from governance.identity import Caller, caller_for
from governance.journeys.access import Verdict, approve, approve_within, reject, reject_within
from governance.register import AccessRequestEntry, HeldAct, Notification
from storage import new_id, read_only, unit_of_work
from storage.errors import ProductError

Deed = Literal["approve", "reject"]


def is_holding(house: House) -> bool:
    """Tell whether decisions are held; under a fixed clock their time would never come."""
    with read_only(house.engine) as session:
        return house.settings.hold_seconds > 0 and not register.declaration(session, "clock")


def decide_later(house: House, caller: Caller, deed: Deed, verdict: Verdict) -> HeldAct | AccessRequestEntry:
    """Decide a request after the hold; at once where nothing is held.

    Raises:
        StaleVersionError: another decision on it waits already; or it changed since `verdict.version`.
        WrongRoleError, SamePersonError, AlreadyDecidedError, GrantExceedsError, InputInvalidError: as for deciding.
    """
    if not is_holding(house):
        act = approve if deed == "approve" else reject
        more = {"forms": verdict.forms} if deed == "approve" else {}
        return act(house, caller, verdict.request, reason=verdict.reason, version=verdict.version, **more)
    version = _tried(house, caller, deed, verdict)
    at = house.clock()
    due_at = at + timedelta(seconds=house.settings.hold_seconds)
    held = HeldAct(new_id(at), caller.person_id, deed, verdict.request, version, verdict.forms, verdict.reason, due_at)
    with unit_of_work(house.engine) as session:
        if not register.add_held(session, held):
            raise StaleVersionError(id=verdict.request)
    return held


def undo(house: House, caller: Caller, held_id: str) -> None:
    """Take back one's own held decision.

    Raises:
        TooLateToUndoError: its time has come, or there is none of this caller.
    """
    with unit_of_work(house.engine) as session:
        if not register.undo_hold(session, held_id, caller.person_id, house.clock()):
            raise TooLateToUndoError


def settle_holds(house: House) -> int:
    """Carry out the decisions whose time has come; gives how many."""
    with read_only(house.engine) as session:
        due = register.waiting_acts(session, due_at=house.clock())
    return sum(_settled(house, held) for held in due)


def _tried(house: House, caller: Caller, deed: Deed, verdict: Verdict) -> int:
    """Make sure that it could be done now, and leave everything as it is; gives the version it was tried on."""
    with unit_of_work(house.engine) as session:
        trial = session.begin_nested()
        entry, _ = _within(house, session, caller, deed, verdict)
        trial.rollback()
    return entry.version - 1


def _within(
    house: House, session: Session, caller: Caller, deed: Deed, verdict: Verdict
) -> tuple[AccessRequestEntry, str]:
    return (approve_within if deed == "approve" else reject_within)(house, session, caller, verdict)


def _settled(house: House, held: HeldAct) -> bool:
    verdict = Verdict(held.request, held.reason, held.forms, held.version)
    try:
        with unit_of_work(house.engine) as session:
            if not register.end_hold(session, held.id, "done", house.clock()):
                return False  # undone, or carried out by another process
            caller = caller_for(session, held.person, "session")
            _, placed = _within(house, session, caller, held.act, verdict)
    except ProductError:
        _failed(house, held)
        return False
    house.notarised(placed)
    return True


def _failed(house: House, held: HeldAct) -> None:
    """Tell the person that what they decided could no longer be done."""
    at = house.clock()
    with unit_of_work(house.engine) as session:
        if register.end_hold(session, held.id, "failed", at):
            register.tell(session, [Notification(new_id(at), held.person, "decision.failed", held.request, at)])


def see(house: House, caller: Caller, about: str) -> None:
    """Note that a person has seen what they were told of a thing; nothing is written where they were told nothing."""
    with read_only(house.engine) as session:
        told = any(one.about == about for one in register.unseen(session, caller.person_id))
    if told:
        with unit_of_work(house.engine) as session:
            register.see(session, caller.person_id, about, house.clock())
