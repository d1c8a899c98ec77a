"""What the console needs from the house: a door for people, and journeys that fill its pages.

Pages know only these two; tests plug in a simulator, the service plugs in the real ones.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from starlette.requests import Request

from governance.console.pages.asking import AskView, Draft, RequestsView
from governance.console.pages.catalogue import CatalogueView, DatasetView
from governance.console.pages.evidence import EntryView, LogView
from governance.console.pages.fields import BulkView, FieldPage, FieldQuery, FieldsView, ReviewView
from governance.console.pages.home import HomeView
from governance.console.pages.inbox import InboxView
from governance.console.pages.oversight import (
    EmergenciesView,
    GlassForm,
    GlassWish,
    HeldLine,
    NarrowingView,
    UnusedView,
)
from governance.console.pages.person import PersonPage
from governance.console.pages.policies import PoliciesPage, PolicyPage, PolicyWish
from governance.console.pages.query import QueryView
from governance.identity import Caller, OpenedSession
from policies import Circumstances
from storage import KeyRing
from storage.errors import Language

Act = Literal["advised", "asked", "reject"]


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks, in which language the answer is read, and from which network address."""

    caller: Caller
    language: Language
    client: str | None = None

    @property
    def around(self) -> Circumstances:
        """Give what access policies may ask for besides."""
        return Circumstances(client=self.client)


@dataclass(frozen=True, slots=True)
class Decided:
    """What a decision on a request led to, and which request waits next."""

    status: Literal["approved", "rejected", "pending", "held"]
    next_id: str | None


@dataclass(frozen=True, slots=True)
class PersonWish:
    """What somebody typed to see one person: an id, or a key with its value and a reason."""

    purpose: str = ""
    case: str = ""
    subject: str = ""
    key: str = ""  # dataset/field
    value: str = field(default="", repr=False)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Departure:
    """Where single sign-on begins, and the state to remember in the browser."""

    url: str
    state: str


class Door(Protocol):
    """Lets people in and out."""

    def sign_in(self, name: str, password: str, client: str) -> OpenedSession:
        """Open a session for a name and a password, or raise SignInRefusedError."""
        ...

    def caller(self, token: str) -> Caller | None:
        """Give the caller of a session cookie."""
        ...

    def sign_out(self, token: str) -> None:
        """End a session."""
        ...

    def leave(self) -> Departure:
        """Begin single sign-on, or raise SingleSignOnError."""
        ...

    def arrive(self, code: str, state: str, remembered: str) -> OpenedSession:
        """Finish single sign-on, or raise SingleSignOnError."""
        ...


