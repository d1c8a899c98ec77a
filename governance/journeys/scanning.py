"""Ask for a scan of declared sources; durable work carries it out."""

from collections.abc import Sequence

from audit import append
from governance import register
from governance.errors import NotFoundError
from governance.house import House
from governance.identity import Caller
from governance.journeys.depth import Depth
from governance.register import Scan
from storage import new_id, unit_of_work


def ask_for_scan(house: House, caller: Caller, sources: Sequence[str], depth: Depth) -> Scan:
    """Note that sources are to be scanned; none named means all of them.

    Raises:
        NotFoundError: a named source is not declared.
    """
    at = house.clock()
    with unit_of_work(house.engine) as session:
        declared = [entry.id for entry in register.sources(session)]
        unknown = sorted(set(sources) - set(declared))
        if unknown:
            raise NotFoundError(kind="source", id=unknown[0])
        scan = Scan(
            id=new_id(at),
            person=caller.person_id,
            sources=tuple(dict.fromkeys(sources)) or tuple(declared),
            full=depth.full,
            sample=depth.sample,
            again=depth.again,
            status="queued",
            done=(),
            problems=(),
            created_at=at,
            ended_at=None,
        )
        register.add_scan(session, scan)
        facts = {"sources": list(scan.sources), "full": scan.full, "again": scan.again}
        event = house.event("scan.started", caller.person_id, scan.id, facts=facts)
        entry = append(session, event)
    house.notarised(entry)
    return scan
