"""The engine's own reading of a statement: what its parser says the text touches, before anything is bound or run.

Two parsers that differ are a way around the first. So the engine's parser reads the rewriter's text too, and it
runs only if both mean the same stored relations and nothing else.
"""

import json
from dataclasses import dataclass
from typing import Any

TABLE_FUNCTIONS = frozenset({"unnest", "range", "generate_series"})
_FOREIGN_SOURCES = frozenset({"SHOW_REF", "PIVOT", "COLUMN_DATA", "BOUND_TABLE_REF"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a statement touches.

    Args:
        statements: how many there are.
        relations: `schema.name` of every relation with a schema; a catalogue is kept in front.
        bare: names without a schema, which may only be CTEs.
        ctes: names of CTEs.
        functions: table functions.
        foreign: kinds of sources that a governed statement never has.
    """

    statements: int
    relations: frozenset[str]
    bare: frozenset[str]
    ctes: frozenset[str]
    functions: frozenset[str]
    foreign: frozenset[str]

    def means(self, bases: frozenset[str]) -> bool:
        """Say whether the statement touches exactly these stored relations, and its own CTEs and plain generators."""
        return (
            self.statements == 1
            and self.relations == bases
            and self.bare <= self.ctes
            and self.functions <= TABLE_FUNCTIONS
            and not self.foreign
        )


def read(serialised: str) -> Reading | None:
    """Give the reading of DuckDB's `json_serialize_sql`, or nothing where it is not a SELECT at all."""
    try:
        document = json.loads(serialised)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or document.get("error") is not False:
        return None
    found: dict[str, set[str]] = {key: set() for key in ("relations", "bare", "ctes", "functions", "foreign")}
    stack: list[Any] = [document["statements"]]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            _note(node, found)
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
    sets = {key: frozenset(names) for key, names in found.items()}
    return Reading(statements=len(document["statements"]), **sets)


def _note(node: dict[str, Any], found: dict[str, set[str]]) -> None:
    kind = node.get("type")
    if kind == "BASE_TABLE":
        parts = [str(node.get(key) or "") for key in ("catalog_name", "schema_name", "table_name")]
        qualified = any(parts[:-1])
        found["relations" if qualified else "bare"].add(
            ".".join(filter(None, parts)) if qualified else parts[-1].lower()
        )
    elif kind == "TABLE_FUNCTION":
        function = node.get("function")
        found["functions"].add(str(function.get("function_name")).lower() if isinstance(function, dict) else "")
    elif isinstance(kind, str) and kind in _FOREIGN_SOURCES:
        found["foreign"].add(kind)
    ctes = node.get("cte_map")
    if isinstance(ctes, dict):
        found["ctes"].update(str(entry["key"]).lower() for entry in ctes.get("map", []))
