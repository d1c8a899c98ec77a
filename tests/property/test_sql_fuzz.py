"""A bounded run of the fuzzer; the long one is `python -m bench.sql_fuzz`."""

from random import Random

import pytest

from bench.sql_fuzz.judging import Outcome, Worlds
from bench.sql_fuzz.statements import Statements
from policies.sql import rewriting

SEED = 20


def judged(rows: int, statements: int, incomes: int) -> list[str]:
    """Judge so many statements and give what is wrong; every kind of verdict must have been possible."""
    worlds = Worlds(rows)
    stream = Statements(Random(SEED), small=rows < 1_000)  # noqa: S311 -- a seeded stream, no secret
    verdicts = [(text, worlds.judge(text)) for text in (stream.next() for _ in range(statements))]
    verdicts += [(text, worlds.judge(text, copy)) for text, copy in (stream.over_incomes() for _ in range(incomes))]
    worlds.close()
    assert {verdict.outcome for _, verdict in verdicts} >= {"rows", "failed"}
    return [f"{verdict} {text}" for text, verdict in verdicts if verdict.kind in {"leak", "unequal"}]


@pytest.mark.slow
def test_random_statements_over_few_rows_tell_nothing_hidden() -> None:
    assert judged(12, 220, 30) == []


@pytest.mark.slow
def test_random_statements_over_300_000_rows_tell_nothing_hidden() -> None:
    assert judged(300_000, 18, 3) == []


@pytest.mark.slow
def test_the_fuzzer_finds_a_leak_where_no_copy_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps the two above honest."""
    monkeypatch.setattr(rewriting, "hides", lambda _source: False)
    worlds = Worlds(12)

    joined = "owners o JOIN towns t ON o.owner_no = t.town"
    verdict = worlds.judge(f"SELECT o.city FROM {joined} WHERE reverse(o.name)::DOUBLE < o.premium")

    worlds.close()
    assert verdict.kind == "leak"


def test_a_canary_counts_unless_the_person_wrote_it() -> None:
    shown = Outcome("rows", ("n",), ("['xCANARYx']",))

    assert shown.shows_canary("SELECT 1")
    assert not shown.shows_canary("SELECT 'CANARY'")
