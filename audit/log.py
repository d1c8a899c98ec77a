"""The log's store: append to the outbox, and read heads, entries, tiles and proofs.

Appending writes an entry's bytes in the caller's transaction; the sequencer gives it its index afterwards.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.dml import ReturningInsert
from sqlmodel import Session

from audit import merkle
from audit.canonical import Draft, draft
from audit.errors import NotInLogError
from audit.lease import HEAD_ID
from audit.merkle import NodeSource, root_at
from audit.model import Checkpoint, Event, Proof, Receipt, TreeHead
from audit.tables import CHECKPOINT, ENTRY, HEAD, LEAF, NODE, PENDING
from audit.tiles import WIDTH, Tile, nodes_from_tiles, pack_bundle
from storage import new_id
from storage.errors import Said


def append(session: Session, event: Event) -> str:
    """Write an event's entry in the session's transaction; it gets its index after the commit.

    Returns:
        The entry's id; for a repeat of (source, key) the id that the first one got.

    Raises:
        EventRefusedError: the event can't become an entry.
    """
    return append_draft(session, draft(event, new_id(event.at)))


def append_draft(session: Session, made: Draft) -> str:
    """Write a draft; give its id, or the first one's when its key is a repeat."""
    event = made.event
    values: dict[str, object] = {"entry_id": made.entry_id, "source": event.source, "key": event.key, "body": made.body}
    connection = session.connection()
    fresh = connection.execute(_insert_once(connection.dialect.name, values)).scalar()
    if fresh is not None:
        connection.execute(insert(PENDING).values(entry_id=made.entry_id))
        return made.entry_id
    first = select(ENTRY.c.entry_id).where(ENTRY.c.source == event.source, ENTRY.c.key == event.key)
    return str(connection.execute(first).scalar_one())


def _insert_once(dialect: str, values: dict[str, object]) -> ReturningInsert[Any]:
    target = [ENTRY.c.source, ENTRY.c.key]
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 -- slow to load, and an embedded database never needs it

        return (
            postgresql.insert(ENTRY)
            .values(values)
            .on_conflict_do_nothing(index_elements=target)
            .returning(ENTRY.c.entry_id)
        )
    return sqlite.insert(ENTRY).values(values).on_conflict_do_nothing(index_elements=target).returning(ENTRY.c.entry_id)


def head(session: Session) -> TreeHead:
    """Give the size and root of the log as it stands now, signed or not.

    Raises:
        NotInLogError: no notary has ever run on this database.
    """
    found = session.connection().execute(select(HEAD.c.origin, HEAD.c.size).where(HEAD.c.id == HEAD_ID)).first()
    if found is None:
        raise NotInLogError(what=Said("树头", "head"))
    return TreeHead(found.origin, found.size, root_at(nodes(session, found.size), found.size))


def latest_checkpoint(session: Session, at_most: int | None = None) -> Checkpoint:
    """Give the newest signed tree head, or the newest of at most a given size.

    Raises:
        NotInLogError: none was signed yet.
    """
    query = select(CHECKPOINT).order_by(CHECKPOINT.c.size.desc()).limit(1)
    if at_most is not None:
        query = query.where(CHECKPOINT.c.size <= at_most)
    found = session.connection().execute(query).first()
    if found is None:
        raise NotInLogError(what=Said("检查点", "checkpoint"))
    origin = found.note.partition("\n")[0]
    return Checkpoint(TreeHead(origin, found.size, found.root), found.note, found.vkey, found.signed_at)


def receipts(session: Session, entry_ids: Iterable[str]) -> dict[str, Receipt]:
    """Give the receipts of those entries that have a place in the log."""
    wanted = list(entry_ids)
    if not wanted:
        return {}
    connection = session.connection()
    size = connection.execute(select(HEAD.c.size).where(HEAD.c.id == HEAD_ID)).scalar() or 0
    found = connection.execute(
        select(LEAF.c.entry_id, LEAF.c.leaf_index, LEAF.c.leaf_hash).where(LEAF.c.entry_id.in_(wanted))
    )
    return {row.entry_id: Receipt(row.entry_id, row.leaf_index, row.leaf_hash, size) for row in found}


def read_tile(session: Session, level: int, index: int, width: int = WIDTH) -> bytes:
    """Give the bytes of a hash tile, of exactly `width` hashes.

    Raises:
        NotInLogError: the tree does not reach that far.
    """
    start = index * WIDTH
    if level == 0:
        place, query = LEAF.c.leaf_index, select(LEAF.c.leaf_hash)
    else:
        place, query = NODE.c.node_index, select(NODE.c.node_hash).where(NODE.c.level == level)
    query = query.where(place >= start, place < start + width).order_by(place)
    hashes = [row[0] for row in session.connection().execute(query)]
    if len(hashes) != width or not width:
        raise NotInLogError(what=Tile(level, index, width).path)
    return b"".join(hashes)


def read_entries(session: Session, index: int, width: int = WIDTH) -> bytes:
    """Give the bytes of an entry bundle, of exactly `width` entries.

    Raises:
        NotInLogError: the log does not reach that far.
    """
    start = index * WIDTH
    here = (LEAF.c.leaf_index >= start, LEAF.c.leaf_index < start + width)
    query = select(ENTRY.c.body).join(LEAF, LEAF.c.entry_id == ENTRY.c.entry_id).where(*here)
    bodies = [row[0] for row in session.connection().execute(query.order_by(LEAF.c.leaf_index))]
    if len(bodies) != width or not width:
        raise NotInLogError(what=Tile(None, index, width).path)
    return pack_bundle(bodies)


def read(session: Session, tile: Tile) -> bytes:
    """Give the bytes of a tile or bundle."""
    if tile.level is None:
        return read_entries(session, tile.index, tile.width)
    return read_tile(session, tile.level, tile.index, tile.width)


def nodes(session: Session, size: int) -> NodeSource:
    """Give the nodes of the tree of that size, each tile read once."""
    return nodes_from_tiles(lambda tile: read(session, tile), size)


def inclusion_proof(session: Session, index: int, size: int) -> Proof:
    """Give the proof that the entry at `index` is in the tree of `size`.

    Raises:
        NotInLogError: the log has no such entry or is smaller.
    """
    path = merkle.inclusion_proof(nodes(session, size), index, size)
    found = session.connection().execute(select(LEAF.c.leaf_hash).where(LEAF.c.leaf_index == index)).scalar_one()
    return Proof(index, size, found, tuple(path))


def consistency_proof(session: Session, old: int, new: int) -> list[bytes]:
    """Give the proof that the tree of size `old` is a prefix of that of size `new`.

    Raises:
        NotInLogError: not 0 < old ≤ new, or the log is smaller.
    """
    return merkle.consistency_proof(nodes(session, new), old, new)
