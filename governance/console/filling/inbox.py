"""The inbox: requests, with what is asked beside what is enough, and why."""

from datetime import datetime, timedelta

from governance import register
from governance.console.filling.titles import Titles
from governance.console.i18n import Translator
from governance.console.pages.inbox import (
    ApprovalLine,
    EarlierGrant,
    FieldAdvice,
    HeldGrant,
    InboxView,
    OfferView,
    RequestRow,
    RequestView,
    Why,
)
from governance.console.ports import Visit
from governance.errors import NotFoundError
from governance.house import House
from governance.identity import Caller, PersonUnknownError, find_person
from governance.journeys.facts import dataset_fact
from governance.journeys.granting import TWO_FROM_TIER
from governance.journeys.necessity import evidence_of
from governance.journeys.sight import Right, may
from governance.register import AccessRequestEntry
from policies import Form, parse_form, stricter, trim
from storage import read_only

_SHOWN = 100
_EARLIER = 3
_COARSER = ("token", "aggregate", "mask:all")


def waiting(house: House, caller: Caller) -> tuple[AccessRequestEntry, ...]:
    """Give the pending requests this person may see, oldest first."""
    mine = None if may(caller, Right.SEE_REQUESTS) else caller.person_id
    with read_only(house.engine) as session:
        found = register.list_requests(
            session, status="pending", requester=mine, limit=_SHOWN, unlapsed_at=house.clock()
        )
        held = {one.request for one in register.waiting_acts(session)}
    # A decision on it waits already: nobody decides it a second time meanwhile.
    found = tuple(one for one in found if one.id not in held)
    return tuple(reversed(found))


def obstacle(caller: Caller, entry: AccessRequestEntry) -> str:
    """Give the locale key of what keeps this person from deciding; empty when nothing does."""
    if not may(caller, Right.DECIDE_REQUESTS):
        return "cannot.role"
    if entry.requester == caller.person_id:
        return "cannot.own"
    return "cannot.twice" if caller.person_id in {one.person for one in entry.approvals} else ""


def inbox_view(house: House, visit: Visit, words: Translator, request_id: str | None) -> InboxView:
    """Give the list and the named request, else the first.

    Raises:
        NotFoundError: there is no such request for this person.
    """
    entries = waiting(house, visit.caller)
    now = house.clock()
    with read_only(house.engine) as session:
        titles = Titles.of(house, session, visit.language)
        opened = entries[0] if entries else None
        if request_id is not None:
            opened = register.request_by_id(session, request_id)
            if opened.requester != visit.caller.person_id and not may(visit.caller, Right.SEE_REQUESTS):
                raise NotFoundError(kind="access request", id=request_id)
        rows = tuple(_row(entry, titles, now) for entry in entries)
        view = _request(house, visit, words, titles, opened, now) if opened else None
    watches = may(visit.caller, Right.SEE_GRANTS)
    return InboxView(rows, view, is_chosen=request_id is not None, watches=watches)


def _row(entry: AccessRequestEntry, titles: Titles, now: datetime) -> RequestRow:
    known = titles.fields(entry.dataset)
    return RequestRow(
        id=entry.id,
        purpose=titles.purpose(entry.purpose),
        dataset=titles.dataset(entry.dataset),
        requester=titles.person(entry.requester)[0],
        age_seconds=_seconds(now, entry.created_at),
        due_seconds=_due(entry, now),
        tiers=tuple(sorted((known[name][1] for name in entry.asked if name in known), reverse=True)),
        status=entry.status_at(now),
    )


def _request(
    house: House, visit: Visit, words: Translator, titles: Titles, entry: AccessRequestEntry, now: datetime
) -> RequestView:
    name, roles = titles.person(entry.requester)
    blocked = obstacle(visit.caller, entry) if entry.status_at(now) == "pending" else ""
    may_decide = entry.status_at(now) == "pending" and not blocked
    ends_at = _ends_at(titles, entry, now)
    asked = {field: parse_form(form) for field, form in entry.asked.items()}
    # Asking again what the matrix allows: a form it cuts could not be granted, whatever the reason given.
    cut = trim(house.book(titles.session), entry.purpose, asked, dataset_fact(titles.session, entry.dataset)).changes
    return RequestView(
        id=entry.id,
        version=entry.version,
        purpose=titles.purpose(entry.purpose),
        purpose_id=entry.purpose,
        dataset=titles.dataset(entry.dataset),
        dataset_id=entry.dataset,
        requester=name,
        team=roles,
        days=entry.days,
        age_seconds=_seconds(now, entry.created_at),
        due_seconds=_due(entry, now),
        case=entry.case or "",
        words=entry.why,
        tier=entry.tier,
        status=entry.status_at(now),
        fields=_fields(entry, titles, now),
        why=_why(words, titles, entry),
        approvals=tuple(
            # Four eyes: the second pair judges before it reads the first one's reason.
            ApprovalLine(titles.person(one.person)[0], _seconds(now, one.at), "" if may_decide else one.reason)
            for one in entry.approvals
        ),
        earlier=_earlier(titles, entry, now),
        can_decide=may_decide,
        can_grant_asked=not cut,
        cannot_because=words(blocked) if blocked else "",
        holds=_holds(titles, entry, now),
        ends_at=ends_at,
        ends_seconds=int((ends_at - now).total_seconds()) if ends_at and entry.status == "approved" else None,
        offer=_offer(titles, entry, now),
        can_accept=entry.status_at(now) == "countered" and entry.requester == visit.caller.person_id,
        can_withdraw=entry.status_at(now) in register.OPEN and entry.requester == visit.caller.person_id,
    )