class ConsoleJourneys(Protocol):
    """The use cases behind the pages. Every method may raise a ProductError, which becomes the error page."""

    def pending(self, visit: Visit) -> int:
        """Count the requests this person can decide now; shown beside the inbox in every page's navigation."""
        ...

    def home(self, visit: Visit) -> HomeView:
        """Give what needs this person now."""
        ...

    def catalogue(self, visit: Visit) -> CatalogueView:
        """Give all systems with their datasets."""
        ...

    def dataset(self, visit: Visit, dataset_id: str) -> DatasetView:
        """Give one dataset with its fields."""
        ...

    def fields(self, visit: Visit, query: FieldQuery) -> FieldsView:
        """Give a filtered list of fields, most harm first."""
        ...

    def field(self, visit: Visit, field_id: str) -> FieldPage:
        """Give one field with its evidence."""
        ...

    def review(self, visit: Visit, field_id: str | None) -> ReviewView:
        """Give the fields that wait for a person; the named one, else the first, is opened."""
        ...

    def bulk(self, visit: Visit, ids: Sequence[str]) -> BulkView:
        """Give what confirming these fields at once would do."""
        ...

    def confirm_field(self, visit: Visit, field_id: str, version: str) -> str | None:
        """Confirm a label; gives the field that waits next."""
        ...

    def override_field(
        self, visit: Visit, field_id: str, version: str, category: str, tier: int, reason: str
    ) -> str | None:
        """Override a label; gives the field that waits next."""
        ...

    def confirm_all(self, visit: Visit, ids: Sequence[str], reason: str) -> None:
        """Confirm several labels at once."""
        ...

    def inbox(self, visit: Visit, request_id: str | None) -> InboxView:
        """Give the requests this person may see; the named one, else the first, is opened."""
        ...

    def decide(self, visit: Visit, request_id: str, act: Act, reason: str, version: int) -> Decided:
        """Approve as advised or as asked, or reject; `version` is the one that was read."""
        ...

    def withdraw(self, visit: Visit, request_id: str, version: int) -> None:
        """Take the reader's own request back."""
        ...

    def requests(self, visit: Visit, older: str) -> RequestsView:
        """Give a page of the reader's own requests, newest first."""
        ...

    def ask_form(self, visit: Visit, draft: Draft, problem: str = "") -> AskView:
        """Give the form to ask for access, with what would be enough beside each field."""
        ...

    def ask(self, visit: Visit, draft: Draft) -> str:
        """Open a request; gives its id."""
        ...

    def query_form(self, visit: Visit, purpose: str, sql: str) -> QueryView:
        """Give the empty query page with the purposes this person may state."""
        ...

    def query(self, visit: Visit, purpose: str, case: str, sql: str) -> QueryView:
        """Run a governed read; a refusal is part of the view, not an error."""
        ...

    def person_form(self, visit: Visit) -> PersonPage:
        """Give the empty page of one person with what may be looked up by."""
        ...

    def person(self, visit: Visit, wish: PersonWish) -> PersonPage:
        """Show one person across systems; a refusal is part of the view, not an error."""
        ...

    def look_up(self, visit: Visit, wish: PersonWish) -> PersonPage:
        """Look one person up by a key; a refusal is part of the view, not an error."""
        ...

    def policies(self, visit: Visit) -> PoliciesPage:
        """Give which access policies decide, and their versions."""
        ...

    def policy(self, visit: Visit, digest: str) -> PolicyPage:
        """Give one version with its tests and its difference from what decides."""
        ...

    def publish(self, visit: Visit, wish: PolicyWish) -> None:
        """Approve a version, change its part, promote it or fall back."""
        ...

    def log(self, visit: Visit, cursor: str) -> LogView:
        """Give the log's head and a page of entries, newest first."""
        ...

    def entry(self, visit: Visit, entry_id: str) -> EntryView:
        """Give one entry with its inclusion proof."""
        ...


class OversightJourneys(Protocol):
    """The use cases behind holds, offers, emergency access and narrowing; they may raise as the others."""

    def settle(self) -> None:
        """Carry out held decisions whose time has come; asked before every page."""
        ...

    def held(self, visit: Visit) -> tuple[HeldLine, ...]:
        """Give the reader's held decisions, shown on every page."""
        ...

    def undo(self, visit: Visit, held_id: str) -> None:
        """Take a held decision back."""
        ...

    def counter(
        self, visit: Visit, request_id: str, forms: Mapping[str, str], days: int, reason: str, version: int
    ) -> None:
        """Offer a smaller set."""
        ...

    def accept(self, visit: Visit, request_id: str, version: int) -> None:
        """Accept a smaller set."""
        ...

    def emergencies(self, visit: Visit, emergency_id: str | None) -> EmergenciesView:
        """Give the list of emergency access and the named one in full."""
        ...

    def glass_form(self, visit: Visit, wish: GlassWish, problem: str = "") -> GlassForm:
        """Give the form to break the glass."""
        ...

    def break_glass(self, visit: Visit, wish: GlassWish) -> str:
        """Open emergency access; gives its id."""
        ...

    def end_emergency(self, visit: Visit, emergency_id: str) -> None:
        """End emergency access early."""
        ...

    def review_emergency(self, visit: Visit, emergency_id: str, judgement: str, note: str) -> None:
        """Judge emergency access."""
        ...

    def unused(self, visit: Visit) -> UnusedView:
        """Give the grants that give more than was read."""
        ...

    def narrowing(self, visit: Visit, grant_id: str) -> NarrowingView:
        """Give what narrowing a grant would change."""
        ...

    def narrow(self, visit: Visit, grant_id: str, digest: str, reason: str) -> None:
        """Narrow a grant, as it was looked at."""
        ...


@dataclass(frozen=True, slots=True)
class ConsoleParts:
    """Everything the console is plugged into."""

    door: Door
    journeys: ConsoleJourneys
    oversight: OversightJourneys
    keys: KeyRing
    language: Language
    is_demo: bool = False
    has_sign_on: bool = False
    secure_cookies: bool = False


PartsOf = Callable[[Request], ConsoleParts]
"""Gives the parts for a request; they open with the application's lifespan."""
