import contextlib
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.errors import FormSyntaxError
from policies.forms import Form, FormKind, apply, parse_form, result_type, sql, stricter
from policies.vocabulary import FormClass
from tests.property.strategies_forms import CONTEXT, VALUES, forms

COLUMN = '"a column"'


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    found = duckdb.connect()
    for name, blob in CONTEXT.variables().items():
        found.execute(f"SET VARIABLE {name} = ?", [blob])
    return found


def same(one: Any, other: Any) -> bool:
    return one == other or (one != one and other != other)  # noqa: PLR0124 -- not-a-number is the one value unequal to itself


LIMITS = {"SMALLINT": 2**15, "DECIMAL(18,3)": 10**15}


def expected(form: Form, value: object, kind: str) -> object:
    """What is shown, but nothing where flooring leaves the column's type: Python's numbers have no bounds."""
    shown = apply(form, value, CONTEXT)
    outside = form.kind is FormKind.FLOOR and kind in LIMITS and shown is not None and shown <= -LIMITS[kind]
    return None if outside else shown


@pytest.mark.parametrize("kind", VALUES)
def test_the_two_implementations_of_a_form_are_equal(connection: duckdb.DuckDBPyConnection, kind: str) -> None:
    @given(forms(), st.lists(st.none() | VALUES[kind], min_size=1, max_size=12))
    @settings(max_examples=150, deadline=None)
    def check(form: Form, values: list[object]) -> None:
        rows = ", ".join(f"(CAST(? AS {kind}))" for _ in values)
        expression = sql(form, COLUMN, kind, CONTEXT)
        found = connection.execute(
            f"SELECT {COLUMN}, {expression}, typeof({expression}) FROM (VALUES {rows}) t({COLUMN})", values
        ).fetchall()

        for value, shown, typed in found:
            assert typed == result_type(form, kind)
            assert same(shown, expected(form, value, kind)), (str(form), value, shown)

    check()


@given(forms(), forms(), forms())
def test_stricter_is_a_total_order(one: Form, other: Form, third: Form) -> None:
    assert stricter(one, other) == stricter(other, one)
    assert stricter(one, stricter(other, third)) == stricter(stricter(one, other), third)
    assert stricter(one, one) == one


@given(forms())
def test_deny_beats_every_form(form: Form) -> None:
    assert stricter(form, parse_form("deny")).form_class is FormClass.DENIED


@given(forms())
def test_a_form_reads_back_from_its_own_text(form: Form) -> None:
    assert parse_form(str(form)) == form


@given(
    st.text("ab中0123", min_size=8, max_size=20),
    st.sampled_from(["keep_first(3)", "keep_last(4)", "keep_ends(2,3)", "all"]),
)
def test_masking_does_not_unmask_on_a_second_pass(text: str, mask: str) -> None:
    form = parse_form(f"mask:{mask}")
    once = apply(form, text, CONTEXT)

    assert apply(form, once, CONTEXT) == once


@given(st.text(max_size=40) | st.from_regex(r"\A(mask|generalise):[a-z_]{3,9}\([0-9a-z,]{0,6}\)\Z"))
def test_any_text_is_a_form_or_raises_the_parsers_own_error(text: str) -> None:
    with contextlib.suppress(FormSyntaxError):
        assert parse_form(str(parse_form(text))) == parse_form(text)
