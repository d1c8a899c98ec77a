"""Reading a partner's CSV or Parquet file, and refusing what would spoil a run.

Problems name file and column and give counts, never a value.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv, parquet

from federated.errors import Problem
from federated.model import MIN_ROWS, MISSING, Job

Floats = NDArray[np.float64]

MOST_GROUPS = 16


@dataclass(frozen=True, slots=True)
class Dataset:
    """Checked rows of one partner, or of the test file.

    Args:
        features: float64, shape (features, rows), NaN where missing.
        labels: float64, shape (rows,).
        protected: one array a protected column: float64, or objects (text or None).
    """

    features: Floats
    labels: Floats
    protected: tuple[NDArray[np.generic], ...] = ()

    def protected_numbers(self) -> NDArray[np.float32]:
        """Give the protected columns as numbers; a text column, which is never cut by edges, as missing."""
        rows = [
            column.astype(np.float32) if column.dtype != object else np.full(len(column), np.nan, dtype=np.float32)
            for column in self.protected
        ]
        return np.stack(rows) if rows else np.zeros((0, len(self.labels)), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file as read: its owner's id (`test` for the test file), its path and its table."""

    owner: str
    path: Path
    table: pa.Table

    def problem(self, zh: str, en: str, column: str = "") -> Problem:
        """Give a problem that names the place in this file."""
        part = f"`{column}`" if column else ""
        return Problem(
            f"{self.owner}（{self.path.name}）{part}", f"{self.owner} ({self.path.name}) {part}".rstrip(), zh, en
        )


def load(owner: str, path: Path) -> Loaded | Problem:
    """Read a file by its ending: `.csv`, `.csv.gz`, `.parquet`."""
    try:
        name = path.name.lower()
        if name.endswith(".parquet"):
            return Loaded(owner, path, parquet.read_table(path))
        if name.endswith((".csv", ".csv.gz")):
            return Loaded(owner, path, csv.read_csv(path))
    except FileNotFoundError:
        return _unreadable(owner, path, "文件不存在", "there is no such file")
    except (pa.ArrowException, OSError, UnicodeDecodeError, ValueError):
        return _unreadable(owner, path, "无法读取", "it can't be read as such a file")
    return _unreadable(owner, path, "只支持 CSV 与 Parquet", "only CSV and Parquet are read")


def _unreadable(owner: str, path: Path, zh: str, en: str) -> Problem:
    return Problem(f"{owner}（{path.name}）", f"{owner} ({path.name})", zh, en)


def resolve_features(job: Job, files: Sequence[Loaded]) -> tuple[tuple[str, ...], list[Problem]]:
    """Give the features in order, and where the partners' columns differ.

    `all` means every column but the label; a protected text column can't be one and is left out. The order is that of
    the files if they agree, else by name, so that no partner's place in the roster decides.
    """
    if job.features is not None:
        return job.features, []
    names = [tuple(name for name in one.table.column_names if name != job.label) for one in files]
    problems = _differences(files, [set(one) for one in names])
    order = names[0] if len(set(names)) == 1 else tuple(sorted(set(names[0])))
    text = {
        name
        for name in job.protected
        for one in files
        if name in one.table.column_names and _is_text(one.table.column(name).type)
    }
    return tuple(name for name in order if name not in text), problems


def _differences(files: Sequence[Loaded], names: Sequence[set[str]]) -> list[Problem]:
    """Say which columns a file lacks, or has alone, against what most files hold."""
    held = Counter(name for one in names for name in one)
    usual = {name for name, count in held.items() if 2 * count > len(names)}
    problems = []
    for file, own in zip(files, names, strict=True):
        problems += [file.problem("缺少该列", "the column is missing", name) for name in sorted(usual - own)]
        problems += [file.problem("多出该列", "the column is in no other file", name) for name in sorted(own - usual)]
    return problems


