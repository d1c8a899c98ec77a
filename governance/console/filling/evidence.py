"""The log pages: newest signed head, entries, and the inclusion proof of one."""

from sqlmodel import Session

from audit import KINDS, Entry, entry, events, head, inclusion_proof, latest_checkpoint
from audit.errors import NotInLogError
from governance.console.pages.evidence import EntryRow, EntryView, Head, LogView
from governance.console.ports import Visit
from governance.errors import CursorInvalidError, NotFoundError
from governance.house import House
from governance.journeys.sight import Right, may
from storage import read_only

_PAGE = 25


def log_view(house: House, visit: Visit, cursor: str) -> LogView:
    """Give the head and a page of entries: all of them for those who watch, one's own for others.

    Raises:
        CursorInvalidError: the cursor is no index.
    """
    if cursor and not (cursor.isdecimal() and cursor.isascii() and len(cursor) < 19):  # noqa: PLR2004 -- what 64 bits hold
        raise CursorInvalidError
    before = int(cursor) if cursor else None
    actor = None if may(visit.caller, Right.SEE_ENTRIES) else visit.caller.person_id
    with read_only(house.engine) as session:
        found = events(session, actor=actor, before_index=before, newest_first=True, limit=_PAGE + 1)
        top = _head(session, house.settings.origin, 1)
    rows = tuple(_row(one, visit) for one in found[:_PAGE])
    return LogView(top, rows, str(rows[-1].index) if len(found) > _PAGE else "")


def entry_view(house: House, visit: Visit, entry_id: str) -> EntryView:
    """Give one entry and its path to the newest signed head that covers it.

    Raises:
        NotFoundError: there is none, or it is another person's.
    """
    with read_only(house.engine) as session:
        try:
            found = entry(session, entry_id)
        except NotInLogError as error:
            raise NotFoundError(kind="log entry", id=entry_id) from error
        if found.event.actor != visit.caller.person_id and not may(visit.caller, Right.SEE_ENTRIES):
            raise NotFoundError(kind="log entry", id=entry_id)
        top = _head(session, house.settings.origin, found.index + 1)
        proof = inclusion_proof(session, found.index, top.size)
    path = tuple(node.hex() for node in proof.path)
    return EntryView(_row(found, visit), found.body, found.leaf_hash.hex(), path, top)


def _head(session: Session, origin: str, least: int) -> Head:
    """Give the newest signed head; where it does not cover `least` entries yet, the tree as it stands."""
    try:
        signed = latest_checkpoint(session)
    except NotInLogError:
        signed = None
    if signed is not None and signed.head.size >= least:
        return Head(signed.head.origin, signed.head.size, signed.head.root.hex(), signed.signed_at)
    try:
        now = head(session)
    except NotInLogError:
        return Head(origin, 0, "", None)
    return Head(now.origin, now.size, now.root.hex(), None)


def _row(found: Entry, visit: Visit) -> EntryRow:
    event = found.event
    zh, en = KINDS.get(event.kind, (event.kind, event.kind))
    return EntryRow(
        id=found.entry_id,
        index=found.index,
        kind=event.kind,
        title=zh if visit.language == "zh" else en,
        actor=event.actor,
        outcome=event.outcome or "",
        purpose=event.purpose or "",
        dataset=event.dataset or "",
        at=event.at,
    )
