"""The minimum cell, run: small groups stay silent, large ones are exact."""

import pytest

from governance.workers.engine import Engine
from policies.sql import rewrite
from tests import sql_world

TABLES = sql_world.tables()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    found = Engine(memory_bytes=2**28, threads=1, temporary=str(tmp_path_factory.mktemp("t")))
    found.load(sql_world.BASE_OWNERS, sql_world.owners(90, "texts"))
    found.load(sql_world.BASE_CLAIMS, sql_world.claims(90, "texts"))
    return found


def answer(engine: Engine, sql: str) -> list[tuple[object, ...]]:
    table = sql_world.run(engine, rewrite(sql, TABLES))
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def raw(engine: Engine, sql: str) -> list[tuple[object, ...]]:
    return engine.connection.execute(sql.replace("owners", "__base.d_1").replace("claims", "__base.d_2")).fetchall()


def test_a_large_group_is_exact_and_a_small_one_is_missing(engine: Engine) -> None:
    found = answer(engine, "SELECT city, sum(income) FROM owners GROUP BY city ORDER BY city")

    assert found == raw(
        engine, "SELECT city, sum(income) FROM owners WHERE c_1 AND city <> 'TINY' GROUP BY 1 ORDER BY 1"
    )


def test_arithmetic_with_numbers_is_exact(engine: Engine) -> None:
    found = answer(
        engine, "SELECT avg((income - 1000) / 12), stddev(income), count(income), variance(-income) FROM owners"
    )

    assert found == raw(
        engine,
        "SELECT avg((income - 1000) / 12), stddev(income), count(income), variance(-income) FROM owners WHERE c_1",
    )


def test_one_person_gives_no_row(engine: Engine) -> None:
    assert answer(engine, "SELECT sum(income) FROM owners WHERE owner_no = 'p10'") == []


def test_people_without_a_value_hide_nobody(engine: Engine) -> None:
    sql = "SELECT sum(income) FROM owners WHERE owner_no IN ('p10', 'p11', 'p13', 'p14', 'p16', 'p17')"
    assert len(answer(engine, sql)) == 1

    engine.connection.execute("UPDATE __base.d_1 SET income = NULL WHERE owner_no IN ('p11', 'p13')")
    engine.load(sql_world.BASE_OWNERS, sql_world.fetch(engine.connection, "SELECT * FROM __base.d_1"))

    assert answer(engine, sql) == []


def test_a_failing_having_tells_nothing_of_one_person(engine: Engine) -> None:
    probe = "SELECT 1 FROM owners WHERE owner_no = 'p10' HAVING CAST(if(sum(income) > {}, 'boom', '1') AS INT) = 1"

    assert answer(engine, probe.format(0)) == answer(engine, probe.format(10**9)) == []


def test_an_overflow_tells_nothing_of_one_person(engine: Engine) -> None:
    probe = "SELECT sum(income * 1000000000 * 1000000000 * 1000000000) FROM owners WHERE owner_no = 'p10'"

    assert answer(engine, probe) == []


def test_a_join_is_exact_where_nobody_dominates(engine: Engine) -> None:
    joined = "owners o JOIN claims c ON o.owner_no = c.owner_no"
    sql = f"SELECT o.city, sum(o.income) AS s FROM {joined} {{}} GROUP BY 1 ORDER BY 1"

    found = answer(engine, sql.format("WHERE o.city = 'A'"))

    assert found == raw(engine, sql.format("WHERE o.city = 'A' AND o.c_1 AND c.c_1"))


def test_a_join_that_repeats_one_person_is_silent(engine: Engine) -> None:
    one = "o.owner_no = 'p20' OR c.claim_no = 'k20-0'"
    repeated = f"SELECT sum(o.income) FROM owners o JOIN claims c ON o.city = c.kind WHERE {one}"
    assert answer(engine, repeated) == []


def test_groups_of_rollup_are_judged_one_by_one(engine: Engine) -> None:
    found = answer(engine, "SELECT city, sum(income) AS s FROM owners GROUP BY ROLLUP (city)")

    assert sorted(str(city) for city, _ in found) == ["A", "B", "C", "None", "丁"]


def test_a_small_group_is_silent_in_a_derived_table_too(engine: Engine) -> None:
    assert answer(engine, "SELECT count(*) FROM (SELECT owner_no, sum(income) FROM owners GROUP BY 1)") == [(0,)]


@pytest.mark.parametrize("text", ["sum(income)", "avg(income)", "stddev_pop(income / 7)", "var_samp(2 * income)"])
def test_a_permitted_aggregate_may_stand_in_having_and_order_by(text: str, engine: Engine) -> None:
    found = answer(engine, f"SELECT city, {text} FROM owners GROUP BY ALL HAVING {text} > 0 ORDER BY {text}")

    assert len(found) == len(sql_world.CITIES)
