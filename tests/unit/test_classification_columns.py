import json
from random import Random

import pyarrow as pa
import pytest

from classification import ColumnSample, Label, Recognisers, classify, load_recognisers
from policies.vocabulary import LabelStatus, Tier
from tests.unit.invented_columns import HEADERS, NEEDS_HEADER, NOT_PERSONAL, columns, makers

PHONES = [f"1380000{number:04d}" for number in range(60)]


@pytest.fixture(scope="module")
def recognisers() -> Recognisers:
    return load_recognisers()


def label(recognisers: Recognisers, name: str, values: object, comment: str | None = None) -> Label:
    return classify(
        ColumnSample(name, values if isinstance(values, pa.Array) else pa.array(values), comment), recognisers
    )


@pytest.mark.parametrize("family", ["tuning", "held_out"])
def test_columns_of_every_type_are_labelled_under_every_style_of_header(family: str, recognisers: Recognisers) -> None:
    invented = columns(family, seed=11)
    labels = [label(recognisers, column.name, column.values) for column in invented]
    right = [found.entity_types[0] == column.truth for found, column in zip(labels, invented, strict=True)]
    wanted = [recognisers.tiers.entities[column.truth].tier for column in invented]
    under = sum(found.tier < tier for found, tier in zip(labels, wanted, strict=True))

    assert sum(right) / len(right) >= 0.97
    assert under / len(labels) <= 0.01


def test_no_header_makes_what_is_not_personal_a_name_or_a_number_of_a_person(recognisers: Recognisers) -> None:
    import random

    random_ = random.Random(3)  # noqa: S311 -- invented data
    strict = {"PERSON", "PHONE", "EMAIL", "ADDRESS", "ID_CARD", "PLATE", "MEDICAL", "VIN", "IP"}
    for _, make in NOT_PERSONAL["held_out"]:
        values = pa.array([make(random_) for _ in range(100)])
        found = {label(recognisers, HEADERS["held_out"][kind][0], values).entity_types[0] for kind in strict}

        assert not found & strict


def test_a_misleading_header_does_not_hide_personal_values(recognisers: Recognisers) -> None:
    import random

    random_ = random.Random(5)  # noqa: S311 -- invented data
    for kind, make in makers("held_out").items():
        if kind in NEEDS_HEADER or kind == "HEALTH_DECLARATION":
            continue
        values = pa.array([make(random_) for _ in range(100)])

        assert {label(recognisers, name, values).entity_types[0] for name in ("status", "product_code", "c1")} == {kind}


@pytest.mark.parametrize(
    "values",
    [
        [int(phone) for phone in PHONES],
        [float(phone) for phone in PHONES],
        [f"{phone}.0" for phone in PHONES],
        [f"+86 {phone[:3]}-{phone[3:7]}-{phone[7:]}" for phone in PHONES],
        [phone.translate({0x30 + d: 0xFF10 + d for d in range(10)}) for phone in PHONES],
    ],
)
def test_telephones_are_known_in_whatever_form_they_arrive(values: object, recognisers: Recognisers) -> None:
    assert label(recognisers, "f03", values).entity_types == ("PHONE",)


def test_numbers_in_powers_of_ten_need_the_header(recognisers: Recognisers) -> None:
    lost = [f"{float(phone):.2E}" for phone in PHONES]

    assert label(recognisers, "手机号", lost).entity_types == ("PHONE",)
    assert label(recognisers, "x", lost).entity_types == ("NONE",)


def test_a_header_alone_never_decides_while_there_are_values(recognisers: Recognisers) -> None:
    found = label(recognisers, "客户手机号", ["蓝色", "红色", "绿色"] * 20)

    assert (found.entity_types, found.category, found.tier) == (("NONE",), None, Tier.PUBLIC)


def test_a_header_without_values_proposes_and_a_person_confirms(recognisers: Recognisers) -> None:
    found = label(recognisers, "客户手机号", pa.nulls(5))

    assert (found.entity_types, found.status) == (("PHONE",), LabelStatus.REVIEW)


def test_a_comment_on_the_column_speaks_as_its_header_does(recognisers: Recognisers) -> None:
    values = [f"66{number:012d}" for number in range(50)]

    assert label(recognisers, "c7", values).entity_types == ("NONE",)
    assert label(recognisers, "c7", values, comment="保单号").entity_types == ("POLICY_NO",)


def test_a_mixed_column_names_all_its_types_the_most_frequent_first(recognisers: Recognisers) -> None:
    mails = [f"u{number}@mail.example" for number in range(40)]
    found = label(recognisers, "contact", PHONES + mails)

    assert found.entity_types == ("PHONE", "EMAIL")
    assert [round(entity.share, 1) for entity in found.entities] == [0.6, 0.4]


def test_words_for_nothing_are_no_values(recognisers: Recognisers) -> None:
    found = label(recognisers, "f03", [*PHONES, "NULL", "-", "", "无", None, "N/A"])

    assert found.entities[0].share == 1


def test_free_text_lists_what_is_mentioned_and_health_raises_it(recognisers: Recognisers) -> None:
    calls = [f"客户要求回电，号码{phone}，请今天处理。" for phone in PHONES]
    ills = [f"患者因急性阑尾炎住院，回访电话{phone}，资料已齐。" for phone in PHONES]
    told, ill = label(recognisers, "f10", calls), label(recognisers, "f10", ills)

    assert (told.entity_types, told.tier) == (("FREE_TEXT",), Tier.CONFIDENTIAL)
    assert [entity.type for entity in told.entities] == ["PHONE"]
    assert (ill.entity_types, ill.tier) == (("FREE_TEXT",), Tier.SENSITIVE)


