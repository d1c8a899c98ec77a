"""Which policies can apply to a request at all, told from their scopes without asking Cedar.

A scope is a test of identity and membership that can't fail, and it comes first. A policy whose scope names another
person, role, action or data set says nothing about a request; a scope that is not one of the plain kinds is left to
Cedar.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from policies.facts import AccessRequest

Json = Mapping[str, Any]
Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom and what a policy's scope names; nothing stands for anybody and anything."""

    principal: Name | None
    action: Name | None
    resource: Name | None


@dataclass(frozen=True, slots=True)
class ScopeIndex:
    """Policies by the principal that their scopes name."""

    by_principal: Mapping[Name | None, tuple[tuple[str, Reach], ...]]

    @classmethod
    def of(cls, policies: Mapping[str, Json]) -> "ScopeIndex":
        """Give the index of a set."""
        found: dict[Name | None, list[tuple[str, Reach]]] = defaultdict(list)
        for name, policy in policies.items():
            reach = Reach(
                _named(policy["principal"], {"==": {"Person"}, "in": {"Person", "Role"}}),
                _named(policy["action"], {"==": {"Action"}}),
                _named(policy["resource"], {"==": {"Field"}, "in": {"Dataset", "Source"}}),
            )
            found[reach.principal].append((name, reach))
        return cls({principal: tuple(reaches) for principal, reaches in found.items()})

    def reaching(self, request: AccessRequest) -> tuple[str, ...]:
        """Give the ids of the policies that can apply to some field of a request, in the order of the letters.

        Guarantee: a policy that is left out decides nothing about the request and raises no error.
        """
        principals: Iterable[Name | None] = (
            None,
            ("Person", request.person),
            *(("Role", role) for role in request.roles),
        )
        action = ("Action", request.around.action.value)
        places = {("Dataset", request.dataset), ("Source", request.dataset.partition(".")[0])}
        return tuple(
            sorted(
                name
                for principal in principals
                for name, reach in self.by_principal.get(principal, ())
                if reach.action in (None, action) and _meets(reach.resource, places, request.dataset)
            )
        )


def _named(scope: Json, plain: Mapping[str, set[str]]) -> Name | None:
    entity = scope.get("entity")
    if not isinstance(entity, Mapping) or entity.get("type") not in plain.get(str(scope.get("op")), set()):
        return None
    return str(entity["type"]), str(entity["id"])


def _meets(resource: Name | None, places: set[Name], dataset: str) -> bool:
    if resource is None or resource in places:
        return True
    return resource[0] == "Field" and resource[1].startswith(f"{dataset}/")
