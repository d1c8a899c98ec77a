from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from consent import ConsentBitmaps, Notice, import_rows, publish, state_of, texts_of, timeline
from consent.model import KINDS, ConsentEvent
from consent.rules import fold, need
from storage import migrate, open_engine, read_only, unit_of_work

START = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
hours = st.integers(0, 6).map(lambda number: START + number * HOUR)
events = st.builds(
    ConsentEvent,
    subject_id=st.sampled_from(["A", "B", "C"]),
    purpose=st.sampled_from(["p", "q"]),
    status=st.sampled_from(["granted", "granted", "withdrawn"]),
    at=hours,
    kind=st.sampled_from([None, *KINDS]),
    notice_version=st.sampled_from(["1", "1", "2", None]),
    expires_at=st.none() | hours,
)
needs = st.tuples(st.sampled_from(KINDS), st.none() | st.sampled_from(KINDS))


def numbered(found: list[ConsentEvent]) -> list[ConsentEvent]:
    return [replace(event, sequence=number) for number, event in enumerate(found, 1)]


def as_csv(found: list[ConsentEvent]) -> bytes:
    def cell(value: Any) -> str:
        return "" if value is None else value.isoformat() if isinstance(value, datetime) else str(value)

    names = ["subject_id", "purpose", "status", "notice_version", "at", "expires_at", "evidence", "kind"]
    return "\n".join([",".join(names), *(",".join(cell(getattr(e, n)) for n in names) for e in found)]).encode()


def obvious(found: list[ConsentEvent], at: datetime, required: str, asked: str | None) -> set[str]:
    """The rule of the interface, word by word, as slow as it reads."""
    order = ["none", "general", "separate", "written"]
    granted = set()
    for subject in {event.subject_id for event in found}:
        deciding = None
        for event in found:
            if event.subject_id == subject and event.at <= at and (deciding is None or event.at >= deciding.at):
                deciding = event
        if deciding is None or deciding.status != "granted" or deciding.notice_version != "1":
            continue
        if deciding.expires_at is not None and deciding.expires_at <= at:
            continue
        kind = deciding.kind or asked or (required if required != "guardian" else "none")
        if kind == "guardian":
            enough = required != "written"
        else:
            enough = required != "guardian" and order.index(kind) >= order.index(required)
        if enough:
            granted.add(subject)
    return granted


@given(st.lists(events, max_size=12), hours, needs)
def test_the_fold_equals_the_obvious_reference(found: list[ConsentEvent], at: datetime, kinds: tuple[Any, Any]) -> None:
    assert fold(numbered(found), {"1"}, need(*kinds), at) == obvious(found, at, *kinds)


@given(st.lists(events, max_size=12), events, hours, needs)
def test_a_withdrawal_never_widens(
    found: list[ConsentEvent], last: ConsentEvent, at: datetime, kinds: tuple[Any, Any]
) -> None:
    withdrawal = replace(last, status="withdrawn")

    before = fold(numbered(found), {"1"}, need(*kinds), at)
    assert fold(numbered([*found, withdrawal]), {"1"}, need(*kinds), at) <= before


@given(st.lists(events, max_size=12), st.randoms(use_true_random=False), hours)
def test_the_order_of_insertion_matters_only_at_equal_instants(
    found: list[ConsentEvent], random: Any, at: datetime
) -> None:
    distinct = list({(event.subject_id, event.at): event for event in found}.values())
    shuffled = random.sample(distinct, len(distinct))

    assert fold(numbered(shuffled), {"1"}, need("general"), at) == fold(numbered(distinct), {"1"}, need("general"), at)


@settings(max_examples=40, deadline=None)
@given(st.lists(events, max_size=15), hours, needs)
def test_the_ledgers_query_equals_the_fold(
    tmp_path_factory: Any, found: list[ConsentEvent], at: datetime, kinds: tuple[Any, Any]
) -> None:
    folder: Path = tmp_path_factory.mktemp("ledger")
    engine = open_engine(f"sqlite:///{folder / 'c.db'}")
    migrate(engine)
    with unit_of_work(engine) as session:
        publish(session, Notice("p", "1", "ab" * 32, current=True, at=START))
        import_rows(session, as_csv(found), recorded_at=START)
    with read_only(engine) as session:
        state = state_of(session, "p", at, kinds[0], asked=kinds[1])
        stored = [event for subject in "ABC" for event in timeline(session, subject, "p")]
    engine.dispose()

    own = [event for event in found if event.purpose == "p"]
    assert state.granted == fold(stored, {"1"}, need(*kinds), at) == obvious(own, at, *kinds)
    assert state.guardian <= state.granted


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.lists(events, max_size=4), hours), min_size=1, max_size=5), needs)
def test_bitmaps_that_follow_equal_the_query_at_every_step(
    tmp_path_factory: Any, steps: list[tuple[list[ConsentEvent], datetime]], kinds: tuple[Any, Any]
) -> None:
    folder: Path = tmp_path_factory.mktemp("ledger")
    engine = open_engine(f"sqlite:///{folder / 'c.db'}")
    migrate(engine)
    bitmaps = ConsentBitmaps()
    with unit_of_work(engine) as session:
        publish(session, Notice("p", "1", "ab" * 32, current=True, at=START))
    for found, at in steps:
        with unit_of_work(engine) as session:
            import_rows(session, as_csv(found), recorded_at=START)
        with read_only(engine) as session:
            held = bitmaps.consents(session, "p", at, kinds[0], asked=kinds[1])
            people = frozenset(texts_of(session, held.numbers))
            state = state_of(session, "p", at, kinds[0], asked=kinds[1])

            assert people == state.granted
    engine.dispose()
