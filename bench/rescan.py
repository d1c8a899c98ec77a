"""A rescan of sources that did not change, against the first scan, in one process.

Run: python bench/rescan.py [ROWS]. Both look through the same journey at the same invented CSV, Parquet and SQLite
files; the first labels and stores, the second finds that nothing changed.
"""

import sqlite3
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parents[1]))
from governance.house import open_house
from governance.journeys.apply import apply_world
from governance.journeys.depth import Depth
from governance.journeys.scan import scan_applied_source
from governance.settings import Settings

WORLD = """world: rescan
sources:
  - {id: files, title: {zh: 文件, en: Files}, url: data, owner: bench}
"""


def main() -> None:
    """Write the files, scan twice, print."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "data").mkdir()
        table = pa.table(
            {
                "客户号": [f"C{n:08d}" for n in range(rows)],
                "mobile": [f"138{n:08d}" for n in range(rows)],
                "note": [f"客户来电咨询保单{n}" for n in range(rows)],
                "amount": [n / 7 for n in range(rows)],
            }
        )
        pacsv.write_csv(table, folder / "data" / "a.csv")
        pq.write_table(table, folder / "data" / "b.parquet")
        with sqlite3.connect(folder / "data" / "c.db") as base:
            base.execute("CREATE TABLE c (k TEXT, mobile TEXT, note TEXT, amount REAL)")
            base.executemany("INSERT INTO c VALUES (?, ?, ?, ?)", zip(*table.to_pydict().values(), strict=True))
        base.close()
        (folder / "world.yaml").write_text(WORLD)
        time.sleep(2.1)  # files that are still being written are always read again
        with open_house(Settings(data_dir=folder / "var")) as house:
            apply_world(house, "owner", folder / "world.yaml")
            scan_applied_source(house, "owner", "files")
            took = []
            for again in (True, False):
                start = time.process_time()
                report = scan_applied_source(house, "owner", "files", Depth(again=again))
                took.append(time.process_time() - start)
        assert len(report.unchanged) == 3
    print(f"first scan of {3 * rows:,} rows {took[0]:.3f} s, rescan {took[1]:.3f} s: {took[1] / took[0]:.1%} of it")


if __name__ == "__main__":
    main()
