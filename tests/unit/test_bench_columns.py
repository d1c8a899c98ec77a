"""The evaluation of columns judges rightly and generates what it says."""

from pathlib import Path
from random import Random

import pytest

from bench.classification import identifiers as ids
from bench.classification.dirt import spoil
from bench.classification.generate_tables import Truth, read_tables, typed, write_tables
from bench.classification.kinds import CATEGORY_OF, KINDS, TIER_OF
from bench.classification.score_columns import calibration_error, confusions, judge, per_type, summary
from bench.classification.shapes import shape_of
from bench.classification.worlds import SPLITS, WIDER, World, pool_of

SMALL = ("songhe_initials__t_khxx", "pingtan_careless__登记表")


def rng(seed: int) -> Random:
    return Random(seed)  # noqa: S311 -- invented data, not secrets


def truth(header: str, kind: str, mark: str = "") -> Truth:
    return Truth("t.csv", header, kind, KINDS[kind].types, KINDS[kind].tiers, mark, "9{11}")


def field(said: str, tier: int, confidence: float = 0.9, status: str = "auto") -> dict[str, object]:
    return {
        "entity_types": [said],
        "category": CATEGORY_OF.get(said),
        "tier": tier,
        "confidence": confidence,
        "status": status,
    }


def test_families_of_the_splits_are_disjoint() -> None:
    families = [{table.family for table in read_tables(split)} for split in (*SPLITS, *WIDER)]

    assert len(set().union(*families)) == sum(map(len, families))
    assert min(map(len, families[: len(SPLITS)])) >= 10


def test_hardly_a_column_is_called_the_same_in_both_halves_of_the_widening_set() -> None:
    headers = [{column.header for table in read_tables(split) for column in table.columns} for split in WIDER]

    assert len(headers[0] & headers[1]) <= 10


def test_headers_of_one_table_are_unique_and_every_kind_exists() -> None:
    for split in SPLITS:
        for table in read_tables(split):
            headers = [column.header for column in table.columns]

            assert len(set(headers)) == len(headers)
            assert {column.kind for column in table.columns} <= set(KINDS)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for run in ("first", "second"):
        (tmp_path / run).mkdir()
        write_tables("tune", 1, tmp_path / run, rows=30, only=SMALL)

    files = sorted(path.name for path in (tmp_path / "first").glob("*.csv"))
    assert files
    assert all((tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes() for name in files)


def test_every_type_has_a_tier_and_every_personal_kind_a_category() -> None:
    for kind in KINDS.values():
        assert all(1 <= tier <= 5 for tier in kind.tiers)
        assert kind.types[0] in CATEGORY_OF or TIER_OF[kind.types[0]] == 1


def test_check_digits_agree_with_published_examples() -> None:
    assert ids.mod_11_2("11010519491231002") == "X"  # GB 11643-1999, example of the standard
    assert ids.luhn("411111111111111") == "1"
    assert ids.luhn("49015420323751") == "8"  # 3GPP TS 23.003 style example


def test_no_identity_number_names_a_county_that_exists() -> None:
    counties = {int(ids.id_card(rng(seed))[4:6]) for seed in range(300)}

    assert min(counties) > 90


def test_pools_of_the_splits_differ() -> None:
    for pool in ("surname", "given", "road", "hospital", "disease"):
        assert set(pool_of("tune", pool)) - set(pool_of("test", pool))


def test_missing_dirt_leaves_most_cells() -> None:
    spoilt = spoil(["13800138000"] * 400, ["missing"], rng(3))

    assert 300 < spoilt.count("13800138000") < 400


def test_typed_columns_lose_leading_zeros_as_files_do() -> None:
    assert typed(["0123", "", "45"]).to_pylist() == [123, None, 45]
    assert typed(["1.50", "2"]).to_pylist() == [1.5, 2.0]
    assert typed(["a1", "2"]).to_pylist() == ["a1", "2"]


def test_numbers_of_one_company_share_their_form() -> None:
    made = {KINDS["policy_no"].make(World(rng(seed), "tune", "7/acme"))[:2] for seed in range(40)}

    assert len(made) == 1


def test_shapes_hide_values() -> None:
    assert shape_of("浙A·12345") == "汉a·9{5}"


def test_a_right_type_among_several_counts() -> None:
    judged = judge([truth("exam", "exam")], {("t.csv", "exam"): field("HEALTH_DECLARATION", 4)})

    assert summary(judged)["type_accuracy"] == 1.0


def test_a_missing_field_is_an_error() -> None:
    with pytest.raises(KeyError):
        judge([truth("a", "phone")], {})


def test_under_grading_and_false_alarms_are_counted() -> None:
    truths = [truth("a", "phone"), truth("phone_flag", "flag", "!"), truth("x", "phone", "!")]
    said = {
        ("t.csv", "a"): field("NONE", 1),
        ("t.csv", "phone_flag"): field("PHONE", 3),
        ("t.csv", "x"): field("PHONE", 3, status="review"),
    }
    found = summary(judge(truths, said))

    assert found["type_accuracy"] == 0.3333
    assert found["under_graded"] == 1
    assert found["over_graded"] == 1
    assert found["misleading_harmless_called_personal"] == 1
    assert found["misleading_personal_type_accuracy"] == 1.0
    assert found["review_share"] == 0.3333


def test_calibration_error_is_zero_when_confidence_holds_and_large_when_not() -> None:
    assert calibration_error([(0.75, True)] * 3 + [(0.75, False)]) == 0.0
    assert calibration_error([(0.95, False)] * 10) == 0.95
    assert calibration_error([(1.0, True)]) == 0.0


def test_confusions_name_types_headers_and_shapes() -> None:
    judged = judge([truth("tel", "phone")], {("t.csv", "tel"): field("QQ", 3)})

    assert confusions(judged) == ["1 × PHONE called QQ: tel [9{11}] 0.90"]
    assert per_type(judged) == {"PHONE": (0, 1)}


@pytest.mark.parametrize(("split", "tells"), [("tune", True), ("test", False), ("held", False)])
def test_only_the_tune_split_tells_single_errors(
    split: str, tells: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from bench.classification import __main__ as runner

    report = {"summary": {"columns": 1}, "per_type": {"PHONE": "0/1"}, "confusions": ["PHONE called QQ"]}
    monkeypatch.setattr(runner, "PARTS", {"columns": lambda *_: dict(report)})
    monkeypatch.setattr("sys.argv", ["bench", "--split", split, "--part", "columns"])
    runner.main()
    shown = capsys.readouterr().out

    assert "0/1" in shown
    assert ("PHONE called QQ" in shown) is tells
