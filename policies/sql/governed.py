"""The relation that stands in for a dataset: granted fields in their granted form, of the rows that exist.

A statement that can't fail on any value reads it as a subquery. One that can fail reads a copy that is made first and
holds nothing else: whether it fails could otherwise tell of a hidden row or cell, be it that a predicate moves below
the row filter, or that the engine chooses its plan by counts and bounds of what is stored.

Source: access-mediation findings 3.1; PostgreSQL, "Rules and Privileges" (security_barrier).
"""

import hashlib

from sqlglot import exp

from policies.sql.mincell import subject_name
from policies.sql.model import Copy
from policies.sql.sources import Occurrence

_NOTHING = '1 AS "__mj_row"'
_SCHEMA = "__copy"


def place(source: Occurrence, *, fenced: bool) -> Copy | None:
    """Replace the table reference in the tree by its governed relation, under the alias that expressions use.

    Returns:
        The copy that must be made before the statement runs, where one is needed.
    """
    node = source.node
    text = subquery(source)
    copy = _copy(source, text) if fenced and hides(source) else None
    alias = exp.TableAlias(this=exp.to_identifier(node.alias or source.alias, quoted=True))
    table = exp.Table(this=exp.Var(this=f"({text})" if copy is None else _relation(copy.name)), alias=alias)
    table.set("joins", node.args.get("joins"))
    node.replace(table)
    return copy


def hides(source: Occurrence) -> bool:
    """Say whether the relation holds less than what is stored: fewer rows, or a field in a coarser form."""
    table = source.table
    shown = [table.columns[field] for _, field in _needed(source)]
    return table.row_filter is not None or any(not _is_plain(column.expression) for column in shown)


def subquery(source: Occurrence) -> str:
    """Give the text of the governed SELECT with only the columns that are needed."""
    table = source.table
    columns = []
    for visible, field in _needed(source):
        shown = field if visible == field.lower() else _renamed(source, visible)
        columns.append(f"({table.columns[field].expression}) AS {quote(shown)}")
    if source.people and table.subject is not None:
        columns.append(f"({quote(table.subject)}) AS {quote(subject_name(source))}")
    text = f"SELECT {', '.join(columns) or _NOTHING} FROM {table.base}"
    return text if table.row_filter is None else f"{text} WHERE ({table.row_filter})"


def quote(name: str) -> str:
    """Give an identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def _needed(source: Occurrence) -> list[tuple[str, str]]:
    columns = source.table.columns
    return [
        (visible, field)
        for visible, field in source.visible.items()
        if field in source.used or (source.whole and columns[field].kind == "value")
    ]


def _is_plain(expression: str) -> bool:
    return expression.isidentifier() or (
        expression.startswith('"') and expression.endswith('"') and '"' not in expression[1:-1].replace('""', "")
    )


def _copy(source: Occurrence, text: str) -> Copy:
    name = f"c_{hashlib.sha256(text.encode()).hexdigest()[:24]}"
    return Copy(f"{_SCHEMA}.{name}", source.table.base.replace('"', ""), text)


def _relation(name: str) -> str:
    schema, _, table = name.partition(".")
    return f"{quote(schema)}.{quote(table)}"


def _renamed(source: Occurrence, visible: str) -> str:
    alias = source.node.args["alias"]
    return next((str(c.name) for c in alias.columns if c.name.lower() == visible), visible)
