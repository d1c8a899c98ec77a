"""Score classification on one split: `python -m bench.classification --split tune [--part columns] [--json]`.

The test split is looked at once per release: it prints totals per type and no single error, so that nobody tunes on it.
"""

import argparse
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.classification import score_columns
from bench.classification.generate_tables import write_tables
from bench.classification.product import scan
from bench.classification.worlds import SPLITS

PARTS = ("columns",)
SEED = 7
WORST = 15


def main() -> None:
    """Generate, run the product, score, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.classification", description=__doc__)
    parser.add_argument("--split", choices=SPLITS, required=True)
    parser.add_argument("--part", choices=PARTS, action="append", help="default: all")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    makers = {"columns": columns}
    report = {part: makers[part](asked.split, asked.seed) for part in asked.part or PARTS}
    if asked.split == "test":
        for found in report.values():
            found.pop("confusions")
    if asked.json:
        print(json.dumps(report, ensure_ascii=False, indent=1))
        return
    for part, found in report.items():
        _print(f"{part}, {asked.split} split", found)


def columns(split: str, seed: int) -> dict[str, Any]:
    """Give the report on columns."""
    with TemporaryDirectory() as folder:
        truths = write_tables(split, seed, Path(folder))
        judged = score_columns.judge(truths, scan(Path(folder)))
    return {
        "summary": score_columns.summary(judged),
        "per_type": {name: f"{right}/{count}" for name, (right, count) in score_columns.per_type(judged).items()},
        "confusions": score_columns.confusions(judged)[:WORST],
    }


def _print(title: str, found: dict[str, Any]) -> None:
    print(f"== {title}")
    for name, value in found["summary"].items():
        print(f"{name:40} {value}")
    print("-- per type")
    print("  ".join(f"{name} {value}" for name, value in found["per_type"].items()))
    for line in found.get("confusions", ()):
        print(f"   {line}")


if __name__ == "__main__":
    main()
