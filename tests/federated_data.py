"""Invented credit-like data for the federated tests: no row stands for anybody."""

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv

Table = dict[str, NDArray[np.generic]]

JOB = """\
job: rehearsal
purpose: joint_modelling_insurers
task: {task}
label: y
features: all
model: {model}
partners: [{{id: p1, data: p1.csv}}, {{id: p2, data: p2.csv}}, {{id: p3, data: p3.csv}}]
"""


def credit(rows: int, features: int = 6, *, seed: int = 0, missing: float = 0.0) -> Table:
    """Give features x0… on different scales, and a label y that depends on them without a straight line."""
    rng = np.random.default_rng(seed)
    table: Table = {f"x{i}": rng.normal(size=rows) * 10.0 ** (i % 3) for i in range(features)}
    table["x0"] = np.round(table["x0"]).astype(np.float64)
    x = [np.asarray(table[f"x{i}"], dtype=np.float64) / 10.0 ** (i % 3) for i in range(features)]
    logit = -1.2 + 1.1 * x[0] - 0.8 * np.abs(x[1]) + 0.7 * x[2] * x[1] + 0.5 * (x[3 % features] > 0.4)
    table["y"] = (rng.random(rows) < 1 / (1 + np.exp(-logit))).astype(np.int64)
    if missing:
        for name in ("x1", "x2"):
            column = np.array(table[name], dtype=np.float64)
            column[rng.random(rows) < missing] = np.nan
            table[name] = column
    return table


def parts(table: Table, ends: Sequence[int]) -> list[Table]:
    """Cut the rows at the given places."""
    bounds = [0, *ends, len(table["y"])]
    return [{k: v[a:b] for k, v in table.items()} for a, b in itertools.pairwise(bounds)]


def reordered(table: Table, seed: int) -> Table:
    """Give the same rows in another order."""
    order = np.random.default_rng(seed).permutation(len(table["y"]))
    return {name: column[order] for name, column in table.items()}


def write(table: Table, path: Path) -> Path:
    """Write a CSV file; NaN becomes an empty cell."""
    arrays = {name: pa.array(column, from_pandas=True) for name, column in table.items()}
    csv.write_csv(pa.table(arrays), path)
    return path


def write_job(
    folder: Path,
    tables: Sequence[Table],
    model: str = "{kind: gbdt, trees: 5, depth: 3, bins: 16}",
    task: str = "binary",
) -> Path:
    """Write a job of three partners with their files."""
    for number, table in enumerate(tables, start=1):
        write(table, folder / f"p{number}.csv")
    path = folder / "job.yaml"
    path.write_text(JOB.format(task=task, model=model), encoding="utf-8")
    return path
