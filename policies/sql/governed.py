"""The subquery that stands in for a dataset: granted fields in their granted form, of the rows that exist.

Where a predicate could fail on a hidden row, two defences stand, either of which suffices: every field of a row
outside the filter is NULL (data flow, so it holds in any plan), and a LIMIT above any row count keeps predicates
from moving below.

Source: access-mediation findings 3.1; PostgreSQL, "Rules and Privileges" (security_barrier).
"""

from sqlglot import exp

from policies.sql.mincell import subject_name
from policies.sql.sources import Occurrence

FENCE = "LIMIT 9223372036854775807"
_NOTHING = '1 AS "__mj_row"'


def place(source: Occurrence, *, fenced: bool) -> None:
    """Replace the table reference in the tree by its governed subquery, under the alias that expressions use."""
    node = source.node
    alias = exp.TableAlias(this=exp.to_identifier(node.alias or source.alias, quoted=True))
    table = exp.Table(this=exp.Var(this=subquery(source, fenced=fenced)), alias=alias)
    table.set("joins", node.args.get("joins"))
    node.replace(table)


def subquery(source: Occurrence, *, fenced: bool) -> str:
    """Give the text of the governed subquery, in parentheses, with only the columns that are needed."""
    table = source.table
    condition = table.row_filter
    fenced = fenced and condition is not None
    columns = []
    for visible, field in source.visible.items():
        column = table.columns[field]
        if field not in source.used and not (source.whole and column.kind == "value"):
            continue
        shown = field if visible == field.lower() else _renamed(source, visible)
        columns.append(f"{_guard(column.expression, condition if fenced else None)} AS {quote(shown)}")
    if source.people and table.subject is not None:
        subject = quote(table.subject)
        columns.append(f"{_guard(subject, condition if fenced else None)} AS {quote(subject_name(source))}")
    text = f"SELECT {', '.join(columns) or _NOTHING} FROM {table.base}"
    if condition is not None:
        text += f" WHERE ({condition})"
    return f"({text} {FENCE})" if fenced else f"({text})"


def quote(name: str) -> str:
    """Give an identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def _guard(expression: str, condition: str | None) -> str:
    return f"({expression})" if condition is None else f"CASE WHEN ({condition}) THEN ({expression}) END"


def _renamed(source: Occurrence, visible: str) -> str:
    alias = source.node.args["alias"]
    return next((str(c.name) for c in alias.columns if c.name.lower() == visible), visible)
