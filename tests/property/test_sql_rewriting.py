"""Random statements of a small grammar: the governed answer equals the one on a plain copy, failures included."""

from collections.abc import Callable

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.workers.engine import Engine
from policies.sql import StatementRefusedError, rewrite
from tests import sql_world

TABLES = sql_world.tables()
NUMBERS = st.sampled_from(
    ["age", "premium", "score", "digits::INT", "length(city)", "7", "age + 1", "age % 5", "digits"]
)
TEXTS = st.sampled_from(
    ["city", "姓名", "owner_no", "digits", "upper(city)", "city || owner_no", "'A'", "left(owner_no, 2)"]
)
DATES = st.sampled_from(["born", "born + INTERVAL 1 DAY", "DATE '1990-01-01'", "joined", "date_trunc('year', born)"])
FOLDS = st.sampled_from(
    ["count(*)", "sum(age)", "min(city)", "max(born)", "count(DISTINCT city)", "avg(score)", "count(premium)"]
)


@st.composite
def conditions(draw: st.DrawFn, depth: int = 2) -> str:
    if depth and draw(st.booleans()):
        left, right = draw(conditions(depth - 1)), draw(conditions(depth - 1))
        return draw(st.sampled_from([f"({left} AND {right})", f"({left} OR {right})", f"NOT ({left})"]))
    operands = draw(st.sampled_from([NUMBERS, TEXTS, DATES]))
    left, right = draw(operands), draw(operands)
    return draw(
        st.sampled_from(
            [
                f"{left} = {right}",
                f"{left} < {right}",
                f"{left} IS NULL",
                f"{left} IS DISTINCT FROM {right}",
                f"{left} IN ({right}, {left})",
                f"{left} BETWEEN {right} AND {left}",
                "active",
                "city LIKE '%A'",
                "owner_no IN (SELECT owner_no FROM claims WHERE amount > 100)",
                "EXISTS (SELECT 1 FROM claims c WHERE c.owner_no = owners.owner_no AND c.amount > age)",
                f"CASE WHEN {left} IS NULL THEN true ELSE {left} = {right} END",
            ]
        )
    )


@st.composite
def statements(draw: st.DrawFn) -> str:
    source = draw(
        st.sampled_from(
            [
                "owners",
                "cars.owners",
                "(SELECT * FROM owners) AS owners",
                "owners JOIN claims AS k ON k.owner_no = owners.city",
                "owners LEFT JOIN (SELECT kind, count(*) AS n FROM claims GROUP BY kind) AS k ON k.kind = owners.city",
            ]
        )
    )
    where = draw(conditions())
    if draw(st.booleans()):
        key = draw(st.sampled_from(["city", "active", "age % 3"]))
        fold = draw(FOLDS.filter(lambda text: "owner_no" not in text))
        having = draw(st.sampled_from(["", " HAVING count(*) > 2", f" HAVING {fold} IS NOT NULL"]))
        return f"SELECT {key} AS k0, {fold} AS f0 FROM {source} WHERE {where} GROUP BY {key}{having}"
    items = draw(st.lists(st.one_of(NUMBERS, TEXTS, DATES), min_size=1, max_size=3))
    shown = ", ".join(f"{item} AS c{i}" for i, item in enumerate(items))
    text = f"SELECT {draw(st.sampled_from(['', 'DISTINCT ']))}{shown} FROM {source} WHERE {where}".replace(
        "owner_no AS", "owners.owner_no AS"
    )
    union = draw(st.sampled_from(["", "UNION ALL", "EXCEPT"]))
    return f"{text} {union} {text}" if union else text


def answer(ask: Callable[[], pa.Table]) -> list[str] | str:
    try:
        table = ask()
    except duckdb.Error:
        return "failed"
    return sorted(repr(row) for row in zip(*(column.to_pylist() for column in table.columns), strict=True))


@pytest.fixture(scope="module")
def governed(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    engine = Engine(memory_bytes=2**29, threads=1, temporary=str(tmp_path_factory.mktemp("t")))
    engine.load(sql_world.BASE_OWNERS, sql_world.owners(60, "texts"))
    engine.load(sql_world.BASE_CLAIMS, sql_world.claims(60, "texts"))
    return engine


@pytest.fixture(scope="module")
def plain(governed: Engine) -> duckdb.DuckDBPyConnection:
    return sql_world.plain_copy(governed)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sql=statements())
def test_a_random_statement_answers_like_the_plain_copy(
    sql: str, governed: Engine, plain: duckdb.DuckDBPyConnection
) -> None:
    found = answer(lambda: sql_world.run(governed, rewrite(sql, TABLES)))

    assert found == answer(lambda: sql_world.fetch(plain, sql))


@settings(max_examples=300, deadline=None)
@given(sql=st.text(alphabet=st.sampled_from(list("selctfromwh*(),.'\"-;1=[]{}:$?@ \n姓")), max_size=60))
def test_any_text_is_rewritten_or_refused(sql: str) -> None:
    for text in (sql, f"SELECT {sql} FROM owners", f"SELECT 1 FROM owners WHERE {sql}"):
        try:
            found = rewrite(text, TABLES)
        except StatementRefusedError:
            continue
        assert "phone" not in found.sql.lower()
