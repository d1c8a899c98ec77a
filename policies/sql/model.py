"""The values that rewriting takes and gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["value", "aggregate"]


@dataclass(frozen=True, slots=True)
class GovernedColumn:
    """One granted field and the form in which it may be seen.

    Args:
        expression: DuckDB SQL over the base table's columns; trusted, spliced in unread.
        kind: `value` may stand anywhere; `aggregate` only inside an aggregate over at least `min_cell` people.
        base_column: the source's own column.
        type: DuckDB's name for the expression's type, e.g. `VARCHAR`. Empty costs speed, never safety: a comparison
            of unknown types counts as one that can fail, and is fenced.
    """

    expression: str
    kind: Kind = "value"
    base_column: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class GovernedTable:
    """One granted dataset as this person may see it for this purpose.

    Args:
        dataset: the id, `source.table`.
        base: quoted name of the stored relation, in a schema that statements can't write, e.g. `"__base"."d_ab12"`.
        columns: granted fields by the name people write, in the dataset's order.
        denied: the dataset's other fields; naming one is refused as such.
        row_filter: DuckDB SQL over the base's columns that a row must fulfil to exist at all, e.g. a consent bit.
        subject: the base column that names the data subject.
        min_cell: the least number of people behind any aggregate over an `aggregate` column.
    """

    dataset: str
    base: str
    columns: Mapping[str, GovernedColumn]
    denied: frozenset[str] = frozenset()
    row_filter: str | None = None
    subject: str | None = None
    min_cell: int = 1


@dataclass(frozen=True, slots=True)
class Copy:
    """A governed relation to make before a statement that could fail runs, so that it meets nothing hidden.

    Args:
        name: unquoted `schema.name`; the same for the same text.
        base: unquoted `schema.name` of the stored relation it reads.
        text: the SELECT that makes it; it holds nothing a person wrote but new names of columns.
    """

    name: str
    base: str
    text: str


@dataclass(frozen=True, slots=True)
class Population:
    """The SELECT that tells who stands behind the figures of one SELECT.

    Args:
        dataset: whose people are counted.
        text: gives `g`, a number for each group, and the buckets `b` and signed counts `s` of its sketch.
        relations: what it reads.
    """

    dataset: str
    text: str
    relations: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The statement to run instead of the person's, and what it touches.

    Args:
        bases: unquoted `schema.name` of every stored relation that is touched, by the statement or by a copy.
        relations: unquoted `schema.name` of all that the statement itself reads, copies among them; the engine's own
            reading must agree.
        copies: to be made first.
        populations: who stands behind the figures, one for each kind of figure of each SELECT.
        fenced: the statement could fail on some value, and so reads copies of whatever hides something.
        aggregated: at least one SELECT got the minimum cell.
    """

    sql: str
    datasets_used: frozenset[str]
    fields_used: Mapping[str, frozenset[str]]
    fenced: bool
    aggregated: bool
    bases: frozenset[str] = field(default_factory=frozenset)
    relations: frozenset[str] = field(default_factory=frozenset)
    copies: tuple[Copy, ...] = ()
    populations: tuple[Population, ...] = ()
