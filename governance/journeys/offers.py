"""Counter-proposals: a steward offers a smaller set with a reason; the requester accepts it or withdraws.

The offer counts as its steward's approval once it is accepted; what touches tier 4 still needs a second one.
"""

from collections.abc import Mapping
from dataclasses import replace

from sqlmodel import Session

from governance.errors import AlreadyDecidedError, InputInvalidError
from governance.house import House
from governance.identity import Caller
from governance.journeys.facts import dataset_fact
from governance.journeys.granting import check_given, for_requester, for_steward, note, require_status, settled
from governance.register import AccessRequestEntry, Approval, Offer
from policies import parse_form, stricter, trim
from storage import unit_of_work
from storage.errors import Said


def counter_request(
    house: House,
    caller: Caller,
    request_id: str,
    *,
    forms: Mapping[str, str],
    reason: str,
    days: int | None = None,
    version: int | None = None,
) -> AccessRequestEntry:
    """Offer less than was asked: fewer fields, stricter forms, or fewer days.

    Raises:
        InputInvalidError: no reason; not less than was asked; or more than the purpose may see.
        FormSyntaxError: a form is not one of the grammar's.
        WrongRoleError, SamePersonError, AlreadyDecidedError, StaleVersionError: as for approving.
    """
    if not reason.strip():
        raise InputInvalidError(name="reason", reason=Said("缩小范围须写明理由", "an offer says why less would do"))
    with unit_of_work(house.engine) as session:
        at = house.clock()
        entry = for_steward(session, caller, request_id, version, at)
        given = {name: str(parse_form(form)) for name, form in forms.items()}
        span = entry.days if days is None else days
        check_given(replace(entry, approvals=()), given, reason)
        _check_smaller(house, session, entry, given, span)
        offer = Offer(caller.person_id, at, reason.strip(), given, span)
        # An earlier yes was to other forms, so it goes with the offer.
        entry = replace(entry, status="countered", offer=offer, approvals=(), version=entry.version + 1)
        facts = {"offered": given, "days_offered": span}
        placed = note(house, session, "access.countered", caller.person_id, entry, facts)
    house.notarised(placed)
    return entry


def accept_offer(house: House, caller: Caller, request_id: str, *, version: int | None = None) -> AccessRequestEntry:
    """Take a steward's smaller set; with it goes the steward's approval.

    Raises:
        NotFoundError: there is no such request for this caller.
        NotTheRequesterError: somebody else asked for it.
        AlreadyDecidedError: no offer waits.
        StaleVersionError: it changed since `version`.
        GrantExceedsError: labels changed since, and the offer exceeds the purpose now.
    """
    with unit_of_work(house.engine) as session:
        entry = for_requester(session, caller, request_id)
        require_status(entry, ("countered",), version, house.clock())
        offer = entry.offer
        if offer is None:
            raise AlreadyDecidedError(id=request_id, status=entry.status)
        fact = dataset_fact(session, entry.dataset)
        entry = replace(
            entry,
            approvals=(Approval(offer.person, offer.at, offer.reason, offer.forms),),
            days=offer.days,
            tier=max(int(fact.tier_of(name) or 0) for name in offer.forms),
            version=entry.version + 1,
        )
        entry = settled(house, session, entry)
        placed = note(house, session, "access.offer_accepted", caller.person_id, entry)
    house.notarised(placed)
    return entry


def _check_smaller(
    house: House, session: Session, entry: AccessRequestEntry, given: Mapping[str, str], days: int
) -> None:
    wanted = {name: parse_form(form) for name, form in given.items()}
    for name, form in wanted.items():
        if stricter(parse_form(entry.asked[name]), form) != form:
            raise InputInvalidError(name=name, reason=Said("比申请的形式更宽", "shows more than was asked for"))
    if not 1 <= days <= entry.days:
        raise InputInvalidError(
            name="days", reason=Said(f"应在 1 至申请的 {entry.days} 天之间", f"between 1 and {entry.days}, as asked")
        )
    if dict(given) == dict(entry.asked) and days == entry.days:
        raise InputInvalidError(
            name="fields", reason=Said("与申请相同，请直接批准", "is all that was asked for; approve it instead")
        )
    advice = trim(house.book(session), entry.purpose, wanted, dataset_fact(session, entry.dataset))
    if advice.changes:
        reasons = [one.reason for one in advice.changes]
        told = Said("；".join(reason.zh for reason in reasons), "; ".join(reason.en for reason in reasons))
        raise InputInvalidError(name="fields", reason=told)
