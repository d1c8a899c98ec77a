"""Which part of a policy can be decided before anybody asks.

A policy's scope and conditions are evaluated from left to right and stop at the first that is false. So the conditions
up to the first one that asks for live context can be decided early: where they are false the policy says nothing,
whatever the live context turns out to be, and it raises no error either.

Source: Cedar policy language reference, "Short-circuiting"; scope first, then `when` and `unless` in their order.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

Json = Mapping[str, Any]
KNOWN_EARLY: Final = frozenset({"purpose", "grounds", "form"})
"""Attributes of the context that are known when a bundle is compiled."""


def early_part(policy: Json) -> tuple[Json, bool]:
    """Give a permit that holds exactly where the early part of a policy does, and whether that is all of the policy."""
    kept: list[Json] = []
    whole = True
    for condition in policy["conditions"]:
        parts = list(_conjuncts(condition["body"])) if condition["kind"] == "when" else [condition["body"]]
        for part in parts:
            if _asks_live(part):
                whole = False
                break
            kept.append({"kind": condition["kind"], "body": part})
        if not whole:
            break
    scope = {name: policy[name] for name in ("principal", "action", "resource")}
    return {"effect": "permit", **scope, "conditions": kept}, whole


def identifies_fields(policy: Json) -> bool:
    """Tell whether a policy looks at which field it is, and not only at what kind of field it is."""
    scope = policy["resource"]
    named = [scope.get("entity") or {}, *scope.get("entities", ())]
    return any(one.get("type") == "Field" for one in named) or _identifies(policy["conditions"])


def _identifies(expression: object) -> bool:
    if _is_variable(expression, "resource"):
        return True
    if isinstance(expression, Mapping):
        for operator, inside in expression.items():
            attribute = operator in {".", "has"} and isinstance(inside, Mapping)
            if attribute and _is_variable(inside["left"], "resource"):
                # Any attribute but the name is the same for all fields of one kind.
                if inside.get("attr") == "name":
                    return True
                continue
            if _identifies(inside):
                return True
        return False
    return isinstance(expression, list) and any(_identifies(item) for item in expression)


def _conjuncts(body: Json) -> Iterator[Json]:
    both = body.get("&&")
    if both is None:
        yield body
        return
    yield from _conjuncts(both["left"])
    yield from _conjuncts(both["right"])


def _asks_live(expression: object) -> bool:
    if _is_variable(expression, "context"):
        return True
    if isinstance(expression, Mapping):
        for operator, inside in expression.items():
            early = operator in {".", "has"} and isinstance(inside, Mapping)
            if early and _is_variable(inside["left"], "context") and inside.get("attr") in KNOWN_EARLY:
                continue
            if _asks_live(inside):
                return True
        return False
    return isinstance(expression, list) and any(_asks_live(item) for item in expression)


def _is_variable(expression: object, name: str) -> bool:
    return isinstance(expression, Mapping) and expression.get("Var") == name
