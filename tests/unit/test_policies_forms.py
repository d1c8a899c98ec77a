import hmac
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256

import pytest

from policies.errors import FormContextError, FormSyntaxError
from policies.forms import Form, FormContext, apply, parse_form, sql, stricter
from policies.vocabulary import FormClass

KEY = b"an invented key of enough bytes."
CONTEXT = FormContext("pricing_study", KEY, date(2026, 3, 2))


@pytest.mark.parametrize(
    ("form", "value", "shown"),
    [
        ("raw", 7, 7),
        ("mask:keep_first(3)", "10012345678", "100**"),
        ("mask:keep_first(0)", "abc", "**"),
        ("mask:keep_last(4)", "10012345678", "**5678"),
        ("mask:keep_last(0)", "abc", "**"),
        ("mask:keep_ends(3,4)", "10012345678", "100****5678"),
        ("mask:keep_ends(3, 4)", "1001567", "100****1567"),
        ("mask:keep_ends(3,4)", "100156", "****"),
        ("mask:keep_ends(0,0)", "", "****"),
        ("mask:all", "", "****"),
        ("mask:keep_first(1)", "林工", "林**"),
        ("mask:keep_last(2)", 12345, "**45"),
        ("mask:keep_first(4)", date(1990, 5, 7), "1990**"),
        ("generalise:year", date(1990, 5, 7), date(1990, 1, 1)),
        ("generalise:month", date(1990, 5, 7), date(1990, 5, 1)),
        ("generalise:month", datetime(1990, 5, 7, 8, 9), date(1990, 5, 1)),  # noqa: DTZ001 -- as DuckDB gives it
        ("generalise:year", "1990年5月7日", date(1990, 1, 1)),
        ("generalise:year", "1990-02-30", None),
        ("generalise:floor(1000)", 12345, 12000),
        ("generalise:floor(1000)", -1, -1000),
        ("generalise:floor(10)", Decimal("19.99"), Decimal(10)),
        ("generalise:floor(10)", 19.99, 10.0),
        ("generalise:floor(10)", "19.99", "10"),
        ("generalise:floor(10)", "red", None),
        ("generalise:floor(10)", True, None),
        ("generalise:age_band(5)", date(1992, 3, 2), "30-34"),
        ("generalise:age_band(5)", date(1991, 3, 2), "35-39"),
        ("generalise:age_band(5)", date(1991, 3, 3), "30-34"),
        ("generalise:age_band(5)", 34, "30-34"),
        ("generalise:age_band(5)", "34", "30-34"),
        ("generalise:age_band(5)", 990399199003077, None),
        ("generalise:age_band(5)", date(2030, 1, 1), None),
        ("generalise:prefix(2)", "粤B12345", "粤B"),
        ("generalise:region(province)", "广东省深圳市南山区科技园1号", "广东省"),
        ("generalise:region(city)", "广东省深圳市南山区科技园1号", "广东省深圳市"),
        ("generalise:region(district)", "广东省深圳市南山区科技园1号", "广东省深圳市南山区"),
        ("generalise:region(city)", "北京市朝阳区建国路1号", "北京市"),
        ("generalise:region(district)", "上海浦东新区世纪大道1号", "上海浦东新区"),
        ("generalise:region(city)", "广东路1号", None),
        ("aggregate", 7, None),
        ("deny", 7, None),
    ],
)
def test_a_form_shows_what_the_interface_says(form: str, value: object, shown: object) -> None:
    assert apply(parse_form(form), value, CONTEXT) == shown
    assert type(apply(parse_form(form), value, CONTEXT)) is type(shown)


@pytest.mark.parametrize(
    "form", ["raw", "mask:all", "mask:keep_ends(1,1)", "generalise:year", "generalise:region(city)", "token"]
)
def test_nothing_stays_nothing(form: str) -> None:
    assert apply(parse_form(form), None, CONTEXT) is None


@pytest.mark.parametrize(
    "text",
    [
        *("", " raw", "RAW", "raw()", "mask", "mask:", "mask:keep_first", "mask:keep_first()", "mask:keep_first(-1)"),
        *("mask:keep_first(1,2)", "mask:keep_ends(1)", "mask:keep_first(1) ", "mask:keep_first(１)", "mask:all()"),
        *(
            "generalise:floor(0)",
            "generalise:floor(1.5)",
            "generalise:floor(99999999999999999)",
            "generalise:prefix(0)",
        ),
        *("generalise:age_band(0)", "generalise:age_band(151)", "generalise:region(street)", "generalise:region"),
        *(
            "generalise:region(1)",
            "generalise:week",
            "token(1)",
            "aggregate()",
            "deny ",
            "mask:keep_first((1))",
            "raw\n",
        ),
    ],
)
def test_text_outside_the_grammar_is_refused(text: str) -> None:
    with pytest.raises(FormSyntaxError) as caught:
        parse_form(text)

    assert "keep_first" in caught.value.next_step("zh")