def check(
    job: Job, features: Sequence[str], file: Loaded, *, test: bool = False
) -> tuple[Dataset | None, list[Problem]]:
    """Turn a table into a dataset, or list all that is wrong with it."""
    problems: list[Problem] = []
    rows = file.table.num_rows
    if rows < MIN_ROWS and not test:
        problems.append(
            file.problem(f"只有 {rows} 行，至少需要 {MIN_ROWS} 行", f"{rows} row(s), at least {MIN_ROWS} are needed")
        )
    duplicates = [name for name, count in Counter(file.table.column_names).items() if count > 1]
    problems += [file.problem("列名重复", "the column name occurs twice", name) for name in duplicates]
    wanted = [*features, job.label, *(() if test else job.protected)]
    missing = [name for name in dict.fromkeys(wanted) if name not in file.table.column_names]
    problems += [file.problem("缺少该列", "the column is missing", name) for name in missing]
    if missing or duplicates:
        return None, problems
    columns = [_number(file, name, problems) for name in features]
    missing_allowed = job.model.kind == "gbdt"
    for name, column in zip(features, columns, strict=True):
        problems += _check_feature(file, name, column, missing_allowed=missing_allowed)
    labels = _number(file, job.label, problems)
    if labels is not None:
        problems += _check_labels(job, file, labels, test=test)
    protected = [] if test else [_protected(file, name, problems) for name in job.protected]
    if problems or labels is None:
        return None, problems
    stacked = np.stack([column for column in columns if column is not None])
    return Dataset(stacked, labels, tuple(protected)), []


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind))


def _is_number(kind: pa.DataType) -> bool:
    types = pa.types
    tests = (types.is_integer, types.is_floating, types.is_boolean, types.is_decimal, types.is_null)
    return any(test(kind) for test in tests)


def _number(file: Loaded, name: str, problems: list[Problem]) -> Floats | None:
    column = file.table.column(name)
    if not _is_number(column.type):
        kind = str(column.type)
        problems.append(file.problem(f"应为数值，实为 {kind}", f"holds {kind}, a number is needed", name))
        return None
    if pa.types.is_boolean(column.type):
        column = pc.cast(column, pa.int8())
    values: Floats = np.array(pc.cast(column, pa.float64(), safe=False).to_numpy(), dtype=np.float64)
    return values + 0.0  # −0 becomes 0


def _check_feature(file: Loaded, name: str, column: Floats | None, *, missing_allowed: bool) -> list[Problem]:
    if column is None:
        return []
    largest = float(np.finfo(np.float32).max)
    wide = int((np.abs(column) >= largest).sum())
    absent = int(np.isnan(column).sum())
    problems = []
    if wide:
        zh, en = f"{wide} 个值为无穷或超出 float32 范围", f"{wide} value(s) are infinite or beyond float32"
        problems.append(file.problem(zh, en, name))
    if absent and not missing_allowed:
        zh = f"{absent} 个缺失值；logistic 与 linear 需要完整的列，gbdt 可处理缺失"
        en = f"{absent} missing value(s); logistic and linear need complete columns, gbdt takes missing ones"
        problems.append(file.problem(zh, en, name))
    return problems


def _check_labels(job: Job, file: Loaded, labels: Floats, *, test: bool) -> list[Problem]:
    absent = int((~np.isfinite(labels)).sum())
    if absent:
        return [file.problem(f"{absent} 个标签缺失或无穷", f"{absent} label(s) are missing or infinite", job.label)]
    if job.task == "regression":
        return []
    wrong = int((~np.isin(labels, (0.0, 1.0))).sum())
    if wrong:
        zh, en = f"{wrong} 个标签不是 0 或 1", f"{wrong} label(s) are neither 0 nor 1"
        return [file.problem(zh, en, job.label)]
    if test and len(set(labels.tolist())) == 1:
        return [file.problem("测试数据只有一类标签", "the test data has labels of one class only", job.label)]
    if test and not len(labels):
        return [file.problem("测试数据为空", "the test data is empty", job.label)]
    return []


def _protected(file: Loaded, name: str, problems: list[Problem]) -> NDArray[np.generic]:
    column = file.table.column(name)
    if _is_number(column.type):
        values = _number(file, name, problems)
        return values if values is not None else np.zeros(0)
    if not _is_text(column.type):
        kind = str(column.type)
        problems.append(
            file.problem(f"受保护属性应为文本或数值，实为 {kind}", f"holds {kind}, text or a number is needed", name)
        )
        return np.zeros(0)
    values = np.array(column.to_pylist(), dtype=object)
    if len({value for value in column.to_pylist() if value is not None}) > MOST_GROUPS:
        zh, en = f"取值多于 {MOST_GROUPS} 个，无法分组", f"has more than {MOST_GROUPS} values, too many for groups"
        problems.append(file.problem(zh, en, name))
    return values


def value_label(value: object) -> str:
    """Give the group a protected value falls in, as text."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return MISSING
    return f"{value:g}" if isinstance(value, float) else str(value)


def group_labels(columns: Sequence[NDArray[np.generic]]) -> tuple[str, ...] | None:
    """Give the values all partners hold in a protected column, or None for a column of too many numbers."""
    labels = {value_label(value) for column in columns for value in set(column.tolist())} - {MISSING}
    return (*sorted(labels), MISSING) if len(labels) <= MOST_GROUPS else None
