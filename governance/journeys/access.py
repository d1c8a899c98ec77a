"""Access requests: ask, see the least that would do, approve by others, reject, withdraw, end.

A request is trimmed to the purpose matrix, with the reasons kept; one that nobody decides lapses on its last day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlmodel import Session

from audit import append
from governance import register
from governance.errors import AlreadyDecidedError, InputInvalidError, NotFoundError
from governance.house import House
from governance.identity import Caller
from governance.journeys.facts import dataset_fact
from governance.journeys.granting import (
    check_given,
    event_of,
    for_requester,
    for_steward,
    note,
    require_status,
    settled,
)
from governance.journeys.necessity import advice_for
from governance.journeys.sight import Right, require
from governance.register import OPEN, AccessRequestEntry, Approval
from policies import parse_form
from storage import new_id, read_only, unit_of_work
from storage.errors import Said

LONGEST_DAYS = 366
MOST_USES = 1_000_000
SERVICE = "service"
"""Who acts where only time has passed."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for: fields with forms (`raw` where none is stated), purpose, span and why.

    Args:
        uses: the most reads that the grant shall be for; nothing sets no number.
    """

    dataset: str
    purpose: str
    fields: Mapping[str, str]
    days: int
    why: str
    case: str | None = None
    uses: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a steward says of a request; `forms` None takes the usual ones, `version` None any version."""

    request: str
    reason: str
    forms: Mapping[str, str] | None = None
    version: int | None = None


def request_access(house: House, caller: Caller, wish: Wish) -> AccessRequestEntry:
    """Open a request, with the smaller set that would do computed beside it.

    Raises:
        InputInvalidError: no field, no reason, or a span that is too long.
        FormSyntaxError: a form is not one of the grammar's.
        NotFoundError: the catalogue knows no such dataset.
    """
    _check(wish)
    at = house.clock()
    with unit_of_work(house.engine) as session:
        fact = dataset_fact(session, wish.dataset)
        if not fact.fields:
            raise NotFoundError(kind="dataset", id=wish.dataset)
        wanted = {name: parse_form(form) for name, form in wish.fields.items()}
        advice, _ = advice_for(house, session, caller.person_id, wish.purpose, wish.dataset, wanted)
        tiers = [fact.tier_of(name) or 0 for name in wish.fields]
        entry = AccessRequestEntry(
            id=new_id(at),
            requester=caller.person_id,
            purpose=wish.purpose,
            dataset=wish.dataset,
            asked={name: str(form) for name, form in wanted.items()},
            advised={name: str(form) for name, form in advice.fields.items()},
            reasons={
                one.field: {"code": one.reason.code, "zh": one.reason.zh, "en": one.reason.en} for one in advice.changes
            },
            tier=int(max(tiers)),
            days=wish.days,
            why=wish.why,
            case=wish.case,
            status="pending",
            approvals=(),
            created_at=at,
            lapses_at=at + timedelta(days=house.settings.request_days),
            max_uses=wish.uses,
        )
        register.add_request(session, entry)
        placed = append(session, event_of(house, "access.requested", caller.person_id, entry))
    house.notarised(placed)
    return entry


def approve(
    house: House,
    caller: Caller,
    request_id: str,
    *,
    reason: str = "",
    forms: Mapping[str, str] | None = None,
    version: int | None = None,
) -> AccessRequestEntry:
    """Approve a request, with forms of the steward's own, else as approved before, else as advised.

    The last approval needed makes the grant.

    Raises:
        WrongRoleError: the caller is no steward.
        SamePersonError: the caller asked for it, or approved it before.
        AlreadyDecidedError: it is no longer pending.
        StaleVersionError: it changed since `version`.
        GrantExceedsError: the forms exceed the purpose; or two stewards gave different ones, then the stricter must
            be chosen anew.
        InputInvalidError: something else than advised without a reason, or nothing at all.
    """
    with unit_of_work(house.engine) as session:
        entry, placed = approve_within(house, session, caller, Verdict(request_id, reason, forms, version))
    house.notarised(placed)
    return entry


def approve_within(house: House, session: Session, caller: Caller, verdict: Verdict) -> tuple[AccessRequestEntry, str]:
    """Approve within an open transaction; gives the request and its entry's id. See `approve`."""
    at = house.clock()
    entry = for_steward(session, caller, verdict.request, verdict.version, at)
    usual = entry.approvals[-1].forms if entry.approvals else entry.advised
    given = {name: str(parse_form(form)) for name, form in (verdict.forms or usual).items()}
    check_given(entry, given, verdict.reason)
    approvals = (*entry.approvals, Approval(caller.person_id, at, verdict.reason, given))
    entry = settled(house, session, replace(entry, approvals=approvals, version=entry.version + 1))
    return entry, note(house, session, "access.approved", caller.person_id, entry)


def reject(
    house: House, caller: Caller, request_id: str, *, reason: str, version: int | None = None
) -> AccessRequestEntry:
    """Reject a request; the requester reads the reason.

    Raises:
        InputInvalidError: no reason was given.
        WrongRoleError, SamePersonError, AlreadyDecidedError, StaleVersionError: as for approving.
    """
    with unit_of_work(house.engine) as session:
        entry, placed = reject_within(house, session, caller, Verdict(request_id, reason, None, version))
    house.notarised(placed)
    return entry