@pytest.mark.parametrize(
    ("wider", "narrower"),
    [
        ("raw", "mask:keep_ends(3,4)"),
        ("mask:keep_ends(3,4)", "mask:keep_last(4)"),
        ("mask:keep_first(3)", "mask:keep_first(2)"),
        ("generalise:floor(10)", "generalise:floor(1000)"),
        ("generalise:age_band(5)", "generalise:age_band(10)"),
        ("generalise:month", "generalise:year"),
        ("generalise:region(district)", "generalise:region(city)"),
        ("generalise:age_band(10)", "mask:all"),
        ("mask:all", "token"),
        ("token", "aggregate"),
        ("aggregate", "deny"),
    ],
)
def test_of_two_forms_the_one_that_shows_less_holds(wider: str, narrower: str) -> None:
    assert stricter(parse_form(wider), parse_form(narrower)) == parse_form(narrower)
    assert stricter(parse_form(narrower), parse_form(wider)) == parse_form(narrower)


def test_each_form_has_its_class_in_the_matrix() -> None:
    classes = {text: parse_form(text).form_class for text in ("raw", "mask:all", "generalise:year", "token", "deny")}

    assert list(classes.values()) == [
        *(FormClass.RAW, FormClass.MASKED, FormClass.MASKED, FormClass.TOKENISED, FormClass.DENIED)
    ]


def test_a_token_is_the_hmac_of_the_text_under_the_purpose_key() -> None:
    purpose_key = hmac.new(KEY, b"mingjing/token/pricing_study", sha256).digest()
    digest = hmac.new(purpose_key, "林工".encode(), sha256).hexdigest()

    assert apply(parse_form("token"), "林工", CONTEXT) == f"tok_{digest[:22]}"


def test_tokens_of_two_purposes_under_one_key_are_not_alike() -> None:
    other = FormContext("marketing", KEY, CONTEXT.today)

    assert apply(parse_form("token"), "x", CONTEXT) != apply(parse_form("token"), "x", other)


def test_a_number_and_its_text_have_one_token_so_that_tables_join() -> None:
    assert apply(parse_form("token"), 42, CONTEXT) == apply(parse_form("token"), "42", CONTEXT)


def test_no_key_stands_in_a_statement_or_a_printed_context() -> None:
    text = sql(parse_form("token"), '"a"', "VARCHAR", CONTEXT)

    assert "getvariable('token_inner')" in text
    for secret in (KEY, *CONTEXT.variables().values()):
        assert secret.hex() not in text.lower()
        assert str(secret)[2:-1] not in repr(CONTEXT)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(FormContextError):
        FormContext("p", b"short", date(2026, 1, 1))


@pytest.mark.parametrize(("inner", "outer"), [("same", "same"), ("a') --", "b"), ("A", "b"), ("", "b")])
def test_unsafe_variable_names_are_refused(inner: str, outer: str) -> None:
    with pytest.raises(FormContextError):
        FormContext("p", KEY, date(2026, 1, 1), inner, outer)


def test_a_token_without_its_variables_shows_nothing() -> None:
    import duckdb

    with duckdb.connect() as connection:
        text = sql(parse_form("token"), '"a"', "VARCHAR", CONTEXT)
        assert connection.execute(f"SELECT {text} FROM (VALUES ('x')) t(\"a\")").fetchall() == [(None,)]


@pytest.mark.parametrize(
    ("form", "kind", "value"),
    [
        ("generalise:floor(1000)", "BIGINT", -(2**63)),
        ("generalise:floor(1000)", "UTINYINT", 200),
        ("generalise:floor(7)", "HUGEINT", -(2**127)),
        ("generalise:floor(7)", "UHUGEINT", 2**128 - 1),
        ("generalise:floor(7)", "DECIMAL(38,0)", "-99999999999999999999999999999999999999"),
        ("generalise:floor(7)", "DECIMAL(38,38)", "0.99999999999999999999999999999999999999"),
        ("generalise:floor(7)", "FLOAT", "3.4e38"),
        ("generalise:floor(7)", "DOUBLE", "infinity"),
        ("generalise:year", "DATE", "infinity"),
        ("generalise:month", "TIMESTAMP", "-infinity"),
        ("generalise:age_band(5)", "DATE", "290000-01-01"),
        ("generalise:age_band(5)", "DATE", "0001-01-01 (BC)"),
        ("generalise:age_band(5)", "INTEGER[]", "[1, 2]"),
        ("generalise:year", "TIME", "10:00"),
        ("mask:all", "INTEGER[]", "[1, 2]"),
        ("deny", "ENUM('a', 'b')", "a"),
    ],
)
def test_no_value_at_the_edge_of_its_type_makes_a_statement_fail(form: str, kind: str, value: object) -> None:
    import duckdb

    with duckdb.connect() as connection:
        text = sql(parse_form(form), '"a"', kind, CONTEXT)
        connection.execute(f'SELECT {text} FROM (SELECT CAST(? AS {kind})) t("a")', [str(value)]).fetchall()


@pytest.mark.parametrize("kind", ["SMALLINT", "BIGINT", "DECIMAL(18,3)", "DOUBLE", "UINTEGER", "VARCHAR"])
def test_flooring_keeps_the_type_of_the_column(kind: str) -> None:
    import duckdb

    with duckdb.connect() as connection:
        text = sql(Form(parse_form("generalise:floor(5)").kind, (5,)), '"a"', kind, CONTEXT)
        assert connection.execute(f'SELECT typeof({text}) FROM (SELECT CAST(7 AS {kind})) t("a")').fetchone() == (kind,)
