"""Inbox: the requests that wait, and one of them with what is asked beside what is enough."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

RequestStatus = Literal["pending", "countered", "approved", "rejected", "revoked", "withdrawn", "lapsed"]


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request in the list; `tiers` are those of its fields, highest first."""

    id: str
    purpose: str
    dataset: str
    requester: str
    age_seconds: int
    due_seconds: int | None
    tiers: tuple[int, ...]
    status: RequestStatus


@dataclass(frozen=True, slots=True)
class FieldAdvice:
    """One field: the form asked for and the form that is enough, as the grammar of field forms writes them."""

    name: str
    title: str
    tier: int | None
    asked: str
    advised: str
    reason: str
    reads: int = 0  # within 90 days, by that role for that purpose
    options: tuple[str, ...] = ()  # forms that a smaller offer may name, widest first

    @property
    def harm(self) -> tuple[int, int, str]:
        """Order by how much the advice takes away: dropped, then changed, then as asked; then by tier."""
        taken = 0 if self.advised == "deny" else 1 if self.advised != self.asked else 2
        return taken, -(self.tier or 0), self.name


@dataclass(frozen=True, slots=True)
class OfferView:
    """A steward's smaller set, for the requester to accept or leave."""

    person: str
    age_seconds: int
    reason: str
    days: int
    forms: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Why:
    """One line of the reasoning, with the rule or clause it rests on."""

    text: str
    basis: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalLine:
    """What another steward has already said."""

    person: str
    age_seconds: int
    reason: str


@dataclass(frozen=True, slots=True)
class EarlierGrant:
    """A comparable grant of the past."""

    person: str
    days_ago: int
    outcome: RequestStatus
    summary: str


@dataclass(frozen=True, slots=True)
class HeldGrant:
    """What the requester may see already for the same purpose; `ends_seconds` runs to its end."""

    dataset: str
    fields: int
    is_by_role: bool
    ends_seconds: int | None


@dataclass(frozen=True, slots=True)
class RequestView:
    """One request in full."""

    id: str
    version: int
    purpose: str
    purpose_id: str
    dataset: str
    dataset_id: str
    requester: str
    team: str
    days: int
    age_seconds: int
    due_seconds: int | None
    case: str
    words: str
    tier: int
    status: RequestStatus
    fields: tuple[FieldAdvice, ...]
    why: tuple[Why, ...]
    approvals: tuple[ApprovalLine, ...] = ()
    earlier: tuple[EarlierGrant, ...] = ()
    can_decide: bool = True
    can_grant_asked: bool = True
    cannot_because: str = ""
    receipt: str = ""
    holds: tuple[HeldGrant, ...] = ()
    ends_at: datetime | None = None  # of the grant it led to, or would lead to if it were approved now
    ends_seconds: int | None = None  # until the live grant it led to ends
    can_withdraw: bool = False
    offer: OfferView | None = None
    can_accept: bool = False

    @property
    def by_harm(self) -> tuple[FieldAdvice, ...]:
        """Give the fields, most harmful difference first."""
        return tuple(sorted(self.fields, key=lambda field: field.harm))

    @property
    def is_trimmed(self) -> bool:
        """Say whether the advice gives less than was asked."""
        return any(field.asked != field.advised for field in self.fields)

    @property
    def acts(self) -> tuple[str, ...]:
        """Give the decisions that are open now, the advised one first."""
        if self.status != "pending" or not self.can_decide:
            return ()
        advised = ("advised",) if any(field.advised != "deny" for field in self.fields) else ()
        asked = ("asked",) if self.is_trimmed and self.can_grant_asked else ()
        return (*advised, *asked, "counter", "reject")


@dataclass(frozen=True, slots=True)
class InboxView:
    """The list and the opened request; `is_chosen` tells whether the reader named it."""

    rows: tuple[RequestRow, ...]
    opened: RequestView | None
    is_chosen: bool = False
    next_command: str = "mingjing apply WORLD.yaml"
    watches: bool = False  # over grants: then the unused ones are a step away

    @property
    def previous_id(self) -> str | None:
        """Give the request above the opened one."""
        return self._beside(-1)

    @property
    def following_id(self) -> str | None:
        """Give the request below the opened one."""
        return self._beside(1)

    @property
    def key_ids(self) -> tuple[str, ...]:
        """Give the keys that do something on this page."""
        around = {"next": self.following_id, "previous": self.previous_id}
        acts = {"advised": "approve", "asked": "asked", "counter": "counter", "reject": "reject"}
        open_acts = self.opened.acts if self.opened else ()
        accept = ("approve",) if self.opened and self.opened.can_accept else ()
        return (*(key for key, there in around.items() if there), *accept, *(acts[act] for act in open_acts))

    def _beside(self, step: int) -> str | None:
        ids = [row.id for row in self.rows]
        if self.opened is None or self.opened.id not in ids:
            return None
        place = ids.index(self.opened.id) + step
        return ids[place] if 0 <= place < len(ids) else None
