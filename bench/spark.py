"""Rows per second of a scan on Spark against the local full scan of the same Parquet files, in the same run.

Run: python bench/spark.py. Needs requirements/spark.txt and Java. The session is warm: start-up is told apart.
"""

import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parents[1]))
from classification import DatasetLabel, load_recognisers, scan_batches
from tests.unit.invented_columns import makers

ROWS, FILES, DIFFERENT = 1_000_000, 8, 40_000
KINDS = ("PERSON", "PHONE", "ID_CARD", "EMAIL", "PLATE", "BANK_CARD", "IP", "ADDRESS")
MASTERS = ("local[1]", "local[2]")


def build(folder: Path) -> None:
    """Write the table: eight columns, each of 40,000 values."""
    made, dice = makers("tuning"), random.Random(3)
    pools = {kind: [str(made[kind](dice)) for _ in range(DIFFERENT)] for kind in KINDS}
    folder.mkdir()
    for number in range(FILES):
        part = pa.table({f"f{place}": dice.choices(pools[kind], k=ROWS // FILES) for place, kind in enumerate(KINDS)})
        pq.write_table(part, folder / f"part-{number}.parquet", row_group_size=50_000)


def timed(work: Callable[[], DatasetLabel]) -> tuple[float, DatasetLabel]:
    """Give seconds and result, the better of two runs."""
    seconds = []
    for _ in range(2):
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
    return min(seconds), result


def main() -> None:
    """Measure and print."""
    if find_spec("pyspark") is None or shutil.which("java") is None:
        print("skipped: needs requirements/spark.txt and Java")
        return
    from governance.scaleout import scan_spark, spark_address  # noqa: PLC0415 -- needs the extra
    from governance.scaleout.spark import read_frame, spark_session  # noqa: PLC0415 -- likewise

    rules = load_recognisers()
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "table.parquet"
        build(folder)

        def local() -> DatasetLabel:
            files = sorted(folder.iterdir())
            return scan_batches(
                folder.name,
                (batch for file in files for batch in pq.ParquetFile(file).iter_batches()),
                None,
                {},
                recognisers=rules,
            )

        plain, told = timed(local)
        print(f"local full scan, 1 process: {ROWS / plain:,.0f} rows/s, {len(KINDS)} columns")
        for master in MASTERS:
            start = time.perf_counter()
            with spark_session(master, folder.name) as session:
                frame = read_frame(session, spark_address(f"spark+parquet://{folder}", Path("/")))
                scan_spark(frame, folder.name, {}, rules)
                first = time.perf_counter() - start
                seconds, found = timed(lambda frame=frame: scan_spark(frame, folder.name, {}, rules))  # type: ignore[misc]
            assert [f.entities for f in found.fields] == [f.entities for f in told.fields]
            ratio = plain / seconds
            print(f"{master}: {ROWS / seconds:,.0f} rows/s, {ratio:.2f} of local; start and first scan {first:.1f} s")
    print(f"{os.cpu_count()} cores; labels equal")


if __name__ == "__main__":
    main()
