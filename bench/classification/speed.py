"""How fast classification is, as ratios of one run: `python -m bench.classification.speed [--rows 100000] [--json]`.

Everything is CPU time. The references are naive Presidio with a dozen patterns, one call per cell or text, without
names and, where jieba is installed, with names by jieba. Sampled and full labels of the same tables are compared.
"""

import argparse
import json
import resource
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pyarrow as pa

from bench.classification.generate_tables import Table, read_tables, write_tables
from bench.classification.generate_texts import make_texts
from bench.classification.kinds import KINDS
from bench.classification.product import run
from bench.classification.reference import has_jieba, naive_presidio
from bench.classification.worlds import World
from classification import ColumnSample, analyse_text, classify, load_recognisers

DISTINCT = ("person", "phone", "id_card", "email", "plate", "bank_card", "ip")
DISTINCT_ROWS = 20_000
NAIVE_CELLS = 2_100
NAIVE_TEXTS = 120
TEXTS = 400
TABLES = ("songhe_initials__t_khxx", "anxin_snake__policies", "minsheng_misleading__orders")
WORLD = """world: speed
sources:
- {id: big, title: {zh: 大表, en: Large tables}, url: tables, owner: bench}
"""


def rate(count: int, work: Callable[[], object]) -> float:
    """Give how many of `count` things one CPU-second of this process does."""
    start = time.process_time()
    work()
    return count / (time.process_time() - start)


def distinct_columns() -> list[pa.Array]:
    """Give columns whose cells hardly repeat."""
    worlds = {kind: World(Random(f"speed/{kind}"), "tune", "speed") for kind in DISTINCT}
    return [pa.array([KINDS[kind].make(worlds[kind]) for _ in range(DISTINCT_ROWS)]) for kind in DISTINCT]


def of_200() -> list[str]:
    """Give texts of exactly 200 characters from the tune split's families."""
    whole = "。".join(text.text for text in make_texts("tune", 11) if text.language == "zh")
    return [whole[at : at + 200] for at in range(0, len(whole) - 200, 200)][:TEXTS]


def references() -> dict[str, Callable[[str], object]]:
    """Give the naive ways by name, warmed up."""
    found = {"patterns": naive_presidio(with_jieba=False)}
    if has_jieba():
        found["patterns_and_jieba"] = naive_presidio(with_jieba=True)
    for call in found.values():
        call("预热 13800138000")
    return found


def cells_and_texts() -> dict[str, float]:
    """Measure cells per CPU-second, all distinct, and texts of 200 characters, ours and naive."""
    rules = load_recognisers()
    columns, texts, naive = distinct_columns(), of_200(), references()
    cells = [str(column[row]) for row in range(NAIVE_CELLS // len(columns)) for column in columns]
    analyse_text(texts[0], "zh", rules)
    classify(ColumnSample("f", columns[0][:50]), rules)
    figures = {
        "cells_per_second": rate(
            sum(map(len, columns)), lambda: [classify(ColumnSample("f", column), rules) for column in columns]
        ),
        "texts_per_second": rate(len(texts), lambda: [analyse_text(text, "zh", rules) for text in texts]),
    }
    for name, call in naive.items():
        figures[f"cells_per_second_{name}"] = rate(len(cells), lambda call=call: [call(cell) for cell in cells])
        few = texts[:NAIVE_TEXTS]
        figures[f"texts_per_second_{name}"] = rate(len(few), lambda call=call, few=few: [call(text) for text in few])
        for what in ("cells", "texts"):
            figures[f"{what}_ratio_{name}"] = figures[f"{what}_per_second"] / figures[f"{what}_per_second_{name}"]
    return figures


def large_tables(folder: Path, rows: int) -> dict[str, float]:
    """Measure sampled and full scans of large files, start-up taken off, and how many labels they share."""
    start_up = start_up_seconds(folder)
    cells = rows * sum(len(table.columns) for table in _large())
    sampled, sampled_seconds = _timed(["scan", str(folder / "tables"), "--json"])
    whole, full_seconds = _timed(["scan", str(folder / "tables"), "--full", "--json"])
    some, every = _labels(sampled), _labels(whole)
    return {
        "sampled_cells_per_second_of_tables": cells / (sampled_seconds - start_up),
        "full_cells_per_second_of_tables": cells / (full_seconds - start_up),
        "columns_compared": len(every),
        "same_type_and_tier_share": sum(some[at] == every[at] for at in every) / len(every),
    }


def _large() -> list[Table]:
    return [table for table in read_tables("tune") if f"{table.family}__{table.name}" in TABLES]


def _labels(report: str) -> dict[tuple[str, str], tuple[str, int]]:
    return {
        (dataset["id"], field["name"]): (field["entity_types"][0], field["tier"])
        for dataset in json.loads(report)["datasets"]
        for field in dataset["fields"]
    }


def rescans(folder: Path) -> dict[str, float]:
    """Measure a second scan of an unchanged applied source against the first, start-up taken off both."""
    start_up = start_up_seconds(folder)
    (folder / "world.yaml").write_text(WORLD, encoding="utf-8")
    house = ["--data-dir", str(folder / "house")]
    run(["apply", str(folder / "world.yaml"), *house])
    first, second = (_timed(["scan", "big", "--full", "--json", *house])[1] - start_up for _ in range(2))
    return {"first_scan_seconds": first, "rescan_seconds": second, "rescan_of_first": second / first}


def start_up_seconds(folder: Path) -> float:
    """Give the CPU time of scanning next to nothing."""
    (folder / "one.csv").write_text("a\n1\n", encoding="utf-8")
    return min(_timed(["scan", str(folder / "one.csv"), "--json"])[1] for _ in range(2))


def _timed(arguments: list[str]) -> tuple[str, float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = run(arguments)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return said, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.classification.speed", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    figures = cells_and_texts()
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tables").mkdir()
        write_tables("tune", 11, folder / "tables", rows=asked.rows, only=TABLES)
        figures |= large_tables(folder, asked.rows)
        figures |= rescans(folder)
    for reference in ("patterns", "patterns_and_jieba"):
        if f"cells_per_second_{reference}" in figures:
            naive = figures[f"cells_per_second_{reference}"]
            figures[f"sampled_ratio_{reference}"] = figures["sampled_cells_per_second_of_tables"] / naive
            figures[f"full_tables_ratio_{reference}"] = figures["full_cells_per_second_of_tables"] / naive
    if not has_jieba():
        print("jieba is not installed: its lines are left out")
    if asked.json:
        print(json.dumps({name: round(value, 4) for name, value in figures.items()}, indent=1))
        return
    for name, value in figures.items():
        print(f"{name:44} {value:,.3f}" if value < 100 else f"{name:44} {value:,.0f}")


if __name__ == "__main__":
    main()
