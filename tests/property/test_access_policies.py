from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from policies import AccessRequest, DatasetFact, Decision, GrantFact, decide
from policies.cedar import Mode, RuleSet
from tests.property.reference_decision import reference_with_rules
from tests.property.strategies_cedar import made, policy_texts, restricting, rule_sets
from tests.property.strategies_policies import BOOK, situations

Situation = tuple[AccessRequest, DatasetFact, list[GrantFact]]


def allowed(decision: Decision) -> set[str]:
    return {one.name for one in decision.allowed}


@given(situations(), rule_sets())
@settings(max_examples=300, deadline=None)
def test_the_decision_with_policies_equals_a_slow_and_obvious_one(situation: Situation, rules: RuleSet) -> None:
    request, dataset, held = situation
    decision = decide(BOOK, request, dataset, held, rules)
    forms = {one.name: str(one.form) if one.allowed else None for one in decision.fields}
    plain = "".join(text for name, text in rules.files.items() if name.endswith(".cedar"))
    expected = reference_with_rules(request, dataset, held, plain, permits=rules.mode is Mode.PERMIT)

    assert (decision.outcome, forms) == expected[:2]


@given(situations(), restricting(), policy_texts())
@settings(deadline=None)
def test_adding_a_forbid_never_allows_more(situation: Situation, texts: list[str], other: str) -> None:
    request, dataset, held = situation
    before = decide(BOOK, request, dataset, held, made("restrict", texts))
    after = decide(BOOK, request, dataset, held, made("restrict", [*texts, other]))

    assert allowed(after) <= allowed(before)


@given(situations(), rule_sets())
@settings(deadline=None)
def test_policies_never_allow_what_grants_and_register_refuse(situation: Situation, rules: RuleSet) -> None:
    request, dataset, held = situation
    without, within = decide(BOOK, request, dataset, held), decide(BOOK, request, dataset, held, rules)

    assert {(one.name, one.form) for one in within.allowed} <= {(one.name, one.form) for one in without.allowed}


@given(situations(), restricting())
@settings(deadline=None)
def test_a_policy_that_fails_refuses_every_field_it_is_asked_about(situation: Situation, texts: list[str]) -> None:
    request, dataset, held = situation
    broken = '@owner("o") @basis("b") @expires("2027-12-31") @zh("z") @en("e") forbid (principal, action, resource) '
    broken += "when { (9223372036854775807 + resource.tier) > 0 };"

    assert decide(BOOK, request, dataset, held, made("restrict", [*texts, broken])).allowed == ()


@given(situations(), rule_sets(), st.sampled_from(["ticket", "device", "client", "branch"]))
@settings(deadline=None)
def test_a_fact_that_can_not_be_read_counts_as_not_stated(situation: Situation, rules: RuleSet, name: str) -> None:
    request, dataset, held = situation
    blank = replace(request, around=replace(request.around, **{name: ""}))
    absent = replace(request, around=replace(request.around, **{name: None}))

    assert decide(BOOK, blank, dataset, held, rules) == decide(BOOK, absent, dataset, held, rules)
