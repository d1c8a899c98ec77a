"""The oversight pages plugged into the house: offers, emergency access, narrowing."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from governance import register
from governance.console.filling.oversight import emergencies_view, glass_form, narrowing_view, unused_view
from governance.console.pages.oversight import (
    EmergenciesView,
    GlassForm,
    GlassWish,
    HeldLine,
    NarrowingView,
    UnusedView,
)
from governance.console.ports import Visit
from governance.house import House
from governance.journeys.emergency import break_glass, end_emergency, review_emergency
from governance.journeys.emergency_rules import Need
from governance.journeys.holding import see, settle_holds, undo
from governance.journeys.narrowing import narrow_grant
from governance.journeys.offers import accept_offer, counter_request
from storage import read_only


@dataclass(frozen=True, slots=True)
class HouseOversight:
    """The oversight journeys over the house."""

    house: House

    def settle(self) -> None:
        """Carry out held decisions whose time has come."""
        settle_holds(self.house)

    def held(self, visit: Visit) -> tuple[HeldLine, ...]:
        """Give the reader's held decisions."""
        with read_only(self.house.engine) as session:
            found = register.waiting_acts(session, person=visit.caller.person_id)
        now = self.house.clock()
        return tuple(
            HeldLine(one.id, one.act, one.request, max(1, ceil((one.due_at - now).total_seconds()))) for one in found
        )

    def undo(self, visit: Visit, held_id: str) -> None:
        """Take a held decision back."""
        undo(self.house, visit.caller, held_id)

    def counter(
        self, visit: Visit, request_id: str, forms: Mapping[str, str], days: int, reason: str, version: int
    ) -> None:
        """Offer a smaller set."""
        counter_request(self.house, visit.caller, request_id, forms=forms, reason=reason, days=days, version=version)

    def accept(self, visit: Visit, request_id: str, version: int) -> None:
        """Accept a smaller set."""
        accept_offer(self.house, visit.caller, request_id, version=version)

    def emergencies(self, visit: Visit, emergency_id: str | None) -> EmergenciesView:
        """Give the list and the named one; looking at it is having seen it."""
        view = emergencies_view(self.house, visit, emergency_id)
        if emergency_id is not None:
            see(self.house, visit.caller, emergency_id)
        return view

    def glass_form(self, visit: Visit, wish: GlassWish, problem: str = "") -> GlassForm:
        """Give the form to break the glass."""
        return glass_form(self.house, visit, wish, problem)

    def break_glass(self, visit: Visit, wish: GlassWish) -> str:
        """Open emergency access; gives its id."""
        fields = dict.fromkeys(wish.fields, "raw")  # cut to what the purpose may see
        need = Need(wish.dataset, wish.purpose, fields, wish.reason, wish.ticket, wish.minutes)
        return break_glass(self.house, visit.caller, need)[0].id

    def end_emergency(self, visit: Visit, emergency_id: str) -> None:
        """End emergency access early."""
        end_emergency(self.house, visit.caller, emergency_id)

    def review_emergency(self, visit: Visit, emergency_id: str, judgement: str, note: str) -> None:
        """Judge emergency access."""
        review_emergency(self.house, visit.caller, emergency_id, judgement=judgement, note=note)

    def unused(self, visit: Visit) -> UnusedView:
        """Give the grants that give more than was read."""
        return unused_view(self.house, visit)

    def narrowing(self, visit: Visit, grant_id: str) -> NarrowingView:
        """Give what narrowing a grant would change."""
        return narrowing_view(self.house, visit, grant_id)

    def narrow(self, visit: Visit, grant_id: str, digest: str, reason: str) -> None:
        """Narrow a grant, as it was looked at."""
        narrow_grant(self.house, visit.caller, grant_id, seen=digest, reason=reason)
