"""Access requests: ask, see the least that would do, approve by others, end.

A requester never approves their own request and nobody approves twice; a request that touches tier 4 or more needs
two stewards. What is granted never exceeds the purpose matrix: a request is trimmed to it, with the reasons kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlmodel import Session

from audit import append
from governance import register
from governance.errors import (
    AlreadyDecidedError,
    GrantExceedsError,
    InputInvalidError,
    NotFoundError,
    NotTheRequesterError,
    SamePersonError,
    StaleVersionError,
)
from governance.house import House
from governance.identity import Caller
from governance.journeys.facts import dataset_fact, grant_fact
from governance.journeys.sight import Right, may, require
from governance.register import AccessRequestEntry, Approval, Grant
from policies import check_grant, parse_form, trim
from storage import new_id, unit_of_work
from storage.errors import Said

TWO_FROM_TIER = 4
LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for: fields with forms (`raw` where none is stated), purpose, span and why."""

    dataset: str
    purpose: str
    fields: Mapping[str, str]
    days: int
    why: str
    case: str | None = None


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
        advice = trim(house.book(session), wish.purpose, wanted, fact)
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
        )
        register.add_request(session, entry)
        placed = _record(house, session, "access.requested", caller, entry)
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
    """Approve a request, as advised or with forms of the steward's own; the last approval needed makes the grant.

    Raises:
        WrongRoleError: the caller is no steward.
        SamePersonError: the caller asked for it, or approved it before.
        AlreadyDecidedError: it is no longer pending.
        StaleVersionError: it changed since `version`.
        GrantExceedsError: the forms exceed the purpose; or two stewards gave different ones, then the stricter must
            be chosen anew.
        InputInvalidError: more than advised without a reason, or nothing at all.
    """
    with unit_of_work(house.engine) as session:
        entry = _pending(session, caller, request_id, version)
        given = {name: str(parse_form(form)) for name, form in (forms or entry.advised).items()}
        _check_given(entry, given, reason)
        at = house.clock()
        approvals = (*entry.approvals, Approval(caller.person_id, at, reason, given))
        needed = 2 if entry.tier >= TWO_FROM_TIER else 1
        entry = replace(entry, approvals=approvals, version=entry.version + 1)
        if len(approvals) >= needed:
            entry = _granted(house, session, entry, given)
        register.change_request(session, entry)
        placed = _record(house, session, "access.approved", caller, entry)
    house.notarised(placed)
    return entry


def reject(
    house: House, caller: Caller, request_id: str, *, reason: str, version: int | None = None
) -> AccessRequestEntry:
    """Reject a request; the requester reads the reason.

    Raises:
        InputInvalidError: no reason was given.
        WrongRoleError, SamePersonError, AlreadyDecidedError, StaleVersionError: as for approving.
    """
    if not reason.strip():
        raise InputInvalidError(name="reason", reason=Said("驳回须写明理由", "a rejection says why"))
    with unit_of_work(house.engine) as session:
        entry = _pending(session, caller, request_id, version)
        at = house.clock()
        entry = replace(
            entry,
            status="rejected",
            decided_at=at,
            approvals=(*entry.approvals, Approval(caller.person_id, at, reason, {})),
            version=entry.version + 1,
        )
        register.change_request(session, entry)
        placed = _record(house, session, "access.rejected", caller, entry)
    house.notarised(placed)
    return entry


def withdraw_request(
    house: House, caller: Caller, request_id: str, *, version: int | None = None
) -> AccessRequestEntry:
    """Take one's own request back before it is decided; it needs no reason.

    Raises:
        NotFoundError: there is no such request for this caller.
        NotTheRequesterError: somebody else asked for it.
        AlreadyDecidedError: it is no longer pending.
        StaleVersionError: it changed since `version`.
    """
    with unit_of_work(house.engine) as session:
        entry = register.request_by_id(session, request_id)
        if entry.requester != caller.person_id:
            if may(caller, Right.SEE_REQUESTS):
                raise NotTheRequesterError
            raise NotFoundError(kind="access request", id=request_id)
        _require_pending(entry, version)
        entry = replace(entry, status="withdrawn", decided_at=house.clock(), version=entry.version + 1)
        register.change_request(session, entry)
        placed = _record(house, session, "access.withdrawn", caller, entry, {"granted": {}})
    house.notarised(placed)
    return entry


