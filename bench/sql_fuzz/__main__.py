"""Fuzz governed SQL: `python -m bench.sql_fuzz [--seed 1] [--seconds 600] [--rows 12 300000]`.

Prints what came of the statements by size of table, then every leak and every unequal answer; exits 1 if there is one.
"""

import argparse
import sys
import time
from collections import Counter
from random import Random

from bench.sql_fuzz.judging import Worlds
from bench.sql_fuzz.statements import Statements

_SMALL = 10_000


def main() -> int:
    """Run until the time is up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--rows", type=int, nargs="+", default=[12, 300_000])
    asked = parser.parse_args()
    found: list[str] = []
    for rows in asked.rows:
        found += fuzz(rows, asked.seed, asked.seconds / len(asked.rows))
    return 1 if found else 0


def fuzz(rows: int, seed: int, seconds: float) -> list[str]:
    """Judge statements over tables of one size; give the leaks and unequal answers."""
    worlds = Worlds(rows, threads=1 if rows < _SMALL else 2)
    statements = Statements(Random(seed), small=rows < _SMALL)
    counted: Counter[str] = Counter()
    found = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if statements.random.random() < 0.08:
            statement, copy = statements.over_incomes()
            verdict = worlds.judge(statement, copy)
        else:
            statement = statements.next()
            verdict = worlds.judge(statement)
        counted[f"{verdict.kind}: {verdict.outcome}"] += 1
        counted["fenced"] += verdict.fenced
        counted["all"] += 1
        if verdict.kind in {"leak", "unequal", "otherwise"}:
            found += [statement] if verdict.kind != "otherwise" else []
            print(f"{verdict.kind.upper()} {verdict.detail}\n  {statement}", flush=True)
    worlds.close()
    print(f"{rows} rows, seed {seed}: " + ", ".join(f"{name} {count}" for name, count in sorted(counted.items())))
    return found


if __name__ == "__main__":
    sys.exit(main())