def test_running_text_without_mentions_is_not_personal(recognisers: Recognisers) -> None:
    texts = [f"本产品第{number}版条款，等待期九十天，免赔额一万元，详见说明。" for number in range(50)]

    assert label(recognisers, "remark", texts).entity_types == ("NONE",)


def test_shaped_numbers_whose_check_fails_are_no_cards(recognisers: Recognisers) -> None:
    serials = [f"20250102{number:010d}" for number in range(1000, 1100)]

    assert label(recognisers, "f05", serials).entity_types == ("NONE",)


def test_recent_dates_are_no_births_and_old_ones_are(recognisers: Recognisers) -> None:
    old = [f"{1950 + number % 50}-0{1 + number % 9}-11" for number in range(60)]
    new = [f"{2018 + number % 7}-0{1 + number % 9}-11" for number in range(60)]

    assert label(recognisers, "d1", old).entity_types == ("DATE_OF_BIRTH",)
    assert label(recognisers, "d1", new).entity_types == ("NONE",)


def test_no_raw_value_is_in_a_label(recognisers: Recognisers) -> None:
    for column in columns("held_out", seed=2, rows=40):
        found = label(recognisers, column.name, column.values)
        written = json.dumps([found.evidence, [str(e) for e in found.entities]], ensure_ascii=False)
        values = {str(value) for value in column.values.to_pylist() if value is not None and len(str(value)) > 3}

        assert not any(value in written for value in values)


def test_the_same_column_gets_the_same_label(recognisers: Recognisers) -> None:
    column = columns("held_out", seed=4)[0]

    assert label(recognisers, column.name, column.values) == label(load_recognisers(), column.name, column.values)


@pytest.mark.parametrize(
    "values",
    [
        pa.array([b"\x00\xff", None]),
        pa.array([[1.0, 2.0], None]),
        pa.array([{"a": 1}, None]),
        pa.array(["a", "b"]).dictionary_encode(),
        pa.array([float("nan"), float("inf"), 1e300]),
        pa.array(["\ud7ff" * 3, "x" * 100_000]),
        pa.array([True, False, None]),
        pa.array([], pa.int8()),
    ],
)
def test_columns_of_any_arrow_type_get_a_label(values: pa.Array, recognisers: Recognisers) -> None:
    assert label(recognisers, "x", values).entity_types


def test_a_column_of_time_spans_is_labelled_like_any_other(recognisers: Recognisers) -> None:
    spans = pa.array([(1, 2, 3), None, (0, 0, 0)], pa.month_day_nano_interval())

    assert label(recognisers, "waited", spans).category is None


def test_numbers_of_eleven_digits_are_telephones_only_where_nearly_all_could_be(recognisers: Recognisers) -> None:
    random = Random(4)  # noqa: S311 -- invented numbers
    orders = [f"1{random.randrange(10**10):010d}" for _ in range(300)]
    phones = [f"1{random.choice((38, 39, 50, 86, 98))}{random.randrange(10**8):08d}" for _ in range(300)]

    assert classify(ColumnSample("col_a", pa.array(orders)), recognisers).entity_types == ("NONE",)
    assert classify(ColumnSample("col_a", pa.array(phones)), recognisers).entity_types == ("PHONE",)


def test_a_secret_that_looks_like_a_hash_is_a_secret_where_its_header_says_so(recognisers: Recognisers) -> None:
    values = [f"{number:064x}"[-40:] for number in range(7**40, 7**40 + 60)]

    assert label(recognisers, "app_secret", values).entity_types[0] == "AUTH_SECRET"
    assert label(recognisers, "f07", values).entity_types[0] == "HASH"


def test_kinship_is_known_by_its_words_whoever_it_is_told_of(recognisers: Recognisers) -> None:
    values = ["被保险人之配偶", "被保险人之子女", "被保险人本人", "叔侄", "婆媳", "母子关系"] * 20

    assert label(recognisers, "f08", values).entity_types[0] == "RELATIONSHIP"


def test_amounts_may_name_their_currency(recognisers: Recognisers) -> None:
    values = [f"CNY {number * 37:,}.50" for number in range(10, 90)]

    assert label(recognisers, "annual_premium", values).entity_types[0] == "PREMIUM"


def test_an_amount_under_a_doubtful_word_is_graded_high_and_a_person_is_asked(recognisers: Recognisers) -> None:
    found = label(recognisers, "invoice_amount", [f"{number * 37.5:.2f}" for number in range(10, 90)])

    assert found.tier == 3
    assert found.status is LabelStatus.REVIEW


@pytest.mark.parametrize("form", ["{d:02}-{m}-{y}", "{m} {d}, {y}", "{d} {m} {y}"])
def test_dates_of_birth_may_spell_the_month(form: str, recognisers: Recognisers) -> None:
    months = ["Jan", "Mar", "May", "Oct"]
    values = [form.format(d=1 + n % 28, m=months[n % 4], y=1950 + n) for n in range(50)]

    assert label(recognisers, "DateOfBirth", values).entity_types[0] == "DATE_OF_BIRTH"


def test_a_word_that_is_no_month_makes_no_date(recognisers: Recognisers) -> None:
    values = [f"{1 + n % 28:02}-Kit-{1950 + n}" for n in range(50)]

    assert label(recognisers, "f02", values).entity_types[0] == "NONE"
