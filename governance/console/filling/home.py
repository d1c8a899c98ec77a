"""Home: the piles of work that wait for this person, and how the house stands."""

from collections.abc import Iterable, Sequence

from audit import latest_checkpoint
from audit.errors import NotInLogError
from classification import catalogued
from governance import register
from governance.console.filling.inbox import obstacle, waiting
from governance.console.pages.home import HomeView, Standing, Work, WorkKind
from governance.console.ports import Visit
from governance.house import House
from governance.journeys.sight import Right, may
from governance.register import AccessRequestEntry
from storage import read_only


def home_view(house: House, visit: Visit) -> HomeView:
    """Give what needs this person now, the oldest pile first."""
    entries = waiting(house, visit.caller)
    mine = [one for one in entries if one.requester == visit.caller.person_id]
    open_ones = [one for one in entries if not obstacle(visit.caller, one)]
    with read_only(house.engine) as session:
        known = catalogued(session)
        systems = len(register.sources(session))
        try:
            size = latest_checkpoint(session).head.size
        except NotInLogError:
            size = 0
        offers = register.list_requests(
            session, status="countered", requester=visit.caller.person_id, unlapsed_at=house.clock()
        )
        told = register.unseen(session, visit.caller.person_id)
        emergencies = register.list_emergencies(session, unreviewed=True)
    piles = [
        _pile(house, "offers", offers),
        _emergencies(house, visit, emergencies),
        _told(house, told),
        _pile(house, "second_approval", [one for one in open_ones if one.approvals]),
        _pile(house, "requests", [one for one in open_ones if not one.approvals]),
        _pile(house, "own_requests", mine, "/requests"),
    ]
    review = sum(one.in_review for one in known)
    if review and may(visit.caller, Right.REVIEW_FIELDS):
        piles.append(Work("review", review, "/review"))
    standing = (
        Standing("systems", systems, "/catalogue"),
        Standing("datasets", len(known), "/catalogue"),
        Standing("fields", sum(one.fields for one in known), "/catalogue"),
        Standing("entries", size, "/evidence"),
    )
    return HomeView(tuple(pile for pile in piles if pile is not None), standing)


def _emergencies(house: House, visit: Visit, found: Sequence[register.Emergency]) -> Work | None:
    """Give the emergency access of others that waits for a judgement."""
    others = [one for one in found if one.person != visit.caller.person_id]
    if not others or not may(visit.caller, Right.REVIEW_EMERGENCIES):
        return None
    oldest = min(others, key=lambda one: one.opened_at)
    age = int((house.clock() - oldest.opened_at).total_seconds())
    return Work("emergencies", len(others), f"/emergencies/{oldest.id}", max(0, age))


def _told(house: House, found: Sequence[register.Notification]) -> Work | None:
    """Give what this person was told of and has not seen."""
    if not found:
        return None
    age = int((house.clock() - found[-1].at).total_seconds())
    newest = found[0]
    where = "emergencies" if newest.kind.startswith("break_glass") else "inbox"
    return Work("told", len({one.about for one in found}), f"/{where}/{newest.about}", max(0, age))


def _pile(house: House, kind: WorkKind, entries: Iterable[AccessRequestEntry], href: str = "") -> Work | None:
    found = sorted(entries, key=lambda one: one.created_at)
    if not found:
        return None
    age = int((house.clock() - found[0].created_at).total_seconds())
    return Work(kind, len(found), href or f"/inbox/{found[0].id}", max(0, age))
