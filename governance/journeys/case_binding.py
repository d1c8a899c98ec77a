"""A read under a case: fields that only a case opens are shown of the people whose case it is, and of nobody else."""

from collections.abc import Mapping
from dataclasses import replace

from governance.house import House
from governance.journeys.facts import Asked, decide_dataset, held_grants
from governance.journeys.one_person import subjects_of_case
from governance.journeys.preparation import Preparation
from policies import Decision, Outcome
from policies.person import of_other_case
from storage import read_only


def bind_to_case(
    house: House, asked: Asked, decisions: Mapping[str, Decision]
) -> tuple[Mapping[str, Decision], frozenset[str]]:
    """Give the decisions as far as the stated case carries them, and the people that it is about.

    Guarantee: a case that is nobody's, or more people's than a case can have, opens nothing.
    """
    if asked.case is None:
        return decisions, frozenset()
    decisions = {**decisions, **_under_glass(house, asked, decisions)}
    bound = {name: one for name, one in decisions.items() if one.obligations.case_bound}
    if not bound:
        return decisions, frozenset()
    people = subjects_of_case(house, Preparation(house, asked, decisions), decisions, asked.case)
    if not people:
        return {**decisions, **_without(house, asked, bound)}, people
    loose = {name: one for name, one in bound.items() if one.obligations.subject_column is None}
    return {**decisions, **_without(house, asked, loose)}, people


def _under_glass(house: House, asked: Asked, decisions: Mapping[str, Decision]) -> Mapping[str, Decision]:
    """Give the decisions that an emergency access carries: its ticket is about an incident, not about one person.

    Guarantee: the ticket opens the fields that the emergency named; what another grant opens for a case stays closed.
    """
    named = _named_by_ticket(house, asked)
    broken = {name: one for name, one in decisions.items() if name in named and one.obligations.case_bound}
    closed = _without(house, asked, broken)
    return {name: _joined(one, closed[name], named[name]) for name, one in broken.items()}


def _named_by_ticket(house: House, asked: Asked) -> Mapping[str, frozenset[str]]:
    """Give the fields of the emergency accesses that run under the stated ticket, by data set."""
    with read_only(house.engine) as session:
        held = held_grants(session, asked)
    return {
        grant.dataset: frozenset(grant.forms)
        for grant in held
        if grant.origin == "emergency"
        and grant.case == asked.case
        and (grant.expires_at is None or asked.at < grant.expires_at)
    }


def _joined(opened: Decision, closed: Decision, named: frozenset[str]) -> Decision:
    without = {one.name: one for one in closed.fields}
    fields = tuple(one if one.name in named else without.get(one.name, one) for one in opened.fields)
    return replace(opened, fields=fields, obligations=replace(opened.obligations, case_bound=False))


def _without(house: House, asked: Asked, bound: Mapping[str, Decision]) -> Mapping[str, Decision]:
    without = replace(asked, case=None)
    with read_only(house.engine) as session:
        found = {name: of_other_case(one, decide_dataset(session, house, without, name)) for name, one in bound.items()}
    return {
        name: replace(one, obligations=replace(one.obligations, case_bound=False))
        if one.outcome is Outcome.ALLOW
        else one
        for name, one in found.items()
    }
