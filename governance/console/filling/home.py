"""Home: the piles of work that wait for this person, and how the house stands."""

from collections.abc import Iterable

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
    piles = [
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


def _pile(house: House, kind: WorkKind, entries: Iterable[AccessRequestEntry], href: str = "") -> Work | None:
    found = sorted(entries, key=lambda one: one.created_at)
    if not found:
        return None
    age = int((house.clock() - found[0].created_at).total_seconds())
    return Work(kind, len(found), href or f"/inbox/{found[0].id}", max(0, age))
