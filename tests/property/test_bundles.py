from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from policies import AccessRequest, Circumstances, DatasetFact, Decision, Facts, GrantFact, PoliciesVersion, decide_with
from policies.bundles import compile_bundle
from policies.cedar import RuleSet
from policies.point import DecisionPoint, is_rechecked
from tests.property.strategies_cedar import circumstances, rule_sets
from tests.property.strategies_policies import BOOK, FIELDS, NOW, situations

Situation = tuple[AccessRequest, DatasetFact, list[GrantFact]]
STEPS = [0, 1, 3600, 86_400, 10 * 86_400, -1, -2 * 86_400]


def bare(decision: Decision) -> Decision:
    return replace(decision, bundle_digest=None)


def later(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


@given(
    situations(),
    rule_sets() | st.none(),
    st.lists(
        st.tuples(circumstances(), st.sampled_from(STEPS), st.sampled_from([None, "C-1", "C-2", " "])), max_size=4
    ),
    st.none() | st.lists(st.sampled_from([*FIELDS, "zz"]), max_size=4).map(tuple),
)
@settings(max_examples=300, deadline=None)
def test_the_decision_point_answers_as_the_slow_decision_does(
    situation: Situation,
    rules: RuleSet | None,
    moments: list[tuple[Circumstances, int, str | None]],
    fields: tuple[str, ...] | None,
) -> None:
    request, dataset, held = situation
    version, facts = PoliciesVersion(BOOK, rules), Facts(dataset, held)
    point = DecisionPoint()
    asked = [request] + [
        replace(request, around=around, at=later(seconds), case=case, fields=fields)
        for around, seconds, case in moments
    ]
    for one in [*asked, *asked]:
        answer = point.decide(1, rules.digest if rules else None, one, lambda: (version, facts))

        assert bare(answer) == decide_with(version, one, facts)


@given(situations(), rule_sets(), circumstances())
@settings(max_examples=100, deadline=None)
def test_a_bundle_is_named_by_what_it_says(situation: Situation, rules: RuleSet, around: Circumstances) -> None:
    request, dataset, held = situation
    version, facts = PoliciesVersion(BOOK, rules), Facts(dataset, held)
    one = compile_bundle(version, request, facts)
    two = compile_bundle(version, replace(request, around=replace(around, action=request.around.action)), facts)

    assert one.digest == two.digest
    assert one.answer(request).bundle_digest == one.digest


@given(situations(), rule_sets())
@settings(max_examples=100, deadline=None)
def test_nothing_compiled_outlives_the_sequence_it_rests_on(situation: Situation, rules: RuleSet) -> None:
    request, dataset, held = situation
    point = DecisionPoint()
    before, after = (
        (PoliciesVersion(BOOK, rules), Facts(dataset, held)),
        (PoliciesVersion(BOOK, rules), Facts(dataset, [])),
    )
    point.decide("before", rules.digest, request, lambda: before)
    answer = point.decide("after", rules.digest, request, lambda: after)

    assert bare(answer) == decide_with(after[0], request, after[1])


def test_a_thread_that_still_sees_the_older_state_does_not_disturb_the_newer() -> None:
    point = DecisionPoint()
    made = [point.remember(sequence, "key", lambda sequence=sequence: f"of {sequence}") for sequence in (1, 2, 1, 2)]

    assert made == ["of 1", "of 2", "of 1", "of 2"]


def test_one_in_a_hundred_is_decided_a_second_time_and_always_the_same_ones() -> None:
    random = Random(7)  # noqa: S311 -- a repeatable sample, no secret
    seeds = [str(random.random()) for _ in range(20_000)]
    found = [seed for seed in seeds if is_rechecked(seed, 1.0)]

    assert 140 < len(found) < 260
    assert all(is_rechecked(seed, 1.0) for seed in found)
    assert not any(is_rechecked(seed, 0.0) for seed in seeds)
    assert all(is_rechecked(seed, 100.0) for seed in seeds)
