"""Emergency access and narrowing, as their pages show them."""

from datetime import datetime
from typing import Any

from governance.console.filling.asking import ask_view
from governance.console.filling.titles import Titles
from governance.console.pages.asking import Draft
from governance.console.pages.oversight import (
    EmergenciesView,
    EmergencyRow,
    EmergencyState,
    EmergencyView,
    FlipLine,
    GlassForm,
    GlassWish,
    NarrowingView,
    ReadLine,
    UnusedRow,
    UnusedView,
)
from governance.console.pages.query import FieldForm
from governance.console.ports import Visit
from governance.house import House
from governance.journeys.emergency import emergency_reads, seen_emergencies, seen_emergency
from governance.journeys.emergency_documents import state_of
from governance.journeys.emergency_rules import LONGEST_MINUTES, emergency_rules
from governance.journeys.narrowing import plan_narrowing
from governance.journeys.necessity import LOOKING_BACK_DAYS, Unused, unused_fields
from governance.journeys.sight import Right, may
from governance.journeys.what_if import FLIPS
from governance.register import Emergency
from storage import read_only


def emergencies_view(house: House, visit: Visit, emergency_id: str | None) -> EmergenciesView:
    """Give the list, and the named one in full.

    Raises:
        NotFoundError: there is none for this person.
    """
    found = seen_emergencies(house, visit.caller)
    opened = seen_emergency(house, visit.caller, emergency_id) if emergency_id else None
    now = house.clock()
    with read_only(house.engine) as session:
        titles = Titles.of(house, session, visit.language)
        rows = tuple(
            EmergencyRow(
                one.id,
                titles.person(one.person)[0],
                titles.dataset(one.dataset),
                titles.purpose(one.purpose),
                _state(one, now),
                _seconds(now, one.opened_at),
            )
            for one in found
        )
        rules = emergency_rules(house, session)
        may_open = any(one.role in visit.caller.roles for one in rules)
        return EmergenciesView(rows, _emergency(titles, visit, opened, now) if opened else None, may_open)


def glass_form(house: House, visit: Visit, wish: GlassWish, problem: str = "") -> GlassForm:
    """Give the form, with what the chosen purpose may see of each field."""
    draft = Draft(wish.dataset, wish.purpose, dict.fromkeys(wish.fields, ""))
    return GlassForm(
        ask_view(house, visit, draft, problem),
        wish.reason,
        wish.ticket,
        wish.minutes or house.settings.break_glass_minutes,
        LONGEST_MINUTES,
    )


def unused_view(house: House, visit: Visit) -> UnusedView:
    """Give the grants that give more than was read."""
    found = unused_fields(house, visit.caller, LOOKING_BACK_DAYS)
    with read_only(house.engine) as session:
        titles = Titles.of(house, session, visit.language)
        return UnusedView(tuple(_row(titles, one) for one in found), LOOKING_BACK_DAYS)


def narrowing_view(house: House, visit: Visit, grant_id: str) -> NarrowingView:
    """Give what leaving out the unused fields of a grant would change."""
    plan = plan_narrowing(house, visit.caller, grant_id)
    with read_only(house.engine) as session:
        titles = Titles.of(house, session, visit.language)
        named = {name: title for name, (title, _) in titles.fields(plan.unused.grant.dataset).items()}
        return NarrowingView(
            _row(titles, plan.unused),
            tuple(named.get(name, name) for name in plan.drop),
            tuple(named.get(name, name) for name in plan.unused.grant.forms if name not in plan.drop),
            tuple(
                FlipLine(
                    flip,
                    tuple(titles.person(one)[0] for one in plan.what_if.people(flip)),
                    plan.what_if.count(flip),
                )
                for flip in FLIPS
            ),
            plan.what_if.decisions,
            plan.what_if.days,
            plan.digest,
            may(visit.caller, Right.DECIDE_REQUESTS),
        )


def _row(titles: Titles, one: Unused) -> UnusedRow:
    grant = one.grant
    named = titles.fields(grant.dataset)
    is_role = grant.holder_kind == "role"
    return UnusedRow(
        grant.id,
        titles.words.name("role", grant.holder) if is_role else titles.person(grant.holder)[0],
        is_role,
        titles.purpose(grant.purpose),
        titles.dataset(grant.dataset),
        one.observed_days,
        tuple(named.get(name, (name, 0))[0] for name in one.unused),
        len(one.reads),
    )


def _emergency(titles: Titles, visit: Visit, entry: Emergency, now: datetime) -> EmergencyView:
    named: dict[str, Any] = dict(titles.fields(entry.dataset))
    own = entry.person == visit.caller.person_id
    reviews = may(visit.caller, Right.REVIEW_EMERGENCIES)
    state = _state(entry, now)
    cannot = titles.words("glass.cannot.own") if own and state != "reviewed" else ""
    return EmergencyView(
        id=entry.id,
        person=titles.person(entry.person)[0],
        role=titles.words.name("role", entry.role),
        dataset=titles.dataset(entry.dataset),
        purpose=titles.purpose(entry.purpose),
        reason=entry.reason,
        ticket=entry.ticket,
        state=state,
        age_seconds=_seconds(now, entry.opened_at),
        left_seconds=int((entry.ends_at - now).total_seconds()) if state == "open" else None,
        fields=tuple(
            FieldForm(name, named.get(name, (name, 0))[0], named.get(name, (name, 0))[1] or None, form)
            for name, form in entry.forms.items()
        ),
        told=tuple(titles.person(one)[0] for one in entry.told),
        reads=tuple(
            ReadLine(_seconds(now, one.at), one.outcome, one.entry) for one in emergency_reads(titles.session, entry)
        ),
        judgement=entry.judgement or "",
        note=entry.note,
        judge=titles.person(entry.reviewed_by)[0] if entry.reviewed_by else "",
        can_review=reviews and not own and state != "reviewed",
        can_end=state == "open" and (own or reviews),
        cannot_because=cannot,
    )


def _state(entry: Emergency, now: datetime) -> EmergencyState:
    state: EmergencyState = state_of(entry, now)  # type: ignore[assignment]  # one of its three words
    return state


def _seconds(now: datetime, at: datetime) -> int:
    return max(0, int((now - at).total_seconds()))
