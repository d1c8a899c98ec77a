"""The function allow-list, read once from `functions.yaml`."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml


@dataclass(frozen=True, slots=True)
class Functions:
    """Function names in lower case, by what the rewriter needs to know of them.

    Args:
        allowed: every name a statement may call.
        aggregate: those that fold many rows.
        window: those that need OVER.
        table: those that may stand after FROM.
        people: aggregates that may hold a field granted for aggregation.
        total: names that never raise on one column, with the class of their result.
    """

    allowed: frozenset[str]
    aggregate: frozenset[str]
    window: frozenset[str]
    table: frozenset[str]
    people: frozenset[str]
    total: dict[str, str]


@cache
def functions() -> Functions:
    """Give the allow-list; the file is part of the program, so one reading serves."""
    data = yaml.safe_load(Path(__file__).with_name("functions.yaml").read_text(encoding="utf-8"))
    total = {str(name): str(kind) for kind, names in data.pop("total").items() for name in names}
    table, people = frozenset(data.pop("table")), frozenset(data["people"])
    allowed = frozenset(str(name) for names in data.values() for name in names) | frozenset(total) | {"unnest"}
    return Functions(allowed, frozenset(data["aggregate"]), frozenset(data["window"]), table, people, total)
