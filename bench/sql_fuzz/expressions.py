"""Typed random expressions over the columns in reach: they convert, fail, overflow, and look into subqueries."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

import yaml

from bench.sql_fuzz.world import COLUMNS, KEYS

Kind = str
Reach = Mapping[str, Kind]
"""Written column (`a.age`) → kind."""

_TEXT = Path(__file__).with_name("forms.yaml").read_text(encoding="utf-8")
_LITERALS, _FORMS, FOLDS, WINDOWS = (yaml.safe_load(_TEXT)[part] for part in ("literals", "forms", "folds", "windows"))
_PATTERNS = ("'c%'", "'%1'", "'CANARY%'", "'_1%'", "'%'")


@dataclass(slots=True)
class Expressions:
    """Random expressions, drawn from one seeded source."""

    random: Random
    subqueries: Callable[[Reach], str] | None = None

    def make(self, kind: Kind, reach: Reach, depth: int) -> str:
        """Give an expression of a kind."""
        roll = self.random.random()
        columns = [name for name, of in reach.items() if of == kind]
        if depth <= 0 or roll < 0.3:
            if columns and self.random.random() < 0.85:
                return self.random.choice(columns)
            return self.random.choice(_LITERALS[kind])
        if kind == "bool" and self.subqueries is not None and roll > 0.9:
            return self._subquery(reach, depth)
        return self.fill(self.random.choice(_FORMS[kind]), reach, depth - 1)

    def fill(self, form: str, reach: Reach, depth: int) -> str:
        """Fill each `{kind}` of a form with an expression of its own."""
        pieces: list[str] = []
        rest = form
        while "{" in rest:
            before, _, after = rest.partition("{")
            name, _, rest = after.partition("}")
            pieces += [before, self._piece(name, reach, depth)]
        return "".join([*pieces, rest])

    def key(self, reach: Reach) -> str:
        """Give something to group or partition by."""
        kind = self.random.choice(["text", "text", "int", "bool", "date"])
        return self.make(kind, reach, self.random.choice([0, 0, 1]))

    def _piece(self, name: str, reach: Reach, depth: int) -> str:
        if name == "pattern":
            return self.random.choice(_PATTERNS)
        if name == "any":
            return self.make(self.random.choice(["int", "text", "date"]), reach, min(depth, 1))
        if name in {"part", "part_only"}:
            return f"PARTITION BY {self.key(reach)} " if self.random.random() < 0.6 else ""
        text = self.make(name, reach, depth)
        return text if text.replace(".", "").replace("_", "").isalnum() or text.endswith(")") else f"({text})"

    def _subquery(self, reach: Reach, depth: int) -> str:
        table = self.random.choice(list(COLUMNS))
        alias = f"q{self.random.randrange(1000)}"
        inner = {f"{alias}.{name}": kind for name, kind in COLUMNS[table].items()}
        texts = [name for name, kind in reach.items() if kind == "text"] or ["'c1'"]
        outer = self.random.choice(texts)
        key = self.random.choice([f"{alias}.{KEYS[table]}", *[name for name, kind in inner.items() if kind == "text"]])
        condition = self.make("bool", inner, min(depth - 1, 2))
        return self.random.choice(
            [
                f"{outer} IN (SELECT {key} FROM {table} {alias} WHERE {condition})",
                f"{outer} NOT IN (SELECT {key} FROM {table} {alias} WHERE {condition} AND {key} IS NOT NULL)",
                f"EXISTS (SELECT 1 FROM {table} {alias} WHERE {alias}.{KEYS[table]} = {outer} AND {condition})",
                f"NOT EXISTS (SELECT 1 FROM {table} {alias} WHERE {alias}.{KEYS[table]} = {outer} AND {condition})",
                f"{outer} = ANY (SELECT {key} FROM {table} {alias} WHERE {condition})",
                f"(SELECT count(*) FROM {table} {alias} WHERE {alias}.{KEYS[table]} = {outer} AND {condition}) > 1",
                f"(SELECT max({key}) FROM {table} {alias} WHERE {condition}) >= {outer}",
            ]
        )
