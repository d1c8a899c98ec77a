"""One batch: read what waits, hash it, and write entries, leaves, nodes and head in one transaction.

Reading and hashing happen before the transaction, so that the write lock is held for the inserts alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, insert, select

from audit.canonical import Draft, read_entry
from audit.errors import NotCanonicalError
from audit.lease import Lease, advance
from audit.merkle import CompactRange, leaf_hash
from audit.model import Event, Receipt
from audit.tables import ENTRY, LEAF, NODE, PENDING, SUBJECT
from audit.tiles import HEIGHT

_DELETE_PENDING = delete(PENDING).where(PENDING.c.seq.in_(bindparam("seqs", expanding=True)))


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry of the outbox, with its place in the order of insertion."""

    seq: int
    draft: Draft


@dataclass(slots=True)
class Rows:
    """What a batch will write, and the tree after it."""

    tree: CompactRange
    leaves: list[dict[str, Any]] = field(default_factory=list)
    nodes: list[dict[str, Any]] = field(default_factory=list)
    subjects: list[dict[str, Any]] = field(default_factory=list)

    def add(self, draft: Draft) -> None:
        """Give a draft the next index."""
        index = self.tree.size
        leaf = leaf_hash(draft.body)
        for height, node_index, node in self.tree.append(leaf):
            if height % HEIGHT == 0:
                self.nodes.append({"level": height // HEIGHT, "node_index": node_index, "node_hash": node})
        event = draft.event
        self.leaves.append(
            {
                "leaf_index": index,
                "entry_id": draft.entry_id,
                "leaf_hash": leaf,
                "kind": event.kind,
                "at": event.at,
                "actor": event.actor,
                "outcome": event.outcome,
                "purpose": event.purpose,
                "dataset": event.dataset,
            }
        )
        self.subjects += [{"subject": subject, "leaf_index": index} for subject in sorted(set(event.subjects))]

    def receipts(self) -> list[Receipt]:
        """Give the receipts of the batch, valid once it is committed."""
        size = self.tree.size
        return [Receipt(row["entry_id"], row["leaf_index"], row["leaf_hash"], size) for row in self.leaves]


def waiting(connection: Connection, limit: int) -> list[Waiting]:
    """Give the oldest entries of the outbox."""
    found = connection.execute(
        select(PENDING.c.seq, ENTRY.c.entry_id, ENTRY.c.body)
        .join(ENTRY, ENTRY.c.entry_id == PENDING.c.entry_id)
        .order_by(PENDING.c.seq)
        .limit(limit)
    )
    return [Waiting(row.seq, _readable(row.entry_id, row.body)) for row in found]


def sequence(engine: Engine, lease: Lease, outbox: Sequence[Waiting], direct: Sequence[Draft]) -> list[Receipt]:
    """Give every draft its index, the outbox first, and commit them under the lease.

    Raises:
        LeaseLostError: another sequencer took over; nothing was written.
        IntegrityError: a direct draft repeats a key; nothing was written.

    Guarantee: the lease's tree is changed only after the commit.
    """
    rows = Rows(lease.tree.copy())
    for item in outbox:
        rows.add(item.draft)
    for draft in direct:
        rows.add(draft)
    with engine.begin() as connection:
        advance(connection, lease, rows.tree)
        if direct:
            connection.execute(insert(ENTRY), [_entry(draft) for draft in direct])
        connection.execute(insert(LEAF), rows.leaves)
        if rows.nodes:
            connection.execute(insert(NODE), rows.nodes)
        if rows.subjects:
            connection.execute(insert(SUBJECT), rows.subjects)
        if outbox:
            connection.execute(_DELETE_PENDING, {"seqs": [item.seq for item in outbox]})
    lease.tree = rows.tree
    return rows.receipts()


def _entry(draft: Draft) -> dict[str, object]:
    event = draft.event
    return {"entry_id": draft.entry_id, "source": event.source, "key": event.key, "body": draft.body}


def _readable(entry_id: str, body: bytes) -> Draft:
    """Read an entry for its search columns; bytes that tampering made unreadable still get their place."""
    try:
        return Draft(entry_id, read_entry(body).event, body)
    except NotCanonicalError:
        unknown = Event(kind="log.unreadable", at=datetime.fromtimestamp(0, UTC), actor="-", key=entry_id)
        return Draft(entry_id, unknown, body)
