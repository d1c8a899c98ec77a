"""The values of identity: who asks, what for, and by which door they came."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Via = Literal["token", "session", "owner", "as"]
"""How a caller proved themselves: API token, console session, owner of the data folder, or decided for by the owner."""

Change = Literal["added", "changed", "same"]
"""What putting a declared thing did."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person who works with the service; never a data subject."""

    id: str
    name: str
    roles: tuple[str, ...]
    is_active: bool
    session_epoch: int
    restricted_at: datetime | None
    branch: str | None = None
    devices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Role:
    """A role and the purposes its holders may state."""

    id: str
    purposes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking now, with everything a decision needs to know about them."""

    person_id: str
    name: str
    roles: tuple[str, ...]
    purposes: tuple[str, ...]
    via: Via
    session_epoch: int = 0
    branch: str | None = None
    devices: tuple[str, ...] = ()

    def has_role(self, role: str) -> bool:
        """Say whether the caller holds a role."""
        return role in self.roles


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new API token; `token` is seen this once and stored nowhere."""

    id: str
    token: str
    person_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """What is kept of a token."""

    id: str
    person_id: str
    prefix: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A new console session; `token` goes into the cookie and is stored nowhere."""

    token: str
    person_id: str
    expires_at: datetime
