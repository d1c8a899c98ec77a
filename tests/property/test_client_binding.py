"""Parameters as literals: whatever the value, the engine reads back that value and the statement stays the same."""

import datetime as dt
from decimal import Decimal

import duckdb
from hypothesis import example, given
from hypothesis import strategies as st
from sqlglot import exp, parse_one

from governance.client.binding import bind, literal

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(-(10**9), 10**9, places=4),
    st.dates(dt.date(1, 1, 1)),
    st.datetimes(dt.datetime(1, 1, 1), dt.datetime(9999, 1, 1)),  # noqa: DTZ001 -- the type without a zone is meant
    TEXTS,
)


@given(TEXTS)
@example("'; DROP TABLE x; --")
@example("\\")
@example("?")
@example("$mj_parameter_0")
@example("'' OR ''='")
def test_a_text_is_one_literal_and_nothing_more(value: str) -> None:
    tree = parse_one(bind("SELECT a FROM t WHERE b = ?", [value]), dialect="duckdb")
    literals = list(tree.find_all(exp.Literal))

    assert [one.this for one in literals] == [value]
    literals[0].replace(exp.Placeholder())
    assert tree.sql("duckdb") == "SELECT a FROM t WHERE b = ?"


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_the_engine_reads_back_what_was_bound(values: list[object]) -> None:
    markers = ", ".join(f"? AS c{place}" for place in range(len(values)))
    (row,) = duckdb.sql(bind(f"SELECT {markers}", values)).fetchall()

    for found, given_value in zip(row, values, strict=True):
        if isinstance(given_value, Decimal | float):
            assert float(found) == float(given_value)
        else:
            assert found == given_value


@given(TEXTS, TEXTS)
def test_parameters_take_their_places_in_the_order_of_the_text(first: str, second: str) -> None:
    statement = bind("SELECT (SELECT ? AS x WHERE true LIMIT 1) AS a, '?' AS q, ? AS b -- ?", [first, second])

    assert duckdb.sql(statement).fetchall() == [(first, "?", second)]


def test_a_negative_number_keeps_its_operator_apart() -> None:
    assert duckdb.sql(bind("SELECT 5 -? AS a", [-3])).fetchall() == [(8,)]
    assert literal(-3).sql("duckdb") == "(-3)"
