"""Label a whole table: its columns one by one, then what the table's declared facts and their company make of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import pyarrow as pa

from classification.columns import TEXTS, classify_profile
from classification.model import DatasetLabel
from classification.recognisers import Recognisers, load_recognisers
from classification.tally import TableTally

# Of a column of running text, how many different texts a full scan reads: what 3 of n texts or more mention is seen
# with 95 % (rule of three: Hanley, Lippman-Hand 1983).
TEXTS_IN_FULL = 3000


class Described(Protocol):
    """What a source declares about a column."""

    @property
    def name(self) -> str:
        """Give its name."""

    @property
    def declared_type(self) -> str:
        """Give its type in the source's own words."""

    @property
    def comment(self) -> str | None:
        """Give the schema's comment on it."""


def scan_table(
    name: str,
    table: pa.Table,
    rows: int,
    facts: Mapping[str, object] | None = None,
    *,
    columns: Sequence[Described] = (),
    recognisers: Recognisers | None = None,
) -> DatasetLabel:
    """Give the label of a table that lies in memory: all of it, or a sample. Arguments as in `scan_batches`."""
    batches = table.to_batches() or [pa.RecordBatch.from_pylist([], schema=table.schema)]
    return scan_batches(name, batches, rows, facts, columns=columns, recognisers=recognisers)


def scan_batches(
    name: str,
    batches: Iterable[pa.RecordBatch],
    rows: int | None,
    facts: Mapping[str, object] | None = None,
    *,
    columns: Sequence[Described] = (),
    recognisers: Recognisers | None = None,
    tell: Callable[[int], None] = lambda _: None,
) -> DatasetLabel:
    """Give the label of a table whose rows come in batches; memory does not grow with their number.

    Args:
        name: the dataset's id.
        batches: all of it, or a sample.
        rows: how many rows the whole table has; None when the batches are all of it.
        facts: what was declared of the table, such as `{"subject": "minor_under_14"}`.
        columns: what the source declares; comments on columns are evidence.
        recognisers: the compiled rules; absent, they are compiled for this one table.
        tell: is called after each batch with the number of rows counted so far.
    """
    rules = recognisers or load_recognisers()
    tally = TableTally(rules.forms, len(columns))
    tally.expect([column.name for column in columns])
    for batch in batches:
        tally.add(batch)
        tell(tally.rows)
    return label_table(name, tally, tally.rows if rows is None else rows, facts, columns=columns, recognisers=rules)


def label_table(
    name: str,
    tally: TableTally,
    rows: int,
    facts: Mapping[str, object] | None,
    *,
    columns: Sequence[Described],
    recognisers: Recognisers,
) -> DatasetLabel:
    """Give the label of a table that has been counted. Arguments as in `scan_batches`."""
    declared = {column.name: column for column in columns}
    texts = TEXTS if tally.rows < rows else TEXTS_IN_FULL
    labels = []
    for field, counted in tally.columns.items():
        known, profile = declared.get(field), counted.profile()
        label = classify_profile(field, known.comment if known else None, profile, recognisers, texts=texts)
        written = known.declared_type if known else profile.kind
        labels.append(recognisers.tiers.raised(replace(label, declared_type=written), facts or {}))
    tier, reasons = recognisers.tiers.table_tier(labels, rows)
    return DatasetLabel(name, rows, tally.rows, tier, tuple(labels), reasons, recognisers.version)
