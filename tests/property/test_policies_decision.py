from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from policies import (
    AccessRequest,
    DatasetFact,
    Decision,
    GrantFact,
    Outcome,
    check_grant,
    decide,
    explain,
    parse_form,
    trim,
)
from policies.forms.strictness import strictness
from tests.property.reference_decision import reference
from tests.property.strategies_forms import forms
from tests.property.strategies_policies import BOOK, FIELDS, NOW, PURPOSES, datasets, grants, situations

DENY = parse_form("deny")
Situation = tuple[AccessRequest, DatasetFact, list[GrantFact]]


def allowed(decision: Decision) -> set[str]:
    return {one.name for one in decision.allowed}


@given(situations())
@settings(max_examples=600, deadline=None)
def test_the_decision_equals_a_slow_and_obvious_one(situation: Situation) -> None:
    request, dataset, held = situation
    decision = decide(BOOK, request, dataset, held)
    forms_found = {one.name: str(one.form) if one.allowed else None for one in decision.fields}

    assert (decision.outcome, forms_found, decision.obligations.consent) == reference(request, dataset, held)


@given(situations(), grants(), st.sampled_from(FIELDS))
@settings(deadline=None)
def test_adding_a_deny_never_allows_more(situation: Situation, other: GrantFact, name: str) -> None:
    request, dataset, held = situation
    before = decide(BOOK, request, dataset, held)
    after = decide(BOOK, request, dataset, [*held, replace(other, id="g7", forms={name: DENY})])

    assert allowed(after) <= allowed(before)


@given(situations(), st.integers(0, 5))
@settings(deadline=None)
def test_removing_a_grant_that_denies_nothing_never_allows_a_further_field(situation: Situation, index: int) -> None:
    request, dataset, held = situation
    removable = [one for one in held if DENY not in one.forms.values()]
    gone = removable[index % len(removable)] if removable else None
    before = decide(BOOK, request, dataset, held)
    after = decide(BOOK, request, dataset, [one for one in held if one is not gone])

    assert allowed(after) <= allowed(before)


@given(situations(), grants())
@settings(deadline=None)
def test_an_expired_grant_equals_no_grant(situation: Situation, other: GrantFact) -> None:
    request, dataset, held = situation
    live = [one for one in held if one.is_live(NOW)]
    expired = replace(other, id="g0", expires_at=NOW - timedelta(seconds=1))
    one, two = decide(BOOK, request, dataset, live), decide(BOOK, request, dataset, [expired, *live])

    assert (one.outcome, one.obligations, one.allowed) == (two.outcome, two.obligations, two.allowed)


@given(situations())
@settings(deadline=None)
def test_what_must_never_be_shown_never_is(situation: Situation) -> None:
    request, dataset, held = situation
    for one in decide(BOOK, request, dataset, held).allowed:
        fact = dataset.fields[one.name]

        assert fact.tier is not None
        assert fact.category not in {"unheard_of", "auth_secret", "genetic_test"}


@given(situations())
@settings(deadline=None)
def test_grants_count_the_same_in_any_order(situation: Situation) -> None:
    request, dataset, held = situation
    assert decide(BOOK, request, dataset, held) == decide(BOOK, request, dataset, held[::-1]) or request.fields is None


@given(situations())
@settings(deadline=None)
def test_every_refusal_says_why_and_what_would_change_it(situation: Situation) -> None:
    request, dataset, held = situation
    decision = decide(BOOK, request, dataset, held)

    for language in ("zh", "en"):
        lines = explain(decision, language)
        assert all(line and "{" not in line for line in lines)
        if decision.outcome is not Outcome.ALLOW:
            assert decision.reasons
            assert decision.next_step(language)


@given(situations(), st.lists(st.sampled_from([*FIELDS, "zz"])))
@settings(deadline=None)
def test_a_statement_is_refused_when_one_field_it_names_is(situation: Situation, names: list[str]) -> None:
    request, dataset, held = situation
    decision = decide(BOOK, request, dataset, held)
    narrowed = decision.require(names)

    expected = decision.outcome is Outcome.ALLOW and set(names) <= allowed(decision)
    assert (narrowed.outcome is Outcome.ALLOW) == expected
    assert allowed(narrowed) <= allowed(decision)


@given(st.sampled_from(PURPOSES), st.dictionaries(st.sampled_from(FIELDS), forms()), datasets(), grants())
@settings(deadline=None)
def test_advice_asks_for_no_more_and_passes_the_check(
    purpose: str, wanted: dict[str, object], dataset: DatasetFact, other: GrantFact
) -> None:
    advice = trim(BOOK, purpose, wanted, dataset)  # type: ignore[arg-type]  # the strategy's forms

    assert advice.fields.keys() <= wanted.keys()
    assert all(
        strictness(form) >= strictness(wanted[name]) or form == wanted[name] for name, form in advice.fields.items()
    )  # type: ignore[arg-type]  # likewise
    assert trim(BOOK, purpose, advice.fields, dataset).changes == ()
    assert check_grant(BOOK, replace(other, purpose=purpose, forms=advice.fields), dataset) == () or not advice.fields
