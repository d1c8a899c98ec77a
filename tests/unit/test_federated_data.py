"""Files that would spoil a run are refused before it starts, with all problems named and no value shown."""

from pathlib import Path

import numpy as np
import pytest

from federated import read_job
from federated.errors import DataRefusedError
from federated.training import prepare
from tests.federated_data import Table, credit, parts, write, write_job


def told(folder: Path, tables: list[Table], model: str = "{kind: gbdt}", extra: str = "", task: str = "binary") -> str:
    path = write_job(folder, tables, model, task)
    path.write_text(path.read_text() + extra)
    with pytest.raises(DataRefusedError) as caught:
        prepare(read_job(path))
    return caught.value.detail("en")


@pytest.fixture
def thirds() -> list[Table]:
    return parts(credit(180), [60, 120])


def test_good_files_give_features_in_the_order_of_the_files(tmp_path: Path, thirds: list[Table]) -> None:
    found = prepare(read_job(write_job(tmp_path, thirds)))

    assert found.features == tuple(f"x{i}" for i in range(6))
    assert found.partners["p2"].features.shape == (6, 60)


def test_a_missing_and_an_extra_column_are_both_named(tmp_path: Path, thirds: list[Table]) -> None:
    thirds[1]["x9"] = thirds[1].pop("x3")

    found = told(tmp_path, thirds)

    assert "p2 (p2.csv) `x3`: the column is missing" in found
    assert "p2 (p2.csv) `x9`: the column is in no other file" in found


def test_columns_that_are_not_listed_may_differ(tmp_path: Path, thirds: list[Table]) -> None:
    thirds[1]["note"] = thirds[1]["x3"]
    path = write_job(tmp_path, thirds)
    path.write_text(path.read_text().replace("features: all", "features: [x2, x0]"))

    assert prepare(read_job(path)).features == ("x2", "x0")


def test_text_in_a_number_column_is_refused_without_showing_it(tmp_path: Path, thirds: list[Table]) -> None:
    thirds[2]["x1"] = np.array(["secret-value"] * 60)

    found = told(tmp_path, thirds)

    assert "p3 (p3.csv) `x1`: holds string" in found
    assert "secret" not in found


def test_fewer_than_twenty_rows_are_refused(tmp_path: Path) -> None:
    assert "19 row(s), at least 20" in told(tmp_path, parts(credit(139), [60, 120]))


def test_missing_labels_are_refused(tmp_path: Path, thirds: list[Table]) -> None:
    labels = thirds[0]["y"].astype(float)
    labels[:3] = np.nan
    thirds[0]["y"] = labels

    assert "`y`: 3 label(s) are missing" in told(tmp_path, thirds)


def test_labels_other_than_zero_and_one_are_refused(tmp_path: Path, thirds: list[Table]) -> None:
    thirds[0]["y"] = thirds[0]["y"] + 1

    assert "label(s) are neither 0 nor 1" in told(tmp_path, thirds)


def test_infinite_values_are_refused(tmp_path: Path, thirds: list[Table]) -> None:
    thirds[0]["x1"] = np.where(np.arange(60) < 2, np.inf, thirds[0]["x1"].astype(float))

    assert "2 value(s) are infinite" in told(tmp_path, thirds)


def test_missing_values_are_refused_for_linear_models_only(tmp_path: Path) -> None:
    tables = parts(credit(300, missing=0.2), [100, 200])

    assert "need complete columns" in told(tmp_path, tables, "{kind: logistic}")
    assert prepare(read_job(write_job(tmp_path, tables))).features


def test_a_file_that_is_not_there_is_named(tmp_path: Path, thirds: list[Table]) -> None:
    path = write_job(tmp_path, thirds)
    (tmp_path / "p2.csv").unlink()

    with pytest.raises(DataRefusedError) as caught:
        prepare(read_job(path))

    assert "p2 (p2.csv): there is no such file" in caught.value.detail("en")


@pytest.mark.parametrize("content", [b"", b"a,b\n1\n2,3,4\n", b"\x00\xff\xfe\x80", b"PAR1"])
@pytest.mark.parametrize("ending", ["csv", "parquet", "txt"])
def test_what_is_no_table_is_refused_with_our_error(
    tmp_path: Path, thirds: list[Table], content: bytes, ending: str
) -> None:
    path = write_job(tmp_path, thirds)
    (tmp_path / f"bad.{ending}").write_bytes(content)
    path.write_text(path.read_text().replace("p2.csv", f"bad.{ending}"))

    with pytest.raises(DataRefusedError):
        prepare(read_job(path))


def test_a_test_file_of_one_class_is_refused(tmp_path: Path, thirds: list[Table]) -> None:
    table = credit(40)
    table["y"] = np.zeros(40, dtype=np.int64)
    write(table, tmp_path / "test.csv")

    assert "one class only" in told(tmp_path, thirds, extra="evaluate: {data: test.csv}\n")


def test_a_protected_text_column_is_no_feature(tmp_path: Path, thirds: list[Table]) -> None:
    for table in thirds:
        table["region"] = np.array(["north", "south"])[np.arange(60) % 2]
    path = write_job(tmp_path, thirds)
    path.write_text(path.read_text() + "protected: [region]\n")

    assert "region" not in prepare(read_job(path)).features


def test_a_protected_column_of_many_texts_is_refused(tmp_path: Path, thirds: list[Table]) -> None:
    for table in thirds:
        table["region"] = np.array([f"r{i}" for i in range(60)])

    assert "too many for groups" in told(tmp_path, thirds, extra="protected: [region]\n")
