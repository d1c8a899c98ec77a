"""How fast the decision point decides ten fields at a thousand access policies, beside Cedar itself and pycasbin.

Cedar is asked through cedarpy with parsed handles, once for a whole set of fields; pycasbin matches one policy line for
a role, purpose and table. Both answer less than a decision does: no forms, no reasons, no row rule.

Run: python bench/decide.py [seconds] [requests to agree on]
"""

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import casbin
import cedarpy
from _decide_world import BOOK, DATASETS, NAMES, NOW, PURPOSES, ROLES, datasets, grants, known, requests, rule_set

from policies import AccessRequest, DatasetFact, Facts, GrantFact, HolderKind, PoliciesVersion, decide_with, parse_form
from policies.cedar.questions import entities, question
from policies.point import DecisionPoint
from policies.vocabulary import FormClass

POLICIES = 1000
SEQUENCE = (("catalogue_field", 1), ("policy_release", 1), ("register_grant", 7))
CASBIN_MODEL = """[request_definition]
r = sub, purpose, obj, act
[policy_definition]
p = sub, purpose, obj, act
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = g(r.sub, p.sub) && r.purpose == p.purpose && r.obj == p.obj && r.act == p.act
"""


def seconds_each(work: Callable[[], object], budget_seconds: float) -> float:
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < budget_seconds:
        for _ in range(5):
            work()
        count += 5
    return (time.perf_counter() - started) / count


def contest(budget: float) -> None:
    rules = rule_set(POLICIES)
    version = PoliciesVersion(BOOK, rules)
    table = datasets(Random(3))[DATASETS[0]]
    fields = {name: replace(fact, category="demographics") for name, fact in table.fields.items()}
    table = replace(table, fields=fields, table_facts={})
    request = AccessRequest("lin", frozenset({ROLES[0]}), frozenset(PURPOSES), "pricing_study", table.id, NAMES, NOW)
    forms = {name: parse_form("mask:keep_first(3)") for name in NAMES}
    held = [GrantFact("g1", HolderKind.ROLE, ROLES[0], "pricing_study", table.id, forms, None)]
    facts, point = Facts(table, held), DecisionPoint()

    def ours() -> None:
        assert point.decide(SEQUENCE, rules.digest, request, lambda: (version, facts)).allowed

    def cold() -> None:
        assert DecisionPoint().decide(SEQUENCE, rules.digest, request, lambda: (version, facts)).allowed

    def slow() -> None:
        assert decide_with(version, request, facts).allowed

    times = {"ours": seconds_each(ours, budget), "ours, cold": seconds_each(cold, budget)}
    times |= {"rule by rule": seconds_each(slow, budget)}
    times |= {"cedarpy": seconds_each(cedar(rules, request, table), budget), "pycasbin": seconds_each(linear(), budget)}
    for name, seconds in times.items():
        print(f"{name:13} {seconds * 1e6:10.1f} us, {1 / seconds:12,.0f} a second")
    for name in ("cedarpy", "pycasbin", "rule by rule"):
        print(f"{name} / ours = {times[name] / times['ours']:,.0f}")
    each = len(NAMES) * times["cedarpy"] / times["ours, cold"]
    print(f"cedarpy, asked for each of {len(NAMES)} fields / ours, cold = {each:.1f}")


def cedar(rules: "object", request: AccessRequest, table: DatasetFact) -> Callable[[], object]:
    """Give one question to cedarpy, with everything parsed beforehand."""
    engine, whole = rules.engine, rules.whole  # type: ignore[attr-defined]  # a rule set
    handle = engine.entities(entities(request, table, NAMES))
    one = question(request, BOOK.purposes["pricing_study"], table.id, NAMES[0], FormClass.MASKED)

    def ask() -> None:
        assert cedarpy.is_authorized(one, whole, handle, engine.schema).allowed

    return ask


def linear() -> Callable[[], object]:
    """Give one question to pycasbin."""
    random = Random(5)
    lines = [
        f"p, role{n % 50}, {random.choice(PURPOSES)}, {random.choice(DATASETS)}, read" for n in range(POLICIES - 1)
    ]
    lines += [f"p, actuary, pricing_study, {DATASETS[0]}, read", "g, lin, actuary"]
    folder = Path(tempfile.mkdtemp())
    model, policy = folder / "model.conf", folder / "policy.csv"
    model.write_text(CASBIN_MODEL)
    policy.write_text("\n".join(lines))
    enforcer = casbin.Enforcer(str(model), str(policy))

    def ask() -> None:
        assert enforcer.enforce("lin", "pricing_study", DATASETS[0], "read")

    return ask


def agree(count: int) -> None:
    """Compare compiled answers with rule-by-rule ones on random requests."""
    rules, random, point = rule_set(200, narrow=False), Random(11), DecisionPoint()
    version, tables, held = PoliciesVersion(BOOK, rules), datasets(random), grants(random)
    same, outcomes = 0, dict.fromkeys(("allow", "deny", "gap"), 0)
    forbidden = 0
    for request in requests(random, count, held):
        of = known(version, tables, held, request)
        answer = point.decide(SEQUENCE, rules.digest, request, lambda of=of: of)
        same += replace(answer, bundle_digest=None) == decide_with(of[0], request, of[1])
        outcomes[answer.outcome.value] += 1
        forbidden += any(reason.code == "policy-forbids" for reason in answer.reasons)
    print(f"agreement: {same} of {count} random requests ({same / count:.2%}); {outcomes}, {forbidden} with a forbid")


def main() -> None:
    budget = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    contest(budget)
    agree(int(sys.argv[2]) if len(sys.argv) > 2 else 10_000)


if __name__ == "__main__":
    main()
