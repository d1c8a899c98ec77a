"""Minimum necessary, computed: what a role and purpose really read, beside what is asked, granted or advised."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlmodel import Session

from governance import register
from governance.house import House
from governance.identity import Caller, PersonUnknownError, find_person
from governance.journeys.facts import dataset_fact
from governance.journeys.granting import seen_request
from governance.journeys.recording import reason_body
from governance.journeys.sight import Right, require
from governance.register import AccessRequestEntry, Grant, Holder
from policies import Advice, Evidence, Form, advise, parse_form
from storage import read_only

LOOKING_BACK_DAYS = 90
_SHANGHAI = timezone(timedelta(hours=8))
_EMERGENCY = "emergency"


def first_day(at: datetime, days: int) -> datetime:
    """Give the instant from which the last days are counted."""
    return at - timedelta(days=days)


def evidence_of(
    session: Session, at: datetime, person: str, purpose: str, dataset: str, days: int = LOOKING_BACK_DAYS
) -> Evidence:
    """Give what the roles of a person read of a data set under a purpose; the person's own reads are among them."""
    holders = _holders(session, person)
    since = first_day(at, days)
    uses = register.uses_since(
        session, since.astimezone(_SHANGHAI).date(), purpose=purpose, dataset=dataset, holders=holders
    )
    forms: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for use in uses:
        # A person's reads stand under each role too: the larger of both counts, never their sum.
        forms[use.field][use.form] = max(forms[use.field][use.form], use.reads)
    grants = register.held_grants(session, purpose=purpose, person=person, roles=[name for _, name in holders[1:]])
    granted = frozenset(
        name
        for grant in grants
        for name, form in grant.forms.items()
        if grant.dataset == dataset and form != "deny" and _stood(grant, since, at)
    )
    reads = max((sum(read.values()) for read in forms.values()), default=0)
    return Evidence(days, reads, {name: dict(read) for name, read in forms.items()}, granted)


def advice_for(
    house: House, session: Session, person: str, purpose: str, dataset: str, wanted: Mapping[str, Form]
) -> tuple[Advice, Evidence]:
    """Give the smaller set that would do for a person's wish, and what it rests on."""
    evidence = evidence_of(session, house.clock(), person, purpose, dataset)
    return advise(house.book(session), purpose, wanted, dataset_fact(session, dataset), evidence), evidence


def advice_document(house: House, caller: Caller, request_id: str) -> dict[str, Any]:
    """Give asked beside advised for a request, computed now: tier, reads within 90 days and the reason of each field.

    Raises:
        NotFoundError: there is no such request for this caller.
    """
    entry = seen_request(house, caller, request_id)
    with read_only(house.engine) as session:
        return {"request": entry.id, **compared(house, session, entry)}


def compared(house: House, session: Session, entry: AccessRequestEntry) -> dict[str, Any]:
    """Give asked beside advised for a request, field by field."""
    wanted = {name: parse_form(form) for name, form in entry.asked.items()}
    advice, evidence = advice_for(house, session, entry.requester, entry.purpose, entry.dataset, wanted)
    fact = dataset_fact(session, entry.dataset)
    reasons = {one.field: reason_body(one.reason) for one in advice.changes}
    return {
        "days": evidence.days,
        "reads": evidence.reads,
        "fields": [
            {
                "name": name,
                "asked": str(form),
                "advised": str(advice.fields[name]) if name in advice.fields else "deny",
                "category": fact.fields[name].category if name in fact.fields else None,
                "tier": int(fact.tier_of(name) or 0) or None,
                "reads": evidence.count(name),
                "forms_read": dict(evidence.forms.get(name, {})),
                "was_granted": name in evidence.granted,
                "reason": reasons.get(name),
            }
            for name, form in wanted.items()
        ],
    }


@dataclass(frozen=True, slots=True)
class Unused:
    """A live grant beside what was read under it: `observed_days` is how long it stood within the stretch."""

    grant: Grant
    observed_days: int
    reads: Mapping[str, int]
    unused: tuple[str, ...]

    @property
    def document(self) -> dict[str, Any]:
        """Give it as JSON."""
        return {
            "grant": self.grant.id,
            self.grant.holder_kind: self.grant.holder,
            "purpose": self.grant.purpose,
            "dataset": self.grant.dataset,
            "observed_days": self.observed_days,
            "reads": dict(self.reads),
            "unused": list(self.unused),
        }


def unused_fields(house: House, caller: Caller, days: int = LOOKING_BACK_DAYS) -> tuple[Unused, ...]:
    """List live grants that give more than was read in the last days, the most unused first.

    Raises:
        WrongRoleError: the caller does not watch over grants.
    """
    require(caller, Right.SEE_GRANTS)
    with read_only(house.engine) as session:
        at = house.clock()
        found = [unused_of(session, grant, at, days) for grant in _live(session, at)]
    return tuple(sorted((one for one in found if one.unused), key=lambda one: (-len(one.unused), one.grant.id)))


def unused_of(session: Session, grant: Grant, at: datetime, days: int) -> Unused:
    """Hold a grant against what its holder read."""
    since = first_day(at, days)
    holder: Holder = (grant.holder_kind, grant.holder)
    uses = register.uses_since(
        session,
        since.astimezone(_SHANGHAI).date(),
        purpose=grant.purpose,
        dataset=grant.dataset,
        holders=[holder],
    )
    reads: dict[str, int] = {name: 0 for name, form in grant.forms.items() if form != "deny"}
    for use in uses:
        if use.field in reads:
            reads[use.field] += use.reads
    began = register.first_use(session)
    counted = (at.astimezone(_SHANGHAI).date() - began).days if began is not None else 0
    observed = min(days, counted, max(0, (at - grant.created_at).days))
    return Unused(grant, observed, reads, tuple(name for name, count in reads.items() if not count))


def _live(session: Session, at: datetime) -> Sequence[Grant]:
    found: list[Grant] = []
    while page := register.list_grants(session, after=found[-1].id if found else "", limit=1000):
        found += page
    return [
        one
        for one in found
        if one.revoked_at is None and one.origin != _EMERGENCY and (one.expires_at is None or one.expires_at > at)
    ]


def _holders(session: Session, person: str) -> list[Holder]:
    try:
        roles = find_person(session, person).roles
    except PersonUnknownError:
        roles = ()
    return [("person", person), *(("role", role) for role in roles)]


def _stood(grant: Grant, since: datetime, at: datetime) -> bool:
    """Tell whether a grant stood for at least half of the stretch."""
    return grant.created_at <= since + (at - since) / 2
