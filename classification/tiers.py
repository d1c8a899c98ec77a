"""From what was found to how it is graded: entity type → category → tier, under several standards at once.

The grading is the versioned data file `data/insurance-v1.yaml`; this module only applies it. Guarantee: table facts
and escalators never lower a tier, and an escalator never touches a field.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

import yaml

from classification.errors import TierInvalidError, TierPolicyInvalidError, UnknownCategoryError
from classification.model import FREE_TEXT, Label
from policies.vocabulary import Tier
from storage.errors import Said

MINOR = "minor_under_14"
IMPORTANT = "important_data_catalogue"


@dataclass(frozen=True, slots=True)
class Grading:
    """What one entity type is worth; `standards` holds the same under other scales."""

    category: str | None
    tier: Tier
    standards: Mapping[str, str]
    title: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Escalator:
    """A rule that raises a whole table: by volume, or by categories that stand together."""

    id: str
    tier: Tier
    rows: int
    least: Tier
    all_of: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class TierPolicy:
    """One version of the grading."""

    version: str
    categories: frozenset[str]
    entities: Mapping[str, Grading]
    minor_tier: Tier
    minor_categories: frozenset[str]
    minor_types: frozenset[str]
    important_tier: Tier
    important_standards: Mapping[str, str]
    health_categories: frozenset[str]
    free_text_health_tier: Tier
    escalators: tuple[Escalator, ...]

    def grade(self, types: Sequence[str], inside: Iterable[str] = ()) -> Grading:
        """Give the grading of a field: the first type's category, the highest tier of all types.

        Args:
            types: entity types of the field, the primary one first.
            inside: types mentioned inside free text; the text then is worth the most of them.
        """
        first = self.entities[types[0]]
        if types[0] == FREE_TEXT:
            found = [self.entities[name] for name in inside]
            tier = max((grading.tier for grading in found), default=first.tier)
            if any(grading.category in self.health_categories for grading in found):
                tier = max(tier, self.free_text_health_tier)
            return replace(first, tier=tier)
        return replace(first, tier=max(self.entities[name].tier for name in types))

    def raised(self, label: Label, facts: Mapping[str, object]) -> Label:
        """Give the label as the table's declared facts raise it."""
        tier, standards = label.tier, dict(label.standards)
        if facts.get("subject") == MINOR or facts.get(MINOR):
            childs = label.category in self.minor_categories or set(label.entity_types) & self.minor_types
            if childs:
                tier = max(tier, self.minor_tier)
                standards["pipl"] = "minor under 14"
        if facts.get(IMPORTANT):
            tier = max(tier, self.important_tier)
            standards.update(self.important_standards)
        return label if tier == label.tier else replace(label, tier=tier, standards=standards)

    def table_tier(self, labels: Sequence[Label], rows: int) -> tuple[Tier, tuple[str, ...]]:
        """Give a table's tier, that of its highest field or of an escalator, with the escalators that raised it."""
        tier = max((label.tier for label in labels), default=Tier.PUBLIC)
        present = {label.category for label in labels}
        reasons = []
        for rule in self.escalators:
            together = all(group & present for group in rule.all_of)
            if together and rows >= rule.rows and tier >= rule.least and rule.tier > tier:
                tier = rule.tier
                reasons.append(rule.id)
        return tier, tuple(reasons)

    def check(self, category: str | None, tier: int) -> Tier:
        """Give a person's decision as a tier.

        Raises:
            UnknownCategoryError: the category is none of the policy's.
            TierInvalidError: the tier is outside 1 to 5.
        """
        if category is not None and category not in self.categories:
            raise UnknownCategoryError(category=category)
        try:
            return Tier(tier)
        except ValueError as error:
            raise TierInvalidError(tier=tier) from error


def load_tier_policy(name: str = "insurance-v1") -> TierPolicy:
    """Load a shipped tier policy.

    Raises:
        TierPolicyInvalidError: it lacks something or contradicts itself.
    """
    try:
        text = files("classification").joinpath("data", f"{name}.yaml").read_text(encoding="utf-8")
        return parse_tier_policy(text, name)
    except FileNotFoundError as error:
        raise TierPolicyInvalidError(name=name, reason=Said("未随产品提供", "not shipped")) from error


def parse_tier_policy(text: str, name: str) -> TierPolicy:
    """Give the tier policy that a YAML text holds.

    Raises:
        TierPolicyInvalidError: it lacks something or contradicts itself.
    """
    try:
        data = yaml.safe_load(text)
        policy = TierPolicy(
            version=str(data["version"]),
            categories=frozenset(data["categories"]),
            entities={key: _grading(entry) for key, entry in data["entities"].items()},
            minor_tier=Tier(data["minor_under_14"]["tier"]),
            minor_categories=frozenset(data["minor_under_14"]["categories"]),
            minor_types=frozenset(data["minor_under_14"]["types"]),
            important_tier=Tier(data["important_data"]["tier"]),
            important_standards={key: data["important_data"][key] for key in ("gbt43697", "nfra")},
            health_categories=frozenset(data["health_categories"]),
            free_text_health_tier=Tier(data["free_text_health_tier"]),
            escalators=tuple(_escalator(entry) for entry in data["escalators"]),
        )
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise TierPolicyInvalidError(
            name=name,
            reason=Said(f"内容不完整（{type(error).__name__}）", f"it is incomplete ({type(error).__name__})"),
        ) from error
    used = {grading.category for grading in policy.entities.values()} - {None}
    if not used <= policy.categories:
        raise TierPolicyInvalidError(
            name=name, reason=Said("某类型的类别不在清单中", "an entity's category is not in the list")
        )
    return policy


def _grading(entry: Mapping[str, Any]) -> Grading:
    standards = {key: str(entry[key]) for key in ("jrt0171", "gbt43697", "pipl", "nfra")}
    tier = Tier(entry["tier"])
    if entry.get("verify"):
        standards["verify"] = "true"
    return Grading(entry["category"], tier, standards, {"zh": entry["zh"], "en": entry["en"]})


def _escalator(entry: Mapping[str, Any]) -> Escalator:
    return Escalator(
        id=entry["id"],
        tier=Tier(entry["tier"]),
        rows=int(entry.get("rows", 0)),
        least=Tier(entry.get("least", 1)),
        all_of=tuple(frozenset(group) for group in entry.get("all_of", ())),
    )
