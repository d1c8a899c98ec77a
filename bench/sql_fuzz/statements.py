"""Random statements: scopes, joins, derived tables, CTEs, laterals, set operations, grouping sets, windows, recursion.

Their answers are determined up to order: rows are cut only under a total order, and windows have no ties to break.
"""

from dataclasses import dataclass, field
from random import Random

import sqlglot
from sqlglot import exp

from bench.sql_fuzz.expressions import FOLDS, WINDOWS, Expressions, Reach
from bench.sql_fuzz.world import COLUMNS, DENIED, KEYS

_KINDS = ("text", "int", "num", "date", "ts", "bool")
_JOINS = ("JOIN", "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN")
_SWAPPED = (exp.EQ, exp.GT, exp.LT, exp.In, exp.Cast, exp.Anonymous, exp.Func, exp.Case, exp.Column, exp.Literal)


@dataclass(slots=True)
class Statements:
    """One seeded stream of statements.

    Args:
        random: its source.
        small: tables are tiny, so that joins without a key cost nothing.
    """

    random: Random
    small: bool
    _made: list[str] = field(default_factory=list)
    _names: int = 0

    def next(self) -> str:
        """Give the next statement: a fresh one, or two earlier ones crossed."""
        if len(self._made) > 20 and self.random.random() < 0.2:
            return self._crossed()
        made = self._statement()
        self._made = [*self._made[-60:], made]
        return made

    def over_incomes(self) -> tuple[str, str]:
        """Give an aggregate over the field for aggregation, and the same with the minimum cell written out."""
        reach = self._reach("owners", "o")
        condition = self._expressions().make("bool", reach, 2)
        key = self._expressions().key(reach)
        fold = self.random.choice(
            ["sum({})", "round(avg({}), 4)", "count({})", "round(stddev({} / 5), 2)", "sum({} * 2)"]
        )
        fold = fold.format("o.income")
        group = self.random.choice([f" GROUP BY {key}", f" GROUP BY ROLLUP ({key})"])
        text = f"SELECT {key} AS k, {fold} AS f FROM owners o WHERE {condition}{group}"
        least = "HAVING count(DISTINCT CASE WHEN o.income IS NOT NULL THEN o.owner_no END) >= 5"
        return text, f"{text} {least}".replace("FROM owners o", "FROM incomes o")

    def _expressions(self) -> Expressions:
        return Expressions(self.random, subqueries=lambda _reach: "")

    def _statement(self) -> str:
        roll = self.random.random()
        if roll < 0.06:
            return self._recursive()
        if roll < 0.09:
            return self._many_joins()
        if roll < 0.2:
            return self._set_operation()
        if roll < 0.32:
            return self._with()
        if roll < 0.35:
            return self._odd()
        return self._select({})[0]

    def _select(self, ctes: dict[str, Reach]) -> tuple[str, list[str]]:
        """Give a SELECT and the kinds of its columns, with names from c0 on."""
        source, reach = self._from(ctes)
        where = f" WHERE {self._bool(reach, 3)}" if self.random.random() < 0.8 else ""
        return (self._grouped if self.random.random() < 0.35 else self._listed)(source, reach, where)

    def _listed(self, source: str, reach: Reach, where: str) -> tuple[str, list[str]]:
        kinds = [self.random.choice(_KINDS) for _ in range(self.random.randint(1, 4))]
        items, windowed = [], False
        for place, kind in enumerate(kinds):
            if kind in WINDOWS and self.random.random() < 0.15:
                windowed = True
                text = self._expressions().fill(self.random.choice(WINDOWS[kind]), reach, 1)
            else:
                text = self._expressions().make(kind, reach, self.random.randint(0, 3))
            items.append(f"{text} AS c{place}")
        head = "SELECT DISTINCT" if self.random.random() < 0.2 else "SELECT"
        text = f"{head} {', '.join(items)} FROM {source}{where}"
        if self.random.random() < 0.12:
            window = self._expressions().fill(self.random.choice(WINDOWS["int"]), reach, 1)
            text += f" QUALIFY {window} <= {self.random.randint(1, 9)}"
        elif windowed or self.random.random() < (0.5 if self.small else 0.7):
            text += self._tail()
        return text, kinds

    def _grouped(self, source: str, reach: Reach, where: str) -> tuple[str, list[str]]:
        keys = [self._expressions().key(reach) for _ in range(self.random.randint(0, 2))]
        kinds = [self.random.choice(list(FOLDS)) for _ in range(self.random.randint(1, 3))]
        folds = [self._expressions().fill(self.random.choice(FOLDS[kind]), reach, 1) for kind in kinds]
        items = [f"{text} AS c{place}" for place, text in enumerate(folds + keys)]
        group = ""
        if keys:
            listed = ", ".join(keys)
            forms = [listed, listed, f"ROLLUP ({listed})", f"CUBE ({listed})", f"GROUPING SETS (({listed}), ())", "ALL"]
            group = f" GROUP BY {self.random.choice(forms)}"
        text = f"SELECT {', '.join(items)} FROM {source}{where}{group}"
        if self.random.random() < 0.35:
            kind = self.random.choice(["int", "text", "bool"])
            fold = self._expressions().fill(self.random.choice(FOLDS[kind]), reach, 1)
            test = {
                "int": f"({fold}) > {self.random.randint(0, 9)}",
                "text": f"({fold}) LIKE 'c%'",
                "bool": f"({fold})",
            }
            text += f" HAVING {test[kind]}"
        return text + (self._tail() if self.random.random() < 0.3 else ""), kinds + ["any"] * len(keys)

    def _from(self, ctes: dict[str, Reach]) -> tuple[str, Reach]:
        source, reach = self._source(ctes)
        for _ in range(self.random.choice([0, 0, 0, 1, 1, 2])):
            source, reach = self._joined(source, reach, ctes)
        return source, reach

    def _joined(self, source: str, reach: Reach, ctes: dict[str, Reach]) -> tuple[str, Reach]:
        roll = self.random.random()
        if roll < 0.12:
            alias, kind = self._name(), self.random.choice(_KINDS)
            inner = self._expressions().make(kind, reach, 2)
            return f"{source}, LATERAL (SELECT {inner} AS x) {alias}", {**reach, f"{alias}.x": kind}
        if roll < 0.2:
            alias = self._name()
            return f"{source} CROSS JOIN (VALUES ('c1', 1), ('c2', 2)) {alias}(t, n)", {
                **reach,
                f"{alias}.t": "text",
                f"{alias}.n": "int",
            }
        other, more = self._source(ctes)
        keys = [(a, b) for a in self._keys(reach) for b in self._keys(more)]
        if not keys and not self.small:
            return source, reach
        parts = (
            [" = ".join(self.random.choice(keys))] if keys and (not self.small or self.random.random() < 0.7) else []
        )
        if self.random.random() < 0.4 or not parts:
            parts.append(self._bool({**reach, **more}, 2))
        how = self.random.choice([*_JOINS, "SEMI JOIN", "ANTI JOIN"]) if self.random.random() < 0.5 else "JOIN"
        both = reach if how in {"SEMI JOIN", "ANTI JOIN"} else {**reach, **more}
        return f"{source} {how} {other} ON {' AND '.join(parts)}", both

    def _source(self, ctes: dict[str, Reach]) -> tuple[str, Reach]:
        roll = self.random.random()
        alias = self._name()
        if ctes and roll < 0.5:
            name = self.random.choice(list(ctes))
            return f"{name} {alias}", {f"{alias}.{column}": kind for column, kind in ctes[name].items()}
        if roll > 0.85 and self._names < 40:
            text, kinds = self._select({})
            return f"({text}) {alias}", {f"{alias}.c{i}": kind for i, kind in enumerate(kinds) if kind in _KINDS}
        table = self.random.choice(["owners", "owners", "claims", "towns"])
        written = self.random.choice([table, f"cars.{table}"])
        if self.random.random() < 0.1:
            return f"(SELECT * FROM {written} WHERE {self._bool(self._reach(table, table), 1)}) {alias}", self._reach(
                table, alias
            )
        return f"{written} {alias}", self._reach(table, alias)

    def _keys(self, reach: Reach) -> list[str]:
        named = [name for name in reach if name.rpartition(".")[2] in {*KEYS.values(), "claim_no"}]
        return [name for name, kind in reach.items() if kind == "text"] if self.small else named

    def _with(self) -> str:
        name = self.random.choice(["x", "owners", "claims"])
        text, kinds = self._select({})
        reach = {f"c{i}": kind for i, kind in enumerate(kinds) if kind in _KINDS}
        how = self.random.choice(["AS", "AS", "AS MATERIALIZED"])
        if not reach:
            return f"WITH {name} {how} ({text}) SELECT count(*) FROM {name}"
        return f"WITH {name} {how} ({text}) {self._select({name: reach})[0]}"

    def _set_operation(self) -> str:
        first, kinds = self._select({})
        how = self.random.choice(["UNION", "UNION ALL", "EXCEPT", "INTERSECT", "EXCEPT ALL", "UNION ALL BY NAME"])
        if self.random.random() < 0.6:
            return f"({first}) {how} ({first.replace('c1', 'c2', 1)})"
        others = [
            self._expressions().make(kind if kind in _KINDS else "text", self._reach("owners", "o"), 1)
            for kind in kinds
        ]
        items = ", ".join(f"{text} AS c{place}" for place, text in enumerate(others))
        return f"({first}) {how} (SELECT {items} FROM owners o) ORDER BY ALL"

    def _recursive(self) -> str:
        condition = self._bool(self._reach("owners", "o"), 2)
        step = self.random.choice(["n + 1", "n * 2", "n + o.age % 2"])
        return (
            f"WITH RECURSIVE r(n, who) AS (SELECT 1, min(o.owner_no) FROM owners o WHERE {condition} UNION "
            f"SELECT {step}, o.owner_no FROM r JOIN owners o ON o.owner_no > r.who AND o.age = 20 + n % 7 "
            f"WHERE n < {self.random.randint(2, 5)} AND length(o.owner_no) < 4) SELECT * FROM r ORDER BY ALL"
        )

    def _many_joins(self) -> str:
        count = self.random.randint(3, 49)
        joins = " ".join(f"JOIN towns t{i} ON t{i}.town = o.city" for i in range(count))
        condition = self._bool({**self._reach("owners", "o"), "t1.height": "int", "t2.region": "text"}, 2)
        return f"SELECT count(*), min(t{count - 1}.height) FROM owners o {joins} WHERE {condition}"

    def _odd(self) -> str:
        """Give what is refused: pivots, denied fields, the row itself converted."""
        table = self.random.choice(list(DENIED))
        condition = self._bool(self._reach(table, "a"), 2)
        denied = self.random.choice(DENIED[table])
        return self.random.choice(
            [
                f"SELECT a.{denied} FROM {table} a WHERE {condition}",
                f"SELECT count(*) FROM {table} a WHERE {condition} AND a.{denied} LIKE 'CANARY%'",
                f"PIVOT {table} ON {KEYS[table]} USING count(*)",
                f"SELECT a::VARCHAR FROM {table} a WHERE {condition}",
                f"SELECT a FROM {table} a WHERE {condition}",
                f"SELECT COLUMNS('.*n.*') FROM {table} a WHERE {condition}",
                f"SELECT * FROM {table} a WHERE {condition}",
                f"SELECT unnest(a) FROM {table} a WHERE {condition}",
                f"SELECT to_json(a) FROM {table} a WHERE {condition}",
                f"SELECT * FROM {table} a ORDER BY (SELECT max({denied}) FROM {table})",
            ]
        )

    def _crossed(self) -> str:
        """Put a part of one statement into another's tree, as sqlglot writes it."""
        first, second = self.random.sample(self._made, 2)
        try:
            tree, other = (sqlglot.parse_one(text, dialect="duckdb") for text in (first, second))
        except sqlglot.errors.SqlglotError:
            return first
        places = [node for node in tree.find_all(*_SWAPPED) if node.parent is not None]
        parts = [node for node in other.find_all(*_SWAPPED) if not node.find(exp.Column)]
        if places and parts:
            self.random.choice(places).replace(self.random.choice(parts).copy())
        return tree.sql(dialect="duckdb")

    def _tail(self) -> str:
        limit = f" LIMIT {self.random.randint(1, 20)}" if self.random.random() < 0.7 else ""
        offset = f" OFFSET {self.random.randint(1, 5)}" if limit and self.random.random() < 0.3 else ""
        return f" ORDER BY ALL{limit}{offset}"

    def _bool(self, reach: Reach, depth: int) -> str:
        return self._expressions().make("bool", reach, depth)

    def _reach(self, table: str, alias: str) -> Reach:
        return {f"{alias}.{name}": kind for name, kind in COLUMNS[table].items()}

    def _name(self) -> str:
        self._names += 1
        return f"s{self._names}"
