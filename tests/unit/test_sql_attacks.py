"""The attack corpus: what must be refused is, and what runs answers alike in worlds that differ only in hidden data."""

from pathlib import Path

import duckdb
import pytest
import yaml

from governance.workers.copies import RefusedError
from governance.workers.engine import Engine
from policies.sql import StatementRefusedError, rewrite
from tests import sql_world

CORPUS = yaml.safe_load((Path(__file__).parents[1] / "vectors" / "sql_attacks.yaml").read_text(encoding="utf-8"))
REFUSED = [(family, sql) for family, statements in CORPUS.items() if family != "contained" for sql in statements]
TABLES = sql_world.tables()
PEOPLE = 120


def open_world(world: sql_world.Hidden, people: int, folder: Path) -> Engine:
    engine = Engine(memory_bytes=512 * 1024**2, threads=1, temporary=str(folder))
    engine.load(sql_world.BASE_OWNERS, sql_world.owners(people, world))
    engine.load(sql_world.BASE_CLAIMS, sql_world.claims(people, world))
    return engine


def answer(engine: Engine, sql: str) -> list[str] | str:
    """Give the rows in any order, or `failed`; what a person learns."""
    try:
        table = sql_world.run(engine, rewrite(sql, TABLES))
    except (duckdb.Error, RefusedError):
        return "failed"
    return sorted(repr(row) for row in zip(*(column.to_pylist() for column in table.columns), strict=True))


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> list[Engine]:
    folder = tmp_path_factory.mktemp("worlds")
    return [open_world(world, PEOPLE, folder) for world in ("texts", "numbers", "nobody")]


def test_the_corpus_is_large() -> None:
    assert len(REFUSED) + len(CORPUS["contained"]) >= 400


@pytest.mark.parametrize(("family", "sql"), REFUSED)
def test_the_statement_is_refused_before_anything_runs(family: str, sql: str) -> None:
    with pytest.raises(StatementRefusedError):
        rewrite(sql, TABLES)


@pytest.mark.parametrize("sql", CORPUS["contained"])
def test_the_answer_is_the_same_whatever_is_hidden(sql: str, worlds: list[Engine]) -> None:
    try:
        answers = [answer(engine, sql) for engine in worlds]
    except StatementRefusedError:
        return

    assert answers[0] == answers[1] == answers[2]
    shown = str(answers)
    assert not any(mark in shown for mark in ("HIDDEN", "DENIED", "RAW"))