def revoke(house: House, caller: Caller, request_id: str, *, reason: str) -> AccessRequestEntry:
    """End what a request led to, from this instant on.

    Raises:
        WrongRoleError: the caller is no steward.
        AlreadyDecidedError: the request led to no live grant.
    """
    require(caller, Right.DECIDE_REQUESTS)
    with unit_of_work(house.engine) as session:
        entry = register.request_by_id(session, request_id)
        if entry.grant is None or not register.revoke_grant(session, entry.grant, house.clock()):
            raise AlreadyDecidedError(id=request_id, status=entry.status)
        entry = replace(entry, status="revoked", version=entry.version + 1)
        register.change_request(session, entry)
        placed = _record(house, session, "grant.revoked", caller, entry, {"has_reason": bool(reason.strip())})
    house.notarised(placed)
    return entry


def _check(wish: Wish) -> None:
    if not wish.fields:
        raise InputInvalidError(name="fields", reason=Said("至少写一个字段", "name at least one field"))
    if not wish.why.strip():
        raise InputInvalidError(name="why", reason=Said("申请须写明数据的用处", "a request says what the data is for"))
    if not 1 <= wish.days <= LONGEST_DAYS:
        raise InputInvalidError(
            name="days", reason=Said(f"应在 1 至 {LONGEST_DAYS} 之间", f"between 1 and {LONGEST_DAYS}")
        )


def _pending(session: Session, caller: Caller, request_id: str, version: int | None) -> AccessRequestEntry:
    require(caller, Right.DECIDE_REQUESTS)
    entry = register.request_by_id(session, request_id)
    _require_pending(entry, version)
    if caller.person_id == entry.requester or caller.person_id in {one.person for one in entry.approvals}:
        raise SamePersonError
    return entry


def _require_pending(entry: AccessRequestEntry, version: int | None) -> None:
    if entry.status != "pending":
        raise AlreadyDecidedError(id=entry.id, status=entry.status)
    if version is not None and version != entry.version:
        raise StaleVersionError(id=entry.id)


def _check_given(entry: AccessRequestEntry, given: Mapping[str, str], reason: str) -> None:
    if not given:
        raise InputInvalidError(
            name="fields",
            reason=Said("其中没有可以批准的字段，请驳回", "nothing of it may be granted; reject the request instead"),
        )
    unasked = sorted(set(given) - set(entry.asked))
    if unasked:
        raise InputInvalidError(name=", ".join(unasked), reason=Said("不在申请之内", "was not asked for"))
    if given != dict(entry.advised) and not reason.strip():
        raise InputInvalidError(
            name="reason", reason=Said("不按建议批准须写明理由", "granting something else than advised says why")
        )
    earlier = [one.forms for one in entry.approvals if dict(one.forms) != dict(given)]
    if earlier:
        raise GrantExceedsError(
            purpose=entry.purpose, fields=Said("前一次批准的形式不同", "the first approval named other forms")
        )


def _granted(house: House, session: Session, entry: AccessRequestEntry, given: Mapping[str, str]) -> AccessRequestEntry:
    at = house.clock()
    grant = Grant(
        id=f"request-{entry.id}",
        holder_kind="person",
        holder=entry.requester,
        purpose=entry.purpose,
        dataset=entry.dataset,
        forms=dict(given),
        expires_at=at + timedelta(days=entry.days),
        origin="request",
        created_at=at,
        request=entry.id,
        case=entry.case,
        approved_by=entry.approvals[-1].person,
    )
    excess = check_grant(house.book(session), grant_fact(grant), dataset_fact(session, entry.dataset))
    if excess:
        fields = "; ".join(reason.en for reason in excess)
        raise GrantExceedsError(purpose=entry.purpose, fields=fields)
    register.put_grant(session, grant)
    return replace(entry, status="approved", decided_at=at, grant=grant.id)


def _record(
    house: House,
    session: Session,
    kind: str,
    caller: Caller,
    entry: AccessRequestEntry,
    facts: Mapping[str, object] | None = None,
) -> str:
    event = house.event(
        kind,
        caller.person_id,
        f"{entry.id}/{entry.version}",
        purpose=entry.purpose,
        dataset=entry.dataset,
        facts={
            "request": entry.id,
            "status": entry.status,
            "asked": dict(entry.asked),
            "advised": dict(entry.advised),
            "granted": dict(entry.approvals[-1].forms) if entry.approvals else {},
            "tier": entry.tier,
            "days": entry.days,
            **(facts or {}),
        },
    )
    return append(session, event)
