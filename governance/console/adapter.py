"""The console plugged into the house: the real door, its acts recorded, and the real journeys."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from fastapi import Request

from audit import append
from classification.reviews import NO_CATEGORY
from governance import register
from governance.console.door import IdentityDoor
from governance.console.filling.asking import ask_view, requests_view, settled
from governance.console.filling.catalogue import catalogue_view, dataset_view
from governance.console.filling.evidence import entry_view, log_view
from governance.console.filling.fields import bulk_view, field_page, fields_view, review_view
from governance.console.filling.home import home_view
from governance.console.filling.inbox import inbox_view, obstacle, waiting
from governance.console.filling.person import lookup_page, person_form, person_page
from governance.console.filling.policies import policies_page, policy_page, publish
from governance.console.filling.query import answer_view, form_view
from governance.console.i18n import Translator, load_words
from governance.console.overseeing import HouseOversight
from governance.console.pages.asking import AskView, Draft, RequestsView
from governance.console.pages.catalogue import CatalogueView, DatasetView
from governance.console.pages.evidence import EntryView, LogView
from governance.console.pages.fields import BulkView, FieldPage, FieldQuery, FieldsView, ReviewView
from governance.console.pages.home import HomeView
from governance.console.pages.inbox import InboxView
from governance.console.pages.person import PersonPage
from governance.console.pages.policies import PoliciesPage, PolicyPage, PolicyWish
from governance.console.pages.query import QueryView
from governance.console.ports import Act, ConsoleParts, Decided, Departure, PersonWish, Visit
from governance.house import House
from governance.identity import Caller, OpenedSession, Passwords, SignInBlockedError, SignInRefusedError
from governance.journeys.access import Verdict, Wish, request_access, withdraw_request
from governance.journeys.holding import decide_later, see
from governance.journeys.review import Override, confirm_field, confirm_fields, following_field, override_field
from storage import new_id, read_only, unit_of_work
from storage.errors import Language

if TYPE_CHECKING:
    from governance.identity.oidc import SignOn

_PROVIDER_SECONDS = 10.0


class HouseParts:
    """Gives the console's parts for the house that the application opened."""

    def __init__(self) -> None:
        """Begin without a house: it opens with the application's lifespan."""
        self._lock = Lock()
        self._made: tuple[House, ConsoleParts] | None = None

    def __call__(self, request: Request) -> ConsoleParts:
        """Give the parts, made once for each house."""
        house: House = request.app.state.house
        with self._lock:
            if self._made is None or self._made[0] is not house:
                self._made = house, parts_of(house)
            return self._made[1]


def parts_of(house: House) -> ConsoleParts:
    """Plug the console into a house."""
    settings = house.settings
    sign_on = _sign_on(house)
    door = IdentityDoor(house.engine, house.keys, house.session_limits, house.clock, Passwords(), sign_on)
    return ConsoleParts(
        door=RecordedDoor(house, door),
        journeys=HouseJourneys(house, load_words()),
        oversight=HouseOversight(house),
        keys=house.keys,
        language=settings.language,
        is_demo=settings.demo,
        has_sign_on=sign_on is not None,
        secure_cookies=settings.secure_cookies,
    )


def _sign_on(house: House) -> "SignOn | None":
    settings = house.settings
    if not settings.oidc_issuer:
        return None
    import httpx  # noqa: PLC0415 -- only where single sign-on is switched on

    from governance.identity.oidc import Provider, SignOn  # noqa: PLC0415 -- likewise

    path = settings.oidc_client_secret_file
    secret = path.read_text("utf-8").strip() if path else ""
    provider = Provider(
        settings.oidc_issuer, settings.oidc_client_id, secret, settings.oidc_redirect_url, settings.oidc_claim
    )
    return SignOn(provider, httpx.Client(timeout=_PROVIDER_SECONDS), house.keys)


@dataclass(frozen=True, slots=True)
class RecordedDoor:
    """A door whose every passage is an entry of the log; nobody is in before it is durable."""

    house: House
    door: IdentityDoor

    def sign_in(self, name: str, password: str, client: str) -> OpenedSession:
        """Open a session; a refusal is recorded too, without what was typed.

        Raises:
            SignInRefusedError: name and password don't belong together, or too many trials were made.
        """
        try:
            opened = self.door.sign_in(name, password, client)
        except SignInBlockedError:
            raise  # the trials before it stand in the log; a flood of more must not fill it
        except SignInRefusedError:
            self._record("person.sign_in_failed", "unknown", "deny")
            raise
        self._record("person.signed_in", opened.person_id, "allow")
        return opened

    def caller(self, token: str) -> Caller | None:
        """Give the caller of a session cookie."""
        return self.door.caller(token)

    def sign_out(self, token: str) -> None:
        """End a session."""
        caller = self.door.caller(token) if token else None
        self.door.sign_out(token)
        if caller is not None:
            self._record("person.signed_out", caller.person_id, None)

    def leave(self) -> Departure:
        """Begin single sign-on."""
        return self.door.leave()

    def arrive(self, code: str, state: str, remembered: str) -> OpenedSession:
        """Finish single sign-on."""
        opened = self.door.arrive(code, state, remembered)
        self._record("person.signed_in", opened.person_id, "allow")
        return opened

    def _record(self, kind: str, actor: str, outcome: str | None) -> None:
        with unit_of_work(self.house.engine) as session:
            placed = append(session, self.house.event(kind, actor, new_id(self.house.clock()), outcome=outcome))
        self.house.notarised(placed)


