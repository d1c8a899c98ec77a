"""The page on which somebody asks for access, and the list of their own requests."""

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from sqlmodel import Session

from classification import catalogued
from governance import register
from governance.console.filling.query import purpose_choices
from governance.console.filling.titles import Titles
from governance.console.pages.asking import (
    AskField,
    AskView,
    DatasetChoice,
    Draft,
    MyRequest,
    OtherPurpose,
    RequestsView,
    SystemChoice,
)
from governance.console.ports import Visit
from governance.errors import CursorInvalidError
from governance.house import House
from governance.identity import Caller
from governance.journeys.access import LONGEST_DAYS
from governance.journeys.facts import dataset_fact
from governance.journeys.granting import TWO_FROM_TIER
from governance.register import AccessRequestEntry
from policies import parse_form, trim
from policies.errors import FormSyntaxError
from storage import read_only

_PAGE = 50
_RAW = parse_form("raw")
_COARSER = ("token", "aggregate", "mask:all")


def ask_view(house: House, visit: Visit, draft: Draft, problem: str = "") -> AskView:
    """Give the form for a draft; every field shows what the chosen purpose would allow of it."""
    with read_only(house.engine) as session:
        titles = Titles.of(house, session, visit.language)
        view = AskView(
            draft,
            _systems(session, titles),
            purpose_choices(titles, visit.caller),
            problem=problem,
            longest_days=LONGEST_DAYS,
        )
        if not draft.dataset or draft.purpose not in visit.caller.purposes:
            return view
        fields = _fields(house, titles, draft)
        return replace(
            view,
            fields=fields,
            dataset_title=titles.dataset(draft.dataset),
            elsewhere=_elsewhere(house, titles, visit.caller, draft, fields),
        )


def settled(house: House, visit: Visit, draft: Draft) -> Draft:
    """Give the draft with each ticked field's form written out: the advised one where none was chosen."""
    with read_only(house.engine) as session:
        fields = _fields(house, Titles.of(house, session, visit.language), draft)
    known = {one.name: one.asked for one in fields}
    return replace(draft, forms={name: form or known.get(name, "raw") for name, form in draft.forms.items()})


def requests_view(house: House, visit: Visit, older: str) -> RequestsView:
    """Give a page of the reader's own requests.

    Raises:
        CursorInvalidError: the cursor is no request's id.
    """
    if older and not (older.isascii() and older.isalnum()):
        raise CursorInvalidError
    now = house.clock()
    with read_only(house.engine) as session:
        titles = Titles.of(house, session, visit.language)
        mine = visit.caller.person_id
        found = register.list_requests(session, requester=mine, before=older, limit=_PAGE + 1)
        rows = tuple(_mine(session, titles, entry, now) for entry in found[:_PAGE])
    return RequestsView(rows, rows[-1].id if len(found) > _PAGE else "")


def _systems(session: Session, titles: Titles) -> tuple[SystemChoice, ...]:
    datasets: dict[str, list[DatasetChoice]] = {}
    for item in catalogued(session):
        source, _, table = item.id.partition(".")
        datasets.setdefault(source, []).append(DatasetChoice(item.id, table or item.id))
    return tuple(SystemChoice(titles.source(source), tuple(found)) for source, found in datasets.items())


def _fields(house: House, titles: Titles, draft: Draft) -> tuple[AskField, ...]:
    fact = dataset_fact(titles.session, draft.dataset)
    book = house.book(titles.session)
    widest = trim(book, draft.purpose, dict.fromkeys(fact.fields, _RAW), fact)
    known = titles.fields(draft.dataset)
    found = []
    for name in fact.fields:
        title, tier = known.get(name, (name, 1))
        allowed = str(widest.fields[name]) if name in widest.fields else "deny"
        wished = _form(draft.forms.get(name, "")) or (allowed if allowed != "deny" else "raw")
        advice = trim(book, draft.purpose, {name: parse_form(wished)}, fact)
        change = next(iter(advice.changes), None)
        advised = str(advice.fields[name]) if name in advice.fields else "deny"
        reason = titles.told(getattr(change.reason, titles.language)) if change else ""
        options = tuple(dict.fromkeys((*((allowed,) if allowed != "deny" else ()), wished, "raw", *_COARSER)))
        found.append(AskField(name, title, tier, options, wished, advised, reason, name in draft.forms))
    return tuple(sorted(found, key=lambda one: (not one.is_chosen, not one.is_open)))


def _form(text: str) -> str:
    try:
        return str(parse_form(text)) if text else ""
    except FormSyntaxError:
        return ""


def _elsewhere(
    house: House, titles: Titles, caller: Caller, draft: Draft, fields: tuple[AskField, ...]
) -> tuple[OtherPurpose, ...]:
    shut = {one.name: one.title for one in fields if one.is_chosen and not one.is_open}
    found = []
    for purpose in caller.purposes if shut else ():
        fact = dataset_fact(titles.session, draft.dataset)
        advice = trim(house.book(titles.session), purpose, dict.fromkeys(shut, _RAW), fact)
        if advice.fields and purpose != draft.purpose:
            query = [("dataset", draft.dataset), ("purpose", purpose), *(("field", name) for name in draft.forms)]
            names = tuple(shut[name] for name in advice.fields)
            found.append(OtherPurpose(purpose, titles.purpose(purpose), names, f"/requests/new?{urlencode(query)}"))
    return tuple(found)


def _mine(session: Session, titles: Titles, entry: AccessRequestEntry, now: datetime) -> MyRequest:
    grant = register.grant_by_id(session, entry.grant) if entry.grant and entry.status == "approved" else None
    ends = int((grant.expires_at - now).total_seconds()) if grant and grant.expires_at else None
    last = entry.approvals[-1].reason if entry.approvals and entry.status != "pending" else ""
    return MyRequest(
        id=entry.id,
        purpose=titles.purpose(entry.purpose),
        dataset=titles.dataset(entry.dataset),
        fields=len(entry.asked),
        tier=entry.tier,
        status=entry.status_at(now),
        age_seconds=max(0, int((now - entry.created_at).total_seconds())),
        ends_seconds=ends,
        approvals=len(entry.approvals),
        needed=2 if entry.tier >= TWO_FROM_TIER else 1,
        reason=last,
    )
