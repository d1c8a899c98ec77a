"""Prepare a governed read: turn decisions into the relations a statement may see, and load what it really touches."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from governance import register
from governance.consenting import Consenting
from governance.errors import NotFoundError
from governance.house import House, TableShape
from governance.journeys.facts import Asked
from governance.journeys.opening import open_applied
from governance.sources.errors import SourceError
from policies import ConsentKind, Decision, FieldDecision, FormClass, FormContext
from policies.forms import result_type
from policies.forms import sql as form_sql
from policies.lookups import text_sql
from policies.sql import GovernedColumn, GovernedTable
from storage import read_only

if TYPE_CHECKING:
    import pyarrow as pa

    from governance.sources import Source

_SCHEMA = "__base"
_SHANGHAI = timezone(timedelta(hours=8))  # people have their birthdays by the calendar of the place they live in


@dataclass(slots=True)
class Preparation(Mapping[str, GovernedTable]):
    """The granted datasets as relations, each made when a statement first names it.

    A dataset is loaded into the worker when it is first looked at: its column types shape the masks.
    """

    house: House
    asked: Asked
    decisions: Mapping[str, Decision]
    people: frozenset[str] = frozenset()
    consent_sequence: int = 0
    as_of: dict[str, datetime] = field(default_factory=dict)  # when a dataset was last seen to be what the source holds
    _made: dict[str, GovernedTable] = field(default_factory=dict)

    def __getitem__(self, dataset: str) -> GovernedTable:
        """Give one dataset's relation."""
        if dataset not in self._made:
            self._made[dataset] = self._make(dataset, self.decisions[dataset])
        return self._made[dataset]

    def __iter__(self) -> Iterator[str]:
        """Go through the datasets."""
        return iter(self.decisions)

    def __len__(self) -> int:
        """Give how many there are."""
        return len(self.decisions)

    def context(self) -> FormContext:
        """Give what the forms of this read depend on."""
        purpose = str(self.asked.purpose)
        # Names of its own for each purpose: reads for two purposes at once never meet each other's key.
        mark = hashlib.sha256(purpose.encode()).hexdigest()[:16]
        return FormContext(
            purpose=purpose,
            token_key=self.house.keys.derive("token"),
            today=self.asked.at.astimezone(_SHANGHAI).date(),
            inner_name=f"token_inner_{mark}",
            outer_name=f"token_outer_{mark}",
        )

    def _make(self, dataset: str, decision: Decision) -> GovernedTable:
        context = self.context()
        self.house.workers.set_variables(context.variables())
        base = f'"{_SCHEMA}"."d_{hashlib.sha256(dataset.encode()).hexdigest()[:16]}"'
        types = self._load(dataset, base)
        needed = decision.obligations.consent
        subject = decision.obligations.subject_column
        row_filter = None
        if needed is not ConsentKind.NONE and subject is not None:
            row_filter = self._consent_bit(base, subject, needed)
        if self.people and subject is not None and decision.obligations.case_bound:
            whose = f"CAST({_quoted(subject)} AS VARCHAR) IN ({', '.join(map(text_sql, sorted(self.people)))})"
            row_filter = whose if row_filter is None else f"{row_filter} AND {whose}"
        allowed = {one.name: one for one in decision.allowed}
        # In the source's own order, so that `SELECT *` reads like the table.
        columns = {name: _column(allowed[name], types, context) for name in types if name in allowed}
        return GovernedTable(
            dataset=dataset,
            base=base,
            columns=columns,
            denied=frozenset(types) - columns.keys(),
            row_filter=row_filter,
            subject=subject,
            min_cell=decision.obligations.min_cell,
        )

    def _load(self, dataset: str, base: str) -> Mapping[str, str]:
        """Announce the dataset's present content to the worker; give the engine's type of each column."""
        source_id, _, table = dataset.partition(".")
        with read_only(self.house.engine) as session:
            entry = register.source(session, source_id)
        if entry is None:
            raise NotFoundError(kind="source", id=source_id)
        self.as_of[dataset] = self.house.clock()
        key = (dataset, entry.url, str(entry.base_dir))
        kept = self.house.shapes.get(key)
        if kept is not None:
            with suppress(SourceError):  # it may be gone: then it is looked for anew
                version = self._announce(entry, base, kept.name)
                if version == kept.version:
                    return kept.types
        found = self._shape(entry, base, table, dataset)
        self.house.shapes[key] = found
        return found.types

    def _announce(self, entry: register.SourceEntry, base: str, name: str) -> str:
        """Tell the workers of a table's present content; give its version."""
        source = open_applied(entry)
        try:
            version = source.fingerprint(name, self.house.workers.version_of(base))
        finally:
            source.close()
        self.house.workers.ensure_table(base, version, lambda: _read(entry, name))
        return version

    def _shape(self, entry: register.SourceEntry, base: str, table: str, dataset: str) -> TableShape:
        """Find a table in its source, announce it, and learn its columns."""
        source = open_applied(entry)
        try:
            name = _name_of(source, table, dataset)
            version = self._announce(entry, base, name)
            columns = [column.name for column in source.columns(name)]
        finally:
            source.close()
        types = self.house.workers.types(base, {column: _quoted(column) for column in columns})
        return TableShape(name, version, types)

    def _consent_bit(self, base: str, subject: str, needed: ConsentKind) -> str:
        purpose = str(self.asked.purpose)
        with read_only(self.house.engine) as session:
            known = self.house.book(session).purposes[purpose]
            found = self.house.consents.consenting(session, known, needed, self.asked.at)
        self.consent_sequence = found.sequence
        column = f"__c_{hashlib.sha256(f'{purpose}/{needed.value}'.encode()).hexdigest()[:16]}"
        self.house.workers.ensure_consent(
            base, subject, column, found.version, lambda: _texts(found.granted), lambda since: _changes(found, since)
        )
        return f'"{column}"'


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _read(entry: register.SourceEntry, name: str) -> "pa.Table":
    source = open_applied(entry)
    try:
        return source.read(name)
    finally:
        source.close()


def _texts(subjects: Collection[str]) -> "pa.Array":
    import pyarrow as pa  # noqa: PLC0415 -- only where a worker lacks the set

    return pa.array(list(subjects), pa.string())


def _changes(found: Consenting, since: int) -> "pa.Table | None":
    import pyarrow as pa  # noqa: PLC0415 -- only where a worker lacks them

    changes = found.changes_since(since)
    if changes is None:
        return None
    ids = [*changes.came, *changes.went]
    bits = [True] * len(changes.came) + [False] * len(changes.went)
    return pa.table({"id": pa.array(ids, pa.string()), "consents": pa.array(bits, pa.bool_())})


def _name_of(source: "Source", table: str, dataset: str) -> str:
    for ref in source.datasets():
        if ref.table == table:
            return ref.name
    raise NotFoundError(kind="dataset", id=dataset)


def _column(one: FieldDecision, types: Mapping[str, str], context: FormContext) -> GovernedColumn:
    form = one.form
    if form is None:
        message = "an allowed field always has a form"
        raise AssertionError(message)
    quoted = _quoted(one.name)
    if form.form_class is FormClass.AGGREGATED:
        return GovernedColumn(quoted, "aggregate", one.name, types[one.name])
    shown = form_sql(form, quoted, types[one.name], context)
    return GovernedColumn(shown, "value", one.name, result_type(form, types[one.name]))
