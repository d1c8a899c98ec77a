"""Find entries in the log by what they say; only entries that have their place are found."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select
from sqlmodel import Session

from audit.canonical import read_entry
from audit.errors import NotInLogError
from audit.model import Entry
from audit.tables import ENTRY, LEAF, SUBJECT
from storage.errors import Said

_LIMIT = 1000
_LAST = 2**63 - 1


def entry(session: Session, at: int | str) -> Entry:
    """Give the entry at an index, or with an id.

    Raises:
        NotInLogError: there is none, or it has no index yet.
    """
    if isinstance(at, int) and not 0 <= at <= _LAST:
        raise NotInLogError(what=Said(f"条目 {at}", f"entry {at}"))
    here = LEAF.c.leaf_index == at if isinstance(at, int) else LEAF.c.entry_id == at
    found = session.connection().execute(_entries().where(here)).first()
    if found is None:
        raise NotInLogError(what=Said(f"条目 {at}", f"entry {at}"))
    return _entry(found)


def events(  # noqa: PLR0913 -- a search has these conditions
    session: Session,
    *,
    kind: str | None = None,
    actor: str | None = None,
    outcome: str | None = None,
    purpose: str | None = None,
    dataset: str | None = None,
    subject: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    after_index: int | None = None,
    before_index: int | None = None,
    newest_first: bool = False,
    limit: int = 100,
) -> list[Entry]:
    """Give the sequenced entries that meet every condition, in the order of the log.

    Args:
        session: where to read.
        kind: exactly this kind; so too actor, outcome, purpose, dataset, and subject (a pseudonym).
        actor: who acted.
        outcome: how it ended.
        purpose: what for.
        dataset: on which data.
        subject: a pseudonym that the entry names.
        since: at this instant or later.
        until: before this instant.
        after_index: only entries behind this index; the cursor of the next page.
        before_index: only entries before this index; the cursor when `newest_first`.
        newest_first: the latest entry first.
        limit: at most this many, and never more than 1000.
    """
    conditions: list[ColumnElement[bool]] = [
        LEAF.c[name] == value
        for name, value in (
            ("kind", kind),
            ("actor", actor),
            ("outcome", outcome),
            ("purpose", purpose),
            ("dataset", dataset),
        )
        if value is not None
    ]
    query = _entries().where(*conditions)
    if subject is not None:
        query = query.join(SUBJECT, SUBJECT.c.leaf_index == LEAF.c.leaf_index).where(SUBJECT.c.subject == subject)
    if since is not None:
        query = query.where(LEAF.c.at >= since)
    if until is not None:
        query = query.where(LEAF.c.at < until)
    if after_index is not None:
        query = query.where(LEAF.c.leaf_index > after_index)
    if before_index is not None:
        query = query.where(LEAF.c.leaf_index < before_index)
    order = LEAF.c.leaf_index.desc() if newest_first else LEAF.c.leaf_index
    found = session.connection().execute(query.order_by(order).limit(min(limit, _LIMIT)))
    return [_entry(row) for row in found]


def _entries() -> Select[Any]:
    return select(LEAF.c.leaf_index, LEAF.c.entry_id, LEAF.c.leaf_hash, ENTRY.c.body).join(
        ENTRY, ENTRY.c.entry_id == LEAF.c.entry_id
    )


def _entry(row: Row[Any]) -> Entry:
    return Entry(row.leaf_index, row.entry_id, row.leaf_hash, read_entry(row.body).event, row.body)
