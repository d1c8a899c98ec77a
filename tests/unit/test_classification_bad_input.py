"""Tables as nobody would wish them: each gives labels, none an exception, and memory stays in bounds."""

import pyarrow as pa
import pytest

from classification import Recognisers, load_recognisers, scan_table


@pytest.fixture(scope="module")
def recognisers() -> Recognisers:
    return load_recognisers()


def types(recognisers: Recognisers, **columns: object) -> dict[str, str]:
    table = pa.table(columns)
    found = scan_table("t", table, table.num_rows, recognisers=recognisers)
    return {label.field: label.entity_types[0] for label in found.fields}


def test_a_table_of_two_thousand_columns_is_scanned_whole(recognisers: Recognisers) -> None:
    columns = {f"c{number}": pa.array([str(number), "x"]) for number in range(1999)}
    found = types(recognisers, **columns, mobile=pa.array(["13800008001", "13900008002"]))

    assert len(found) == 2000
    assert found["mobile"] == "PHONE"


def test_cells_of_a_megabyte_are_looked_at_from_their_beginning(recognisers: Recognisers) -> None:
    found = types(
        recognisers, blob=pa.array(["字" * (1 << 20), "A" * (1 << 20)]), text=pa.array(["客户王芳来电" * 90000] * 2)
    )

    assert found["blob"] == "NONE"
    assert found["text"] in {"FREE_TEXT", "NONE"}


@pytest.mark.parametrize(
    "column",
    [
        pa.array([b"\x00\xff" * 40, b"\x89PNG"], pa.binary()),
        pa.array([b"0123456"] * 2, pa.binary(7)),
        pa.array([b"\xfe" * 9] * 2, pa.large_binary()),
        pa.array([["a", "b"], None], pa.list_(pa.string())),
        pa.array([{"a": 1}, None], pa.struct([("a", pa.int64())])),
        pa.array([[("k", "v")], None], pa.map_(pa.string(), pa.string())),
        pa.array([None, None]),
        pa.array([], pa.string()),
        pa.array([1, None], pa.duration("s")),
        pa.array([1, 2], pa.time64("us")),
        pa.array([1.5, float("nan")], pa.float32()),
        pa.array(["a", "a"]).dictionary_encode(),
        pa.array(["a", "b"], pa.large_string()),
        pa.array([True, None]),
    ],
    ids=lambda column: str(column.type),
)
def test_a_column_of_any_type_gets_a_label(recognisers: Recognisers, column: pa.Array) -> None:
    assert types(recognisers, c=column) == {"c": "NONE"}


def test_numbers_that_lost_their_zeros_and_floats_are_still_told(recognisers: Recognisers) -> None:
    phones = [13800008000 + number for number in range(50)]
    found = types(
        recognisers,
        手机=pa.array([float(phone) for phone in phones]),
        mobile=pa.array([f"{phone}.0" for phone in phones]),
        tel=pa.array(["1.38E+10"] * 25 + ["1.39E+10"] * 25),
        邮编=pa.array([10000 + number for number in range(50)]),
    )

    assert (found["手机"], found["mobile"], found["tel"]) == ("PHONE", "PHONE", "PHONE")
    assert found["邮编"] == "POSTCODE"


def test_values_of_two_kinds_in_one_column_are_both_named(recognisers: Recognisers) -> None:
    mixed = [f"1380000{n:04d}" for n in range(60)] + [f"u{n}@mail.example" for n in range(40)]
    table = pa.table({"contact": mixed})
    label = scan_table("t", table, 100, recognisers=recognisers).fields[0]

    assert set(label.entity_types) == {"PHONE", "EMAIL"}


def test_cells_that_hold_several_values_are_not_overlooked(recognisers: Recognisers) -> None:
    cells = [f"1380000{n:04d};1390000{n:04d}" for n in range(80)]
    label = scan_table("t", pa.table({"phones": cells}), 80, recognisers=recognisers).fields[0]

    assert "PHONE" in {one.type for one in label.entities} | set(label.entity_types)
    assert int(label.tier) >= 3


def test_words_for_no_value_and_invisible_characters_do_not_count(recognisers: Recognisers) -> None:
    phones = [f"138\u200b0000{n:04d}" for n in range(40)] + ["NULL", "无", "-", "", None, "N/A"] * 10
    label = scan_table("t", pa.table({"x": phones}), 100, recognisers=recognisers).fields[0]

    assert label.entity_types == ("PHONE",)
    assert label.entities[0].share == 1.0


def test_a_sample_says_how_much_it_may_have_missed(recognisers: Recognisers) -> None:
    table = pa.table({"a": ["x"] * 3000})

    assert scan_table("t", table, 9000, recognisers=recognisers).unseen_at_most == 0.001
    assert scan_table("t", table, 3000, recognisers=recognisers).unseen_at_most == 0.0
