"""What is really read, counted alike on every engine."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import Engine

from governance import register
from storage import read_only, unit_of_work

DAY = date(2026, 11, 2)
LIN: register.Holder = ("person", "lin")
ANALYST: register.Holder = ("role", "analyst")
SHOWN = [("cars.owners", "city", "raw"), ("cars.owners", "plate", "token")]


def test_reads_at_once_are_all_counted(engine: Engine) -> None:
    def read(turn: int) -> None:
        with unit_of_work(engine) as session:
            shown = SHOWN if turn % 2 else list(reversed(SHOWN))
            register.count_uses(session, DAY, [ANALYST, LIN] if turn % 2 else [LIN, ANALYST], "pricing", shown)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(read, range(12)))
    with read_only(engine) as session:
        found = register.uses_since(session, DAY)

    assert {(one.holder, one.field, one.form): one.reads for one in found} == {
        (holder, field, form): 12 for holder in (LIN, ANALYST) for _, field, form in SHOWN
    }


def test_counts_are_summed_from_a_day_on_and_by_holder(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        for back in range(3):
            register.count_uses(session, DAY - timedelta(days=back), [LIN, ANALYST], "pricing", SHOWN[:1])
    with read_only(engine) as session:
        recent = register.uses_since(session, DAY - timedelta(days=1), holders=[LIN])
        other = register.uses_since(session, DAY - timedelta(days=9), purpose="marketing")
        first = register.first_use(session)

    assert [(one.holder, one.reads) for one in recent] == [(LIN, 2)]
    assert (other, first) == ((), DAY - timedelta(days=2))


def test_decisions_that_asked_the_same_are_one_shape(engine: Engine, now: datetime) -> None:
    body = {"purpose": "pricing", "case": None, "datasets": [{"dataset": "cars.owners", "fields": [{"name": "city"}]}]}
    first = register.RecordedDecision("01ARZ3NDEKTSV4RRFFQ69G5FA1", "lin", "allow", body, "e1", now)
    others = [
        replace(first, id="01ARZ3NDEKTSV4RRFFQ69G5FA2", outcome="deny"),
        replace(first, id="01ARZ3NDEKTSV4RRFFQ69G5FA3", person="xu"),
        replace(first, id="01ARZ3NDEKTSV4RRFFQ69G5FA4", at=now - timedelta(days=9)),
    ]
    with unit_of_work(engine) as session:
        for one in (first, *others):
            register.add_decision(session, one)
    with read_only(engine) as session:
        found = register.decision_shapes(session, now - timedelta(days=1))

    assert [(one.decision.person, one.count) for one in found] == [("lin", 2), ("xu", 1)]
