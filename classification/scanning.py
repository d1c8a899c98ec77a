"""Label a whole table: its columns one by one, then what the table's declared facts and their company make of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import pyarrow as pa

from classification.columns import classify
from classification.model import ColumnSample, DatasetLabel
from classification.recognisers import Recognisers, load_recognisers


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
    """Give the label of a table.

    Args:
        name: the dataset's id.
        table: all of it, or a sample.
        rows: how many rows the whole table has.
        facts: what was declared of the table, such as `{"subject": "minor_under_14"}`.
        columns: what the source declares; comments on columns are evidence.
        recognisers: the compiled rules; absent, they are compiled for this one table.
    """
    rules = recognisers or load_recognisers()
    declared = {column.name: column for column in columns}
    labels = []
    for field, values in zip(table.column_names, table.columns, strict=True):
        known = declared.get(field)
        label = classify(ColumnSample(field, values, known.comment if known else None), rules)
        written = known.declared_type if known else str(values.type)
        labels.append(rules.tiers.raised(replace(label, declared_type=written), facts or {}))
    tier, reasons = rules.tiers.table_tier(labels, rows)
    return DatasetLabel(name, rows, table.num_rows, tier, tuple(labels), reasons, rules.version)
