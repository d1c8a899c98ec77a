"""A real Spark standalone cluster on the loopback interface: two executors, each a process of its own."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from classification import Recognisers, load_recognisers
from governance.scaleout.spark import spark_session
from tests.conftest import skip_missing
from tests.unit.invented_columns import makers

MASTER = "local-cluster[2,1,1024]"
ROWS, FILES, DIFFERENT = 50_000, 3, 6_000
# Java compiles less and collects simply: a test's processes live for seconds.
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
COLUMNS = {"客户姓名": "PERSON", "f01": "PHONE", "证件号.码": "ID_CARD", "e mail": "EMAIL", "备注": "FREE_TEXT"}
DIRT = ("", "未知", "NULL", None, "１３８００００８００１", " +86 13800008001 ", "13800138000.0", "？？", "\u200b")


@pytest.fixture(scope="session")
def recognisers() -> Recognisers:
    return load_recognisers()


@pytest.fixture(scope="session")
def table() -> pa.Table:
    made = makers("tuning")
    dice = random.Random(11)  # noqa: S311 -- invented cells
    columns: dict[str, Any] = {}
    for header, kind in COLUMNS.items():
        pool = [str(made[kind](dice)) for _ in range(DIFFERENT)]
        columns[header] = [
            DIRT[n % len(DIRT)] if (n := dice.randrange(400)) < 12 else dice.choice(pool) for _ in range(ROWS)
        ]
    columns["保单号"] = [f"P{number:013d}" for number in range(ROWS)]
    columns["premium"] = [None if number % 97 == 0 else number % 5000 / 4 for number in range(ROWS)]
    columns["生日"] = pa.array([number % 20_000 for number in range(ROWS)], pa.int32()).cast(pa.date32())
    columns["at"] = pa.array([number * 1_000_000 for number in range(ROWS)], pa.timestamp("us"))
    columns["ok"] = [number % 3 == 0 for number in range(ROWS)]
    return pa.table(columns)


@pytest.fixture(scope="session")
def folder(table: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The table in several files whose row groups differ in size."""
    place = tmp_path_factory.mktemp("lake") / "保单.parquet"
    place.mkdir()
    for number in range(FILES):
        part = table.slice(number * ROWS // FILES, (number + 1) * ROWS // FILES - number * ROWS // FILES)
        pq.write_table(part, place / f"part-{number}.parquet", row_group_size=(997, 8_192, 50_000)[number])
    return place


@pytest.fixture(scope="session")
def whole(table: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same table in one file of the same name, for a scan on one machine."""
    place = tmp_path_factory.mktemp("one") / "保单.parquet"
    pq.write_table(table, place)
    return place


@pytest.fixture(scope="session")
def spark_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Spark's own folder seen through links, so that executors keep their logs in a temporary place."""
    try:
        import pyspark
    except ImportError:
        skip_missing("pyspark (requirements/spark.txt)")
    if shutil.which("java") is None:
        skip_missing("Java")
    home = tmp_path_factory.mktemp("spark")
    for part in Path(pyspark.__file__).parent.iterdir():
        if part.name != "work":
            (home / part.name).symlink_to(part)
    return home


@pytest.fixture(scope="session")
def session(spark_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_HOME", str(spark_home))
        patch.setenv("SPARK_LAUNCHER_OPTS", QUICK)
        settings = {
            "spark.driver.extraJavaOptions": QUICK,
            "spark.executor.extraJavaOptions": QUICK,
            "spark.local.dir": str(tmp_path_factory.mktemp("blocks")),
            "spark.task.maxFailures": "1",
            "spark.log.level": "WARN",  # so that what Spark would log is there to be looked at
        }
        with spark_session(MASTER, "test", settings) as found:
            yield found
