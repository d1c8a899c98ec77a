"""Notices: which versions of what people are told are in force; a new publication is a new row."""

from dataclasses import replace

from sqlmodel import Session, col, select

from consent.errors import NoticeChangedError
from consent.model import Notice
from consent.numbering import become_writer, sequence
from consent.tables import NoticeRow


def publish(session: Session, notice: Notice) -> bool:
    """Publish a version, or change whether it is current; tell whether that changed anything. The caller commits.

    Several versions of one purpose may be current at once: a corrected misprint asks nobody again.

    Raises:
        NoticeChangedError: the version is published with another text.
    """
    become_writer(session)
    found = next((known for known in notices(session, notice.purpose) if known.version == notice.version), None)
    if found is not None and found.text_digest != notice.text_digest:
        raise NoticeChangedError(purpose=notice.purpose, version=notice.version)
    if found is not None and replace(found, at=notice.at) == notice:
        return False
    row = NoticeRow(
        sequence=sequence(session) + 1,
        purpose=notice.purpose,
        version=notice.version,
        title=dict(notice.title),
        text_digest=notice.text_digest,
        current=notice.current,
        at=notice.at,
    )
    session.add(row)
    session.flush()
    return True


def notices(session: Session, purpose: str | None = None) -> tuple[Notice, ...]:
    """List the versions of a purpose (or of all) as last published, in the order of their first publication."""
    query = select(NoticeRow).order_by(col(NoticeRow.sequence))
    if purpose is not None:
        query = query.where(NoticeRow.purpose == purpose)
    newest: dict[tuple[str, str], Notice] = {}
    for row in session.exec(query).all():
        newest[row.purpose, row.version] = Notice(
            row.purpose, row.version, row.text_digest, row.current, row.at, row.title
        )
    return tuple(newest.values())


def current_versions(session: Session, purpose: str) -> frozenset[str]:
    """Give the versions of a purpose that are in force, as they stand now.

    A version that is superseded ends the consents given under it at once; publication times play no part, so that
    imported history counts under a notice that was registered afterwards.
    """
    return frozenset(notice.version for notice in notices(session, purpose) if notice.current)
