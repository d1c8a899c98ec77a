"""Names that a world file may refer to: the shipped ones and those it declares itself."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

# Roles of the service itself; roles of the shipped purposes join them, and a world declares its own.
HOUSE_ROLES: Final = ("steward", "officer", "partner", "analyst", "consent_operator", "consent_intake")


@dataclass(frozen=True, slots=True)
class Shipped:
    """What a deployment knows before any world: purposes, roles and data categories."""

    purposes: frozenset[str]
    roles: frozenset[str]
    categories: frozenset[str]


def shipped(
    purposes: Collection[str] | None, roles: Collection[str] | None, categories: Collection[str] | None
) -> Shipped:
    """Give the known names; what is not given is taken from the shipped policies."""
    if purposes is not None and roles is not None and categories is not None:
        return Shipped(frozenset(purposes), frozenset(roles), frozenset(categories))
    from policies import load_policies  # noqa: PLC0415 -- reads the register; callers that know need not pay for it

    book = load_policies()
    house = {*HOUSE_ROLES, *(role for purpose in book.purposes.values() for role in purpose.roles)}
    return Shipped(
        frozenset(book.purposes if purposes is None else purposes),
        frozenset(house if roles is None else roles),
        frozenset(book.categories if categories is None else categories),
    )
