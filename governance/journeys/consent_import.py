"""Import a file of consent events: one entry with counts and the file's digest, however many rows."""

from pathlib import Path

import consent
from audit import append
from consent import ImportReport
from consent.propagation import queue_withdrawals
from governance.house import House
from governance.identity import Caller
from governance.journeys.sight import Right, require
from storage import new_id, unit_of_work


def import_file(house: House, caller: Caller, path: Path, *, accept_valid: bool) -> ImportReport:
    """Import a CSV or Parquet file; the same file again changes nothing and writes no entry.

    Raises:
        ImportFileError: the file can't be read at all.
        ImportRefusedError: holds every bad row; nothing was applied.
        WrongRoleError: importing is for stewards, officers and the owner.
    """
    require(caller, Right.KEEP_CONSENTS)
    at = house.clock()
    entry: str | None = None
    with unit_of_work(house.engine) as session:
        report = consent.import_rows(
            session,
            path,
            recorded_at=at,
            operator=caller.person_id,
            purposes=house.book(session).purposes.keys(),
            accept_valid=accept_valid,
        )
        if report.added:
            queue_withdrawals(session, report.first, at)
            event = house.event("consent.imported", caller.person_id, new_id(at), facts=import_facts(report))
            entry = append(session, event)
    if entry is not None:
        house.notarised(entry)
    return report


def import_facts(report: ImportReport) -> dict[str, object]:
    """Give what the log keeps of an import: the file's digest, counts, and what proves each single event.

    `events_digest` is SHA-256 over the content digests of the events from `first` on, `added` of them, in order.
    """
    return {
        "digest": report.digest,
        "read": report.read,
        "added": report.added,
        "unchanged": report.unchanged,
        "repeated": report.repeated,
        "rejected": report.rejected_count,
        "first": report.first,
        "events_digest": report.events_digest,
    }