def reject_within(house: House, session: Session, caller: Caller, verdict: Verdict) -> tuple[AccessRequestEntry, str]:
    """Reject within an open transaction; gives the request and its entry's id. See `reject`."""
    if not verdict.reason.strip():
        raise InputInvalidError(name="reason", reason=Said("驳回须写明理由", "a rejection says why"))
    at = house.clock()
    entry = for_steward(session, caller, verdict.request, verdict.version, at)
    approvals = (*entry.approvals, Approval(caller.person_id, at, verdict.reason, {}))
    entry = replace(entry, status="rejected", decided_at=at, approvals=approvals, version=entry.version + 1)
    return entry, note(house, session, "access.rejected", caller.person_id, entry)


def withdraw_request(
    house: House, caller: Caller, request_id: str, *, version: int | None = None
) -> AccessRequestEntry:
    """Take one's own request back before it is decided, or leave a smaller offer; it needs no reason.

    Raises:
        NotFoundError: there is no such request for this caller.
        NotTheRequesterError: somebody else asked for it.
        AlreadyDecidedError: it is no longer open.
        StaleVersionError: it changed since `version`.
    """
    with unit_of_work(house.engine) as session:
        at = house.clock()
        entry = for_requester(session, caller, request_id)
        require_status(entry, OPEN, version, at)
        entry = replace(entry, status="withdrawn", decided_at=at, version=entry.version + 1)
        placed = note(house, session, "access.withdrawn", caller.person_id, entry, {"granted": {}})
    house.notarised(placed)
    return entry


def revoke(house: House, caller: Caller, request_id: str, *, reason: str) -> AccessRequestEntry:
    """End what a request led to, from this instant on.

    Raises:
        InputInvalidError: no reason was given.
        WrongRoleError: the caller is no steward.
        AlreadyDecidedError: the request led to no live grant.
    """
    require(caller, Right.DECIDE_REQUESTS)
    _require_reason(reason)
    with unit_of_work(house.engine) as session:
        entry = register.request_by_id(session, request_id)
        at = house.clock()
        if entry.grant is None or not register.end_grant(session, entry.grant, at, person=caller.person_id):
            raise AlreadyDecidedError(id=request_id, status=entry.status_at(at))
        entry = replace(entry, status="revoked", version=entry.version + 1)
        placed = note(house, session, "grant.revoked", caller.person_id, entry, {"has_reason": True})
    house.notarised(placed)
    return entry


def revoke_grant(house: House, caller: Caller, grant_id: str, *, reason: str) -> register.Grant:
    """End any grant from this instant on, one that the world file declared too.

    A grant that a request led to ends with its request.

    Raises:
        InputInvalidError: no reason was given.
        WrongRoleError: the caller is no steward.
        NotFoundError: there is no such grant.
        AlreadyDecidedError: it ended before.
    """
    require(caller, Right.DECIDE_REQUESTS)
    _require_reason(reason)
    with read_only(house.engine) as session:
        grant = register.grant_by_id(session, grant_id)
    if grant is None:
        raise NotFoundError(kind="grant", id=grant_id)
    if grant.revoked_at is not None:
        raise AlreadyDecidedError(id=grant_id, status="revoked")
    if grant.request is not None:
        revoke(house, caller, grant.request, reason=reason)
        return replace(grant, revoked_at=house.clock(), ended_by=caller.person_id)
    with unit_of_work(house.engine) as session:
        at = house.clock()
        if not register.end_grant(session, grant_id, at, person=caller.person_id):
            raise AlreadyDecidedError(id=grant_id, status="revoked")
        facts = {"grant": grant_id, "holder": f"{grant.holder_kind}:{grant.holder}", "has_reason": True}
        placed = append(
            session,
            house.event(
                "grant.revoked",
                caller.person_id,
                f"{grant_id}/revoked",
                purpose=grant.purpose,
                dataset=grant.dataset,
                facts=facts,
            ),
        )
    house.notarised(placed)
    return replace(grant, revoked_at=at, ended_by=caller.person_id)


def lapse_requests(house: House) -> int:
    """Note the requests that nobody decided in time; gives how many. Their lapse held from their last day on."""
    with read_only(house.engine) as session:
        if not register.late_requests(session, house.clock()):
            return 0
    with unit_of_work(house.engine) as session:
        late = register.late_requests(session, house.clock())
        for one in late:
            entry = replace(one, status="lapsed", decided_at=one.lapses_at, version=one.version + 1)
            note(house, session, "access.lapsed", SERVICE, entry)
    return len(late)


def _check(wish: Wish) -> None:
    if not wish.fields:
        raise InputInvalidError(name="fields", reason=Said("至少写一个字段", "name at least one field"))
    if not wish.why.strip():
        raise InputInvalidError(name="why", reason=Said("申请须写明数据的用处", "a request says what the data is for"))
    if not 1 <= wish.days <= LONGEST_DAYS:
        raise InputInvalidError(
            name="days", reason=Said(f"应在 1 至 {LONGEST_DAYS} 之间", f"between 1 and {LONGEST_DAYS}")
        )
    if wish.uses is not None and not 1 <= wish.uses <= MOST_USES:
        raise InputInvalidError(
            name="max_uses", reason=Said(f"应在 1 至 {MOST_USES} 之间", f"between 1 and {MOST_USES}")
        )


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise InputInvalidError(name="reason", reason=Said("撤销授权须写明理由", "ending a grant says why"))
