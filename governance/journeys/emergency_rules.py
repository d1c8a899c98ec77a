"""Who may break the glass for what, as registered before any emergency, and what an emergency must say."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from governance import register
from governance.errors import InputInvalidError
from governance.house import House
from storage.errors import Said

LONGEST_MINUTES = 240
SHIPPED_PURPOSE = "incident_response"
"""Whose roles may break the glass where the world file registers none."""


@dataclass(frozen=True, slots=True)
class Need:
    """What an emergency calls for; `minutes` None takes the rule's or the setting's."""

    dataset: str
    purpose: str
    fields: Mapping[str, str]
    reason: str
    ticket: str
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A role registered beforehand; no data sets means any."""

    role: str
    purposes: tuple[str, ...]
    datasets: tuple[str, ...]
    minutes: int | None

    def covers(self, need: Need) -> bool:
        """Tell whether it was registered for this need."""
        return need.purpose in self.purposes and (not self.datasets or need.dataset in self.datasets)


def emergency_rules(house: House, session: Session) -> tuple[Rule, ...]:
    """Give the registered roles: the world file's, else those of the shipped purpose of incidents."""
    declared = register.declaration(session, "break_glass")
    if isinstance(declared, list):
        return tuple(
            Rule(one["role"], tuple(one["purposes"]), tuple(one["datasets"]), one["minutes"]) for one in declared
        )
    purpose = house.book(session).purposes.get(SHIPPED_PURPOSE)
    return tuple(Rule(role, (SHIPPED_PURPOSE,), (), None) for role in purpose.roles) if purpose else ()


def check_need(need: Need) -> None:
    """Refuse a need that says too little.

    Raises:
        InputInvalidError: names what is missing.
    """
    if not need.fields:
        raise InputInvalidError(name="fields", reason=Said("至少写一个字段", "name at least one field"))
    if not need.reason.strip():
        raise InputInvalidError(name="reason", reason=Said("紧急访问须写明事由", "emergency access says why"))
    if not need.ticket.strip():
        raise InputInvalidError(name="ticket", reason=Said("紧急访问须写明工单号", "emergency access names its ticket"))


def minutes_of(house: House, rule: Rule, need: Need) -> int:
    """Give the length of the box.

    Raises:
        InputInvalidError: it is longer than the rule allows.
    """
    longest = rule.minutes or LONGEST_MINUTES
    minutes = need.minutes if need.minutes is not None else min(house.settings.break_glass_minutes, longest)
    if not 1 <= minutes <= longest:
        raise InputInvalidError(name="minutes", reason=Said(f"应在 1 至 {longest} 之间", f"between 1 and {longest}"))
    return minutes
