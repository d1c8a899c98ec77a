"""`mingjing scan spark+parquet://…` answers as `mingjing scan --full` does, and says what is missing."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from governance.scaleout.errors import SparkJavaError, SparkMissingError
from governance.scaleout.spark import spark_session

pytestmark = [pytest.mark.spark, pytest.mark.slow]


def scan(folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "governance.cli.main", "scan", *arguments, "--json", "--data-dir", str(folder / "var")],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
        env=os.environ | {"MINGJING_SPARK_MASTER": "local[2]", "JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1"},
    )
    return done.returncode, json.loads(done.stdout)


def test_the_command_gives_the_document_of_a_full_scan(
    spark_home: Path, folder: Path, whole: Path, tmp_path: Path
) -> None:
    meta = tmp_path / "meta.json"
    meta.write_text(json.dumps({"保单.parquet": {"subject": "minor_under_14"}}))
    code, found = scan(tmp_path, f"spark+parquet://{folder}/*.parquet", "--meta", str(meta))
    _, local = scan(tmp_path, str(whole), "--full", "--meta", str(meta))

    assert code == 0
    assert found["datasets"] == local["datasets"]
    assert found["datasets"][0]["id"] == "保单.parquet"
    assert not (tmp_path / "var").exists()


def test_a_master_that_spark_does_not_know_is_named(spark_home: Path, folder: Path, tmp_path: Path) -> None:
    code, found = scan(tmp_path, f"spark+parquet://{folder}", "--master", "nonsense")

    assert code == 1
    assert (found["type"], "nonsense" in found["detail"]) == ("spark-start", True)


def test_without_java_the_remedy_is_told(spark_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("JAVA_HOME", raising=False)

    with pytest.raises(SparkJavaError), spark_session("local[1]", "x"):
        pass


def test_without_the_extra_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)

    with pytest.raises(SparkMissingError), spark_session("local[1]", "x"):
        pass