@dataclass(frozen=True, slots=True)
class HouseJourneys:
    """The console's journeys over the house."""

    house: House
    words: dict[Language, Translator]

    def pending(self, visit: Visit) -> int:
        """Count the requests this person can decide now."""
        return sum(not obstacle(visit.caller, entry) for entry in waiting(self.house, visit.caller))

    def home(self, visit: Visit) -> HomeView:
        """Give what needs this person now."""
        return home_view(self.house, visit)

    def catalogue(self, visit: Visit) -> CatalogueView:
        """Give all systems with their datasets."""
        return catalogue_view(self.house, visit)

    def dataset(self, visit: Visit, dataset_id: str) -> DatasetView:
        """Give one dataset with its fields."""
        return dataset_view(self.house, visit, dataset_id)

    def fields(self, visit: Visit, query: FieldQuery) -> FieldsView:
        """Give a filtered list of fields."""
        return fields_view(self.house, visit, self.words[visit.language], query)

    def field(self, visit: Visit, field_id: str) -> FieldPage:
        """Give one field with its evidence."""
        return field_page(self.house, visit, self.words[visit.language], field_id)

    def review(self, visit: Visit, field_id: str | None) -> ReviewView:
        """Give the fields that wait for a person."""
        return review_view(self.house, visit, self.words[visit.language], field_id)

    def bulk(self, visit: Visit, ids: Sequence[str]) -> BulkView:
        """Give what confirming these fields at once would do."""
        return bulk_view(self.house, visit, self.words[visit.language], ids)

    def confirm_field(self, visit: Visit, field_id: str, version: str) -> str | None:
        """Confirm a label; gives the field that waits next."""
        following = following_field(self.house, field_id)
        confirm_field(self.house, visit.caller, field_id, version=version)
        return following

    def override_field(
        self, visit: Visit, field_id: str, version: str, category: str, tier: int, reason: str
    ) -> str | None:
        """Override a label; gives the field that waits next."""
        following = following_field(self.house, field_id)
        chosen = None if category == NO_CATEGORY else category
        override_field(self.house, visit.caller, field_id, Override(chosen, tier, reason), version=version)
        return following

    def confirm_all(self, visit: Visit, ids: Sequence[str], reason: str) -> None:
        """Confirm several labels at once."""
        confirm_fields(self.house, visit.caller, ids, reason=reason)

    def inbox(self, visit: Visit, request_id: str | None) -> InboxView:
        """Give the requests this person may see; opening one counts as having seen what was told of it."""
        view = inbox_view(self.house, visit, self.words[visit.language], request_id)
        if request_id is not None:
            see(self.house, visit.caller, request_id)
        return view

    def decide(self, visit: Visit, request_id: str, act: Act, reason: str, version: int) -> Decided:
        """Approve as advised or as asked, or reject."""
        order = [entry.id for entry in waiting(self.house, visit.caller)]
        forms = None
        if act == "asked":
            with read_only(self.house.engine) as session:
                forms = register.request_by_id(session, request_id).asked
        verdict = Verdict(request_id, reason, forms, version)
        done = decide_later(self.house, visit.caller, "reject" if act == "reject" else "approve", verdict)
        left = [one.id for one in waiting(self.house, visit.caller) if not obstacle(visit.caller, one)]
        place = order.index(request_id) if request_id in order else 0
        following = next((one for one in order[place + 1 :] if one in left), left[0] if left else None)
        if isinstance(done, register.HeldAct):
            return Decided("held", following)
        status = done.status if done.status in {"approved", "rejected"} else "pending"
        return Decided(status, following)

    def withdraw(self, visit: Visit, request_id: str, version: int) -> None:
        """Take the reader's own request back."""
        withdraw_request(self.house, visit.caller, request_id, version=version)

    def requests(self, visit: Visit, older: str) -> RequestsView:
        """Give the reader's own requests."""
        return requests_view(self.house, visit, older)

    def ask_form(self, visit: Visit, draft: Draft, problem: str = "") -> AskView:
        """Give the form to ask for access."""
        return ask_view(self.house, visit, draft, problem)

    def ask(self, visit: Visit, draft: Draft) -> str:
        """Open a request; gives its id."""
        whole = settled(self.house, visit, draft)
        wish = Wish(whole.dataset, whole.purpose, whole.forms, whole.days, whole.why, whole.case or None)
        return request_access(self.house, visit.caller, wish).id

    def query_form(self, visit: Visit, purpose: str, sql: str) -> QueryView:
        """Give the empty query page."""
        return form_view(self.house, visit, purpose, "", sql)

    def query(self, visit: Visit, purpose: str, case: str, sql: str) -> QueryView:
        """Run a governed read."""
        return answer_view(self.house, visit, self.words[visit.language], purpose, case, sql)

    def person_form(self, visit: Visit) -> PersonPage:
        """Give the empty page of one person."""
        return person_form(self.house, visit, PersonWish())

    def person(self, visit: Visit, wish: PersonWish) -> PersonPage:
        """Show one person across systems."""
        return person_page(self.house, visit, wish)

    def look_up(self, visit: Visit, wish: PersonWish) -> PersonPage:
        """Look one person up by a key."""
        return lookup_page(self.house, visit, wish)

    def policies(self, visit: Visit) -> PoliciesPage:
        """Give which access policies decide, and their versions."""
        return policies_page(self.house, visit)

    def policy(self, visit: Visit, digest: str) -> PolicyPage:
        """Give one version."""
        return policy_page(self.house, visit, self.words[visit.language], digest)

    def publish(self, visit: Visit, wish: PolicyWish) -> None:
        """Approve a version, change its part, promote it or fall back."""
        publish(self.house, visit, wish)

    def log(self, visit: Visit, cursor: str) -> LogView:
        """Give the log's head and entries."""
        return log_view(self.house, visit, cursor)

    def entry(self, visit: Visit, entry_id: str) -> EntryView:
        """Give one entry with its proof."""
        return entry_view(self.house, visit, entry_id)
