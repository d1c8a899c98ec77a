"""A scan on a cluster says what a full scan on one machine says, and keeps values where they are."""

import os
import signal
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from classification import DatasetLabel, Recognisers
from governance.journeys.depth import Depth
from governance.journeys.scan import scan_files
from governance.scaleout import scan_spark, spark_address
from governance.scaleout.counting import Task
from governance.scaleout.errors import SparkLostError, SparkReleaseError
from governance.scaleout.spark import count_frame, read_frame
from governance.sources import SourceBrokenError, SourceEmptyError, SourceMissingError, SourceSpec

pytestmark = [pytest.mark.spark, pytest.mark.slow]
FACTS = {"subject": "minor_under_14"}


@pytest.fixture(scope="module")
def local(whole: Path, recognisers: Recognisers) -> DatasetLabel:
    spec = SourceSpec("one", str(whole), whole.parent)
    return scan_files(spec, {whole.name: FACTS}, recognisers, Depth(full=True)).datasets[0]


def frame_of(session: Any, place: Path | str) -> Any:
    return read_frame(session, spark_address(f"spark+parquet://{place}", Path("/")))


def test_labels_equal_the_full_scan_on_one_machine(
    session: Any, folder: Path, local: DatasetLabel, recognisers: Recognisers
) -> None:
    found = scan_spark(frame_of(session, folder), folder.name, FACTS, recognisers)

    assert {label.field: label for label in found.fields} == {label.field: label for label in local.fields}
    assert found == local
    assert found.sampled == found.rows == 50_000


@pytest.mark.parametrize("partitions", [1, 3, 16])
def test_the_number_of_partitions_changes_nothing(
    session: Any, folder: Path, local: DatasetLabel, recognisers: Recognisers, partitions: int
) -> None:
    found = scan_spark(frame_of(session, folder).repartition(partitions), folder.name, FACTS, recognisers)

    assert found == local


def test_tallies_joined_by_the_driver_give_the_same(
    session: Any, folder: Path, local: DatasetLabel, recognisers: Recognisers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("governance.scaleout.spark.is_encrypted", lambda _: False)
    found = scan_spark(frame_of(session, folder).repartition(5), folder.name, FACTS, recognisers)

    assert found == local


def test_no_value_is_in_logs_or_on_disks(
    session: Any, spark_home: Path, folder: Path, table: pa.Table, recognisers: Recognisers
) -> None:
    scan_spark(frame_of(session, folder), folder.name, {}, recognisers)
    written = [path for path in (spark_home / "work").rglob("*") if path.is_file()]
    blocks = [path for path in Path(session.conf.get("spark.local.dir")).rglob("*") if path.is_file()]
    values = [value.encode() for value in table["保单号"].to_pylist()[::50]]

    assert written
    assert [path for path in blocks if path.name.startswith("shuffle_")]
    assert [path for path in written + blocks if any(value in path.read_bytes() for value in values)] == []


def test_every_port_listens_on_this_machine_only(session: Any) -> None:
    jvm = session.sparkContext._jvm.java.lang.ProcessHandle.current().pid()
    inodes = {str(link.readlink()) for link in Path(f"/proc/{jvm}/fd").iterdir() if link.is_symlink()}
    lines = [
        line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    listening = [line[1].partition(":")[0] for line in lines if line[3] == "0A" and f"socket:[{line[9]}]" in inodes]

    assert listening
    assert set(listening) <= {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}


def test_columns_that_only_some_files_have_are_scanned(session: Any, tmp_path: Path, recognisers: Recognisers) -> None:
    pq.write_table(pa.table({"a": [1, 2]}), tmp_path / "1.parquet")
    pq.write_table(pa.table({"a": [3], "电话": ["13800008001"]}), tmp_path / "2.parquet")
    found = scan_spark(frame_of(session, tmp_path), "x", {}, recognisers)

    assert (found.rows, [label.field for label in found.fields]) == (3, ["a", "电话"])
    assert found.fields[1].entity_types == ("PHONE",)


def test_a_table_of_the_catalogue_is_scanned_with_its_comments(session: Any, recognisers: Recognisers) -> None:
    session.sql("SELECT 'x1' AS f01").createOrReplaceTempView("claims")
    frame = read_frame(session, spark_address("spark+table://claims", Path("/")))

    assert scan_spark(frame, "claims", {}, recognisers).fields[0].field == "f01"


def test_a_broken_footer_is_named_by_its_file(session: Any, tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1]}), tmp_path / "1.parquet")
    (tmp_path / "坏 2.parquet").write_bytes(b"PAR1 nothing at all")

    with pytest.raises(SourceBrokenError, match=r"坏 2\.parquet.*footer"):
        frame_of(session, tmp_path)


def test_a_broken_row_group_is_named_by_its_file(session: Any, tmp_path: Path, recognisers: Recognisers) -> None:
    cells = pa.table({"a": [f"v{number:08d}" for number in range(20_000)]})
    pq.write_table(cells, tmp_path / "1.parquet", use_dictionary=False)
    raw = bytearray((tmp_path / "1.parquet").read_bytes())
    raw[200:20_000] = b"\xff" * 19_800
    (tmp_path / "1.parquet").write_bytes(raw)

    with pytest.raises(SourceBrokenError, match=r"1\.parquet.*row group"):
        scan_spark(frame_of(session, tmp_path), "x", {}, recognisers)


def test_files_whose_schemas_contradict_are_refused(session: Any, tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1]}), tmp_path / "1.parquet")
    pq.write_table(pa.table({"a": ["x"]}), tmp_path / "2.parquet")

    with pytest.raises(SourceBrokenError, match="schema"):
        frame_of(session, tmp_path)


def test_time_in_nanoseconds_is_refused_by_name(session: Any, tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": pa.array([1], pa.timestamp("ns"))}), tmp_path / "1.parquet")

    with pytest.raises(SourceBrokenError, match="nanoseconds"):
        frame_of(session, tmp_path)


def test_a_path_that_is_not_there_is_told(session: Any, tmp_path: Path) -> None:
    with pytest.raises(SourceMissingError, match=r"gone"):
        frame_of(session, tmp_path / "gone")
    with pytest.raises(SourceMissingError, match=r"\*\.pq"):
        frame_of(session, tmp_path / "*.pq")


def test_an_empty_folder_is_told(session: Any, tmp_path: Path) -> None:
    with pytest.raises(SourceEmptyError):
        frame_of(session, tmp_path)


def test_executors_with_other_rules_are_refused(session: Any, recognisers: Recognisers) -> None:
    task = Task(("a",), date(2026, 1, 1), "0" * 32)

    with pytest.raises(SparkReleaseError):
        count_frame(session.range(3), task, "x")


def test_lost_executors_end_the_scan_with_a_clear_error(session: Any, folder: Path, recognisers: Recognisers) -> None:
    def killing(batches: Any) -> Iterator[pa.RecordBatch]:
        """End the executor's own process: the parent of the daemon that forked this worker."""
        daemon = os.getppid()
        os.kill(int(Path(f"/proc/{daemon}/stat").read_text().rpartition(")")[2].split()[1]), signal.SIGKILL)
        yield from batches

    frame = frame_of(session, folder)
    lost = frame.select("ok").mapInArrow(killing, "ok boolean")

    with pytest.raises(SparkLostError):
        scan_spark(lost, "x", {}, recognisers)
