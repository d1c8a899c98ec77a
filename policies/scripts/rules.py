"""Rules of the phrase library as read from its files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from policies.scripts.model import Severity
from policies.scripts.patterns import Pattern

Negation = Literal["exempt", "keep"]
Fact = Literal["renewal", "deductible", "withdrawal", "minimum_rate"]


@dataclass(frozen=True, slots=True)
class Basis:
    """A legal ground and when it holds; `until` None means still in force, `verify` that counsel should confirm it."""

    text: str
    since: date | None
    until: date | None
    verify: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to violate a category.

    Args:
        patterns: any of them fires the rule.
        unless: patterns that, in the same clause, take the hit back; `unless_sentence` in the same sentence.
        negation: whether a negation before the hit takes it back. Where the negation is itself the violation
            (`不用告知`) it is kept.
        needs: the contract's fact that makes the statement true.
        products: only for these; empty means all. `not_products` are left out.
        speakers: only for these; empty means every seller.
        confidence: below the level of action (0.5) a hit is a suspicion only.
    """

    id: str
    category: str
    patterns: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]
    unless_sentence: tuple[Pattern, ...]
    negation: Negation
    needs: Fact | None
    products: frozenset[str]
    not_products: frozenset[str]
    speakers: frozenset[str]
    confidence: float


@dataclass(frozen=True, slots=True)
class Example:
    """A text that a category must match, or must not."""

    category: str
    text: str
    product_type: str
    matches: bool


@dataclass(frozen=True, slots=True)
class Category:
    """One of the 29 categories."""

    id: str
    severity: Severity
    title: Mapping[str, str]
    basis: tuple[Basis, ...]
    advice: Mapping[str, str]
    rules: tuple[Rule, ...]
    examples: tuple[Example, ...]