def _fields(entry: AccessRequestEntry, titles: Titles, now: datetime) -> tuple[FieldAdvice, ...]:
    known = titles.fields(entry.dataset)
    evidence = evidence_of(titles.session, now, entry.requester, entry.purpose, entry.dataset)
    return tuple(
        FieldAdvice(
            name=field,
            title=known.get(field, (field, 0))[0],
            tier=known.get(field, (field, 0))[1] or None,
            asked=form,
            advised=entry.advised.get(field, "deny"),
            reason=titles.told(entry.reasons.get(field, {}).get(titles.language, "")),
            reads=evidence.count(field),
            options=_options(form, entry.advised.get(field, "deny")),
        )
        for field, form in entry.asked.items()
    )


def _options(asked: str, advised: str) -> tuple[str, ...]:
    """Give the forms that a smaller offer may name: as asked or coarser, the advised one first."""
    wish = parse_form(asked)
    coarser = (form for form in (advised, asked, *_COARSER) if form != "deny" and _is_within(wish, form))
    return (*dict.fromkeys(coarser), "deny")


def _is_within(wish: Form, form: str) -> bool:
    return stricter(wish, parse_form(form)) == parse_form(form)


def _offer(titles: Titles, entry: AccessRequestEntry, now: datetime) -> OfferView | None:
    offer = entry.offer
    if offer is None:
        return None
    known = titles.fields(entry.dataset)
    forms = {known.get(name, (name, 0))[0]: form for name, form in offer.forms.items()}
    return OfferView(titles.person(offer.person)[0], _seconds(now, offer.at), offer.reason, offer.days, forms)


def _why(words: Translator, titles: Titles, entry: AccessRequestEntry) -> tuple[Why, ...]:
    purpose = titles.book.purposes.get(entry.purpose)
    lines = []
    if purpose is not None:
        grounds = ("、" if titles.language == "zh" else ", ").join(
            words.name("basis", str(ground.value)) for ground in purpose.basis
        )
        matrix = words("why.matrix", version=titles.book.version) if purpose.matrix else purpose.id
        lines.append(Why(words("why.basis", basis=grounds), matrix))
    lines.append(Why(words("why.two" if entry.tier >= TWO_FROM_TIER else "why.one")))
    return tuple(lines)


def _earlier(titles: Titles, entry: AccessRequestEntry, now: datetime) -> tuple[EarlierGrant, ...]:
    found = [
        one
        for status in ("approved", "rejected", "revoked")
        for one in register.list_requests(titles.session, status=status, limit=_SHOWN)
        if (one.purpose, one.dataset) == (entry.purpose, entry.dataset) and one.id != entry.id
    ]
    newest = sorted(found, key=lambda one: one.id, reverse=True)[:_EARLIER]
    return tuple(
        EarlierGrant(titles.person(one.requester)[0], (now - one.created_at).days, one.status, _forms_said(titles, one))
        for one in newest
    )


def _forms_said(titles: Titles, entry: AccessRequestEntry) -> str:
    known = titles.fields(entry.dataset)
    names = [known.get(name, (name, 0))[0] for name in sorted(entry.advised)]
    return ("、" if titles.language == "zh" else ", ").join(names) or titles.words("form.deny")


def _ends_at(titles: Titles, entry: AccessRequestEntry, now: datetime) -> datetime | None:
    if entry.status == "pending":
        return now + timedelta(days=entry.days)
    grant = register.grant_by_id(titles.session, entry.grant) if entry.grant else None
    return grant.expires_at if grant and entry.status == "approved" else None


def _holds(titles: Titles, entry: AccessRequestEntry, now: datetime) -> tuple[HeldGrant, ...]:
    try:
        roles = find_person(titles.session, entry.requester).roles
    except PersonUnknownError:
        roles = ()
    found = register.held_grants(titles.session, purpose=entry.purpose, person=entry.requester, roles=roles)
    return tuple(
        HeldGrant(
            titles.dataset(one.dataset),
            len(one.forms),
            one.holder_kind == "role",
            int((one.expires_at - now).total_seconds()) if one.expires_at else None,
        )
        for one in found
        if one.expires_at is None or one.expires_at > now
    )


def _due(entry: AccessRequestEntry, now: datetime) -> int | None:
    return int((entry.lapses_at - now).total_seconds()) if entry.lapses_at else None


def _seconds(now: datetime, at: datetime) -> int:
    return max(0, int((now - at).total_seconds()))
