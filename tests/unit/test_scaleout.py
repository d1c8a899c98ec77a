"""What runs on executors, without a cluster; and the addresses of what Spark reads."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from classification.families.forms import written_forms
from classification.recognisers import HORIZON
from classification.tallywire import forms_digest
from governance.scaleout import spark_address
from governance.scaleout.counting import CountingError, Task
from governance.scaleout.spark import _ours
from governance.sources import SourceSchemeError

TASK = Task(("姓名", "a"), HORIZON, forms_digest(written_forms(HORIZON)))


@pytest.mark.parametrize(
    ("url", "place", "name"),
    [
        ("spark+parquet:///data/policies", "file:///data/policies", "policies"),
        ("spark+parquet:///data/policies/*.parquet", "file:///data/policies/*.parquet", "policies"),
        ("spark+parquet:///data/p.parquet", "file:///data/p.parquet", "p.parquet"),
        ("spark+parquet://data/p.parquet", "file:///base/data/p.parquet", "p.parquet"),
        ("spark+parquet+s3a://lake/a/p.parquet", "s3a://lake/a/p.parquet", "p.parquet"),
        ("spark+parquet+hdfs://node:9000/a", "hdfs://node:9000/a", "a"),
        ("spark+table://house.claims", "house.claims", "house.claims"),
    ],
)
def test_an_address_names_a_place_and_a_dataset(url: str, place: str, name: str) -> None:
    found = spark_address(url, Path("/base"))

    assert (found.place, found.name) == (place, name)


@pytest.mark.parametrize("url", ["spark+orc:///a", "spark+parquet://", "spark+table://", "spark+table+x://a", "spark+"])
def test_an_address_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(SourceSchemeError):
        spark_address(url, Path("/"))


def test_a_password_in_an_address_is_not_shown() -> None:
    assert "s3cret" not in spark_address("spark+parquet+s3a://key:s3cret@lake/a", Path("/")).shown


def test_what_fails_on_an_executor_quotes_no_cell() -> None:
    class Torn:
        def rename_columns(self, _: Any) -> Any:
            message = "cell 13800008001"
            raise ValueError(message)

    with pytest.raises(CountingError) as caught:
        list(TASK.count([Torn()]))

    assert str(caught.value) == "ValueError"
    assert caught.value.__suppress_context__


def test_an_executor_with_other_rules_refuses() -> None:
    with pytest.raises(CountingError, match="RulesDiffer"):
        list(Task(("a",), HORIZON, "0").count([]))


def test_an_empty_partition_adds_nothing() -> None:
    batch = pa.record_batch({"c0": ["王芳"], "c1": [1]})
    rows = [row for part in ([batch], []) for one in TASK.count(part) for row in one.to_pylist()]
    joined = dict(TASK.joined(rows))

    assert [(tally.rows, tally.columns[TASK.columns[place]].filled) for place, tally in joined.items()] == [(1, 1)] * 2


def test_of_what_spark_says_only_a_files_name_is_passed_on() -> None:
    text = "[FAILED_READ_FILE.NO_HINT] Encountered error while reading file file:///lake/%E5%9D%8F%202.parquet.  x"

    assert str(_ours(text, "t", "p")) == "`坏 2.parquet` is damaged or not of its kind: row group"
    assert "13800008001" not in str(_ours("[SOME_THING] value 13800008001", "t", "p"))
