"""What every act on an access request rests on: who may decide it, what may be given, the grant it makes, its entry.

A requester never approves their own request, by whatever role or token; nobody approves twice; what touches tier 4
or more needs two stewards. What is granted never exceeds the purpose matrix.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session

from audit import Event, append
from governance import register
from governance.approval_errors import GrantExceedsError
from governance.errors import (
    AlreadyDecidedError,
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
from governance.register import AccessRequestEntry, Grant
from policies import check_grant
from storage import read_only
from storage.errors import Said

TWO_FROM_TIER = 4


def needed_approvals(tier: int) -> int:
    """Give how many stewards must say yes."""
    return 2 if tier >= TWO_FROM_TIER else 1


def for_steward(
    session: Session, caller: Caller, request_id: str, version: int | None, at: datetime
) -> AccessRequestEntry:
    """Give a pending request to somebody who may decide it.

    Raises:
        WrongRoleError, SamePersonError, AlreadyDecidedError, StaleVersionError, NotFoundError: why they may not.
    """
    require(caller, Right.DECIDE_REQUESTS)
    entry = register.request_by_id(session, request_id)
    require_status(entry, ("pending",), version, at)
    if caller.person_id == entry.requester or caller.person_id in {one.person for one in entry.approvals}:
        raise SamePersonError
    return entry


def seen_request(house: House, caller: Caller, request_id: str) -> AccessRequestEntry:
    """Give a request to its requester and those who watch; to others there is none.

    Raises:
        NotFoundError: there is no such request for this caller.
    """
    with read_only(house.engine) as session:
        entry = register.request_by_id(session, request_id)
    if entry.requester != caller.person_id and not may(caller, Right.SEE_REQUESTS):
        raise NotFoundError(kind="access request", id=request_id)
    return entry


def for_requester(session: Session, caller: Caller, request_id: str) -> AccessRequestEntry:
    """Give a request to the person who made it.

    Raises:
        NotFoundError: there is no such request for this caller.
        NotTheRequesterError: somebody else asked for it.
    """
    entry = register.request_by_id(session, request_id)
    if entry.requester == caller.person_id:
        return entry
    if may(caller, Right.SEE_REQUESTS):
        raise NotTheRequesterError
    raise NotFoundError(kind="access request", id=request_id)


def require_status(entry: AccessRequestEntry, wanted: tuple[str, ...], version: int | None, at: datetime) -> None:
    """Refuse an act on a request in another state, or on another version than was read.

    Raises:
        AlreadyDecidedError: it was decided, or it has lapsed.
        StaleVersionError: it changed since `version`.
    """
    if entry.status_at(at) not in wanted:
        raise AlreadyDecidedError(id=entry.id, status=entry.status_at(at))
    if version is not None and version != entry.version:
        raise StaleVersionError(id=entry.id)


def check_given(entry: AccessRequestEntry, given: Mapping[str, str], reason: str) -> None:
    """Refuse forms that can't be granted on this request.

    Raises:
        InputInvalidError: nothing, or what was not asked for; or other than advised, without a reason.
        GrantExceedsError: an earlier approval named other forms.
    """
    if not given:
        raise InputInvalidError(
            name="fields",
            reason=Said("其中没有可以批准的字段，请驳回", "nothing of it may be granted; reject the request instead"),
        )
    unasked = sorted(set(given) - set(entry.asked))
    if unasked:
        raise InputInvalidError(name=", ".join(unasked), reason=Said("不在申请之内", "was not asked for"))
    if any(dict(one.forms) != dict(given) for one in entry.approvals):
        raise GrantExceedsError(
            purpose=entry.purpose, fields=Said("前一次批准的形式不同", "the first approval named other forms")
        )
    if not entry.approvals and given != dict(entry.advised) and not reason.strip():
        raise InputInvalidError(
            name="reason", reason=Said("不按建议批准须写明理由", "granting something else than advised says why")
        )


def check_matrix(house: House, session: Session, grant: Grant) -> None:
    """Refuse a grant that gives more than its purpose may see.

    Raises:
        GrantExceedsError: names what exceeds it.
    """
    excess = check_grant(house.book(session), grant_fact(grant), dataset_fact(session, grant.dataset))
    if excess:
        raise GrantExceedsError(
            purpose=grant.purpose,
            fields=Said("；".join(reason.zh for reason in excess), "; ".join(reason.en for reason in excess)),
        )


def settled(house: House, session: Session, entry: AccessRequestEntry) -> AccessRequestEntry:
    """Make the grant once enough stewards have said yes; a tier that rose since the request counts.

    Raises:
        GrantExceedsError: the forms exceed the purpose.
    """
    given = entry.approvals[-1].forms
    fact = dataset_fact(session, entry.dataset)
    tier = max(entry.tier, *(int(fact.tier_of(name) or 0) for name in given))
    if len(entry.approvals) < needed_approvals(tier):
        return replace(entry, status="pending", tier=tier)
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
        max_uses=entry.max_uses,
    )
    check_matrix(house, session, grant)
    register.put_grant(session, grant)
    return replace(entry, status="approved", tier=tier, decided_at=at, grant=grant.id)


def note(
    house: House,
    session: Session,
    kind: str,
    actor: str,
    entry: AccessRequestEntry,
    facts: Mapping[str, object] | None = None,
) -> str:
    """Store a request's next version and write its entry; gives the entry's id. Reasons stay out of the log."""
    register.change_request(session, entry)
    return append(session, event_of(house, kind, actor, entry, facts))


def event_of(
    house: House, kind: str, actor: str, entry: AccessRequestEntry, facts: Mapping[str, object] | None = None
) -> Event:
    """Give the event of an act on a request."""
    return house.event(
        kind,
        actor,
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
