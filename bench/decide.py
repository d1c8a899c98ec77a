"""How fast one decision is, beside a plain look-up of a compiled answer and a linear match over a policy list.

Run: python bench/decide.py [seconds]
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from fnmatch import fnmatchcase

from policies import (
    AccessRequest,
    DatasetFact,
    FieldFact,
    GrantFact,
    HolderKind,
    Tier,
    decide,
    load_policies,
    parse_form,
)

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
BOOK = load_policies().with_purposes([{"id": "pricing_study", "basis": "consent"}])
NAMES = tuple(f"f{index}" for index in range(10))
DATASET = DatasetFact("cars.owners", {name: FieldFact(name, "demographics", Tier.CONFIDENTIAL) for name in NAMES}, "f0")
REQUEST = AccessRequest(
    "lin", frozenset({"actuary"}), frozenset({"pricing_study"}), "pricing_study", "cars.owners", NAMES, NOW
)
FORMS = {name: parse_form("mask:keep_first(3)") for name in NAMES}
GRANTS = [GrantFact("g1", HolderKind.ROLE, "actuary", "pricing_study", "cars.owners", FORMS, None)]
COMPILED = {("actuary", "pricing_study", "cars.owners"): FORMS}
RULES = [(f"role{index}", f"purpose{index % 30}", f"source{index % 12}.*", "*", "allow") for index in range(1000)]
RULES.append(("actuary", "pricing_study", "cars.*", "*", "allow"))


def full() -> None:
    assert decide(BOOK, REQUEST, DATASET, GRANTS).allowed


def look_up() -> None:
    forms = COMPILED["actuary", "pricing_study", "cars.owners"]
    assert tuple(forms[name] for name in NAMES)


def linear() -> None:
    wanted = ("actuary", "pricing_study", "cars.owners")
    for name in NAMES:
        assert any(all(map(fnmatchcase, (*wanted, name), rule[:4])) and rule[4] == "allow" for rule in RULES)


def seconds_each(work: Callable[[], None], budget_seconds: float) -> float:
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < budget_seconds:
        for _ in range(5):
            work()
        count += 5
    return (time.perf_counter() - started) / count


def main() -> None:
    budget = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    times = {work.__name__: seconds_each(work, budget) for work in (full, look_up, linear)}
    for name, seconds in times.items():
        print(f"{name:8} {seconds * 1e6:10.1f} us for {len(NAMES)} fields, {1 / seconds:12,.0f} a second")
    print(f"full / look_up = {times['full'] / times['look_up']:.0f}")
    print(f"linear / full = {times['linear'] / times['full']:.0f}")


if __name__ == "__main__":
    main()
