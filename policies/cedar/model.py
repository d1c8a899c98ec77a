"""The values of an access policy set: who stands behind each policy, on what ground, and until when."""

from dataclasses import dataclass
from datetime import date, timedelta, timezone
from enum import StrEnum
from typing import Final

SHANGHAI: Final = timezone(timedelta(hours=8))
"""Days and hours in policies are Shanghai's: one zone, no summer time since 1991."""


class Mode(StrEnum):
    """How a set works: it only restricts, or what no policy of it permits is refused as well."""

    RESTRICT = "restrict"
    PERMIT = "permit"


class Effect(StrEnum):
    """What a policy does where it applies."""

    FORBID = "forbid"
    PERMIT = "permit"


@dataclass(frozen=True, slots=True)
class Rule:
    """One access policy, as its annotations describe it.

    Args:
        owner: the role that stands behind it.
        basis: law, standard or `HOUSE`.
        expires: its last day. An expired permit permits nothing; an expired forbid goes on forbidding, for an
            overlooked date must never open anything, and shows as due for review.
        zh: why, completing "refused, because".
        zh_next: what would change it.
        live: it asks for what is known only when somebody asks: time, case, ticket, device, network, branch.
    """

    id: str
    effect: Effect
    owner: str
    basis: str
    expires: date
    zh: str
    en: str
    zh_next: str
    en_next: str
    live: bool
    text: str

    def is_expired(self, day: date) -> bool:
        """Tell whether a day lies after its last."""
        return day > self.expires
