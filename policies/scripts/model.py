"""The values of the script check: what is said, what was found in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

Verdict = Literal["pass", "warn", "block"]
Stage = Literal["opening_only", "pitch", "closing"]
PRODUCTS = (
    "critical_illness", "medical_short", "medical_guaranteed_renewal", "accident", "travel", "term_life",
    "whole_life_increasing", "annuity", "participating", "universal_life", "unit_linked", "general", "auto", "property",
    "pet", "city_supplement",
)  # fmt: skip
CHANNELS = (
    "phone", "online_chat", "wechat", "livestream", "sms", "banner", "short_video", "moments", "script_library",
    "training",
)  # fmt: skip


class Severity(StrEnum):
    """How a violation is dealt with: red blocks, yellow goes to a reviewer, blue is a hint."""

    RED = "red"
    YELLOW = "yellow"
    BLUE = "blue"


class Speaker(StrEnum):
    """Who speaks; a customer's words are never a violation."""

    AGENT = "agent"
    BOT = "bot"
    COPY = "copy"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """Facts of the contract that make a statement true or false; None where they are not known.

    Args:
        minimum_rate: per cent a year.
        deductible: yuan.
        total_premium: yuan over the whole term.
    """

    guaranteed_renewal_years: float | None = None
    minimum_rate: float | None = None
    deductible: float | None = None
    official_withdrawal_date: date | None = None
    total_premium: float | None = None


@dataclass(frozen=True, slots=True)
class Utterance:
    """One text of one speaker. An unknown product counts as `general`."""

    text: str
    channel: str = "phone"
    speaker: Speaker = Speaker.AGENT
    product_type: str = "general"
    facts: ProductFacts = field(default_factory=ProductFacts)
    id: str = ""


@dataclass(frozen=True, slots=True)
class Violation:
    """One violation.

    Args:
        start, end: Python string indices into the original text.
        text: the original text between them.
        normalized: what the rule matched, in its normal spelling.
        advice: by language.
    """

    category: str
    severity: Severity
    start: int
    end: int
    text: str
    normalized: str
    rule: str
    basis: tuple[str, ...]
    advice: Mapping[str, str]
    confidence: float


@dataclass(frozen=True, slots=True)
class ScriptVerdict:
    """What came of one text. `suppressed` says which rules fired and why they do not count."""

    id: str
    verdict: Verdict
    violations: tuple[Violation, ...]
    signals: tuple[str, ...]
    library: str
    suppressed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a conversation."""

    number: int
    speaker: Speaker
    text: str


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What is known of a conversation besides its words.

    Args:
        call_time: with a zone; None where unknown.
        prior_contacts: marketing contacts of this calendar month before this one.
    """

    call_time: datetime | None = None
    customer_age: int | None = None
    customer_initiated: bool = False
    do_not_disturb: bool = False
    monthly_cap: int = 3
    prior_contacts: int = 0


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One conversation; `stage` None means: find out."""

    turns: tuple[Turn, ...]
    kind: Literal["agent", "bot"] = "agent"
    stage: Stage | None = None
    product_type: str = "general"
    channel: str = "phone"
    call: CallFacts = field(default_factory=CallFacts)
    facts: ProductFacts = field(default_factory=ProductFacts)
    id: str = ""


@dataclass(frozen=True, slots=True)
class DialogueVerdict:
    """What came of a conversation; violations are paired with the number of their turn."""

    id: str
    verdict: Verdict
    stage: Stage
    violations: tuple[tuple[int, Violation], ...]
    required: tuple[str, ...]
    missing_required: tuple[str, ...]
    contact_breaches: tuple[str, ...]
    signals: tuple[str, ...]
    library: str
