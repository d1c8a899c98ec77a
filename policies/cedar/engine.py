"""The one module that knows cedarpy: parse, validate, ask.

Everything is passed as parsed handles and always with the schema. Cedar skips a policy that fails and may then allow;
here any error refuses (fail closed), and so does an answer that is no decision.

Source: Cedar policy language, version 4; github.com/cedar-policy/cedar, "Authorization semantics".
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import cedarpy

Json = Mapping[str, Any]
Policies = cedarpy.PolicySet
Entities = cedarpy.Entities
BASE: Final = "mingjing.base"
_BASE_POLICY: Final[Json] = {
    "effect": "permit",
    "principal": {"op": "All"},
    "action": {"op": "All"},
    "resource": {"op": "All"},
    "conditions": [],
}


class CedarTextError(Exception):
    """What Cedar can't parse; its own sentence."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One answer of Cedar.

    Args:
        allowed: what it decided, before errors are looked at.
        policies: ids of the policies that decided: the forbids of a deny, the permits of an allow, in order.
        failed: something could not be evaluated, or there is no decision; then nothing may be given.
    """

    allowed: bool
    policies: tuple[str, ...]
    failed: bool


def parse(text: str) -> dict[str, Json]:
    """Give the policies of a text as Cedar's JSON, in order, each with its annotations.

    Raises:
        CedarTextError: it is no Cedar, or holds templates, which nothing here would fill.
    """
    try:
        found = json.loads(cedarpy.policies_to_json_str(text))
    except ValueError as error:
        raise CedarTextError(" ".join(str(error).split())) from None
    if found["templates"]:
        raise CedarTextError("templates (`?principal`, `?resource`) can't be used here")
    policies: dict[str, Json] = found["staticPolicies"]
    return policies


def as_text(policy: Json) -> str:
    """Give a policy in Cedar's own spelling, without its annotations."""
    bare = {name: policy[name] for name in ("effect", "principal", "action", "resource", "conditions")}
    return cedarpy.policies_from_json_str(_document({"policy0": bare})).strip()


@dataclass(frozen=True, slots=True)
class Engine:
    """Cedar under one schema."""

    schema: cedarpy.Schema

    @classmethod
    def of(cls, schema_text: str) -> "Engine":
        """Give Cedar under a schema.

        Raises:
            CedarTextError: the schema does not parse.
        """
        try:
            return cls(cedarpy.Schema.from_str(schema_text))
        except ValueError as error:
            raise CedarTextError(str(error)) from None

    def validate(self, policies: Mapping[str, Json]) -> list[tuple[str, str]]:
        """Give what the schema has against policies: the policy's id, and Cedar's sentence."""
        found = []
        for name, policy in policies.items():
            text = cedarpy.policies_from_json_str(_document({name: policy}))
            result = cedarpy.validate_policies(text, self.schema)
            found += [(name, _without_id(str(error.error))) for error in result.errors]
        return found

    def handle(self, policies: Mapping[str, Json], *, base: bool) -> Policies:
        """Give policies ready to be asked; `base` adds the permit for all that restricting sets rest on."""
        whole = {**policies, BASE: _BASE_POLICY} if base else policies
        return cedarpy.PolicySet.from_json_str(_document(whole))

    def entities(self, entities: Sequence[Json]) -> Entities | None:
        """Give entities ready to be asked about; nothing when the schema does not take them."""
        try:
            return cedarpy.Entities.from_json_str(json.dumps(entities), self.schema)
        except ValueError:
            return None

    def ask(self, question: Json, policies: Policies, entities: Entities | None) -> Verdict:
        """Ask one question.

        Guarantee: raises for nothing that a question may hold.
        """
        if entities is None:
            return Verdict(allowed=False, policies=(), failed=True)
        try:
            answer = cedarpy.is_authorized(dict(question), policies, entities, self.schema)
        except Exception:  # noqa: BLE001 -- whatever a foreign library raises, nothing may be given
            return Verdict(allowed=False, policies=(), failed=True)
        failed = bool(answer.diagnostics.errors) or answer.decision is cedarpy.Decision.NoDecision
        allowed = answer.decision is cedarpy.Decision.Allow
        return Verdict(allowed, tuple(sorted(answer.diagnostics.reasons)), failed)


def _document(policies: Mapping[str, Json]) -> str:
    return json.dumps({"templates": {}, "staticPolicies": policies, "templateLinks": []})


def _without_id(sentence: str) -> str:
    return " ".join(sentence.replace("for policy `policy0`, ", "").replace("`policy0`", "it").split())
