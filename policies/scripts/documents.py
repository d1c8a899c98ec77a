"""JSON in and out of the script check, as sections 3.2 and 3.3 of the interface fix them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, Literal, get_args

from policies.scripts.contacts import SHANGHAI
from policies.scripts.errors import UtteranceInvalidError
from policies.scripts.model import (
    CHANNELS,
    PRODUCTS,
    CallFacts,
    Dialogue,
    DialogueVerdict,
    ProductFacts,
    ScriptVerdict,
    Speaker,
    Stage,
    Turn,
    Utterance,
    Violation,
)
from storage.errors import Said

MOST_CHARACTERS: Final = 100_000
MOST_TURNS: Final = 2_000
Document = dict[str, Any]


def read_utterance(document: object) -> Utterance:
    """Read one text to check; an unknown product counts as `general`.

    Raises:
        UtteranceInvalidError: a field is missing or wrong.
    """
    raw = _mapping(document, "document")
    return Utterance(
        text=_text(raw, "text"),
        channel=_one_of(raw, "channel", CHANNELS, "phone"),
        speaker=Speaker(_one_of(raw, "speaker", tuple(Speaker), "agent")),
        product_type=_product(raw),
        facts=_facts(raw.get("product_facts")),
        id=str(raw.get("id", "")),
    )


def read_dialogue(document: object) -> Dialogue:
    """Read one conversation.

    Raises:
        UtteranceInvalidError: a field is missing or wrong.
    """
    raw = _mapping(document, "document")
    turns = raw.get("turns")
    if not isinstance(turns, list) or not turns or len(turns) > MOST_TURNS:
        raise UtteranceInvalidError(name="turns", reason=Said(f"应有 1 至 {MOST_TURNS} 轮", f"1 to {MOST_TURNS} turns"))
    stage = raw.get("stage")
    if stage is not None and stage not in get_args(Stage):
        raise UtteranceInvalidError(
            name="stage", reason=Said("可用：" + ", ".join(get_args(Stage)), "use one of " + ", ".join(get_args(Stage)))
        )
    kind: Literal["agent", "bot"] = "bot" if _one_of(raw, "kind", ("agent", "bot"), "agent") == "bot" else "agent"
    return Dialogue(
        turns=tuple(_turn(item, number) for number, item in enumerate(turns, 1)),
        kind=kind,
        stage=stage,
        product_type=_product(raw),
        channel=_one_of(raw, "channel", CHANNELS, "phone"),
        call=_call(raw.get("meta")),
        facts=_facts(raw.get("product_facts")),
        id=str(raw.get("id", "")),
    )


def verdict_document(verdict: ScriptVerdict, language: str = "zh") -> Document:
    """Give a text's verdict as JSON."""
    return {
        "id": verdict.id,
        "verdict": verdict.verdict,
        "violations": [_violation(violation, language) for violation in verdict.violations],
        "signals": list(verdict.signals),
        "library": verdict.library,
    }


def dialogue_document(verdict: DialogueVerdict, language: str = "zh") -> Document:
    """Give a conversation's verdict as JSON."""
    return {
        "id": verdict.id,
        "verdict": verdict.verdict,
        "stage": verdict.stage,
        "violations": [{"turn": number, **_violation(violation, language)} for number, violation in verdict.violations],
        "required": list(verdict.required),
        "missing_required": list(verdict.missing_required),
        "contact_breaches": list(verdict.contact_breaches),
        "signals": list(verdict.signals),
        "library": verdict.library,
    }


def _violation(violation: Violation, language: str) -> Document:
    return {
        "category": violation.category,
        "severity": violation.severity.value,
        "start": violation.start,
        "end": violation.end,
        "text": violation.text,
        "normalized": violation.normalized,
        "rule": violation.rule,
        "basis": list(violation.basis),
        "advice": violation.advice["en" if language == "en" else "zh"],
        "confidence": violation.confidence,
    }


def _turn(item: object, number: int) -> Turn:
    raw = _mapping(item, "turns")
    given = raw.get("turn", number)
    if not isinstance(given, int) or isinstance(given, bool):
        raise UtteranceInvalidError(name="turn", reason=Said("应为整数", "a whole number"))
    return Turn(given, Speaker(_one_of(raw, "speaker", tuple(Speaker), "agent")), _text(raw, "text"))


def _call(document: object) -> CallFacts:
    raw = {} if document is None else _mapping(document, "meta")
    return CallFacts(
        call_time=_moment(raw.get("call_time")),
        customer_age=_count(raw, "customer_age", None),
        customer_initiated=_flag(raw, "customer_initiated"),
        do_not_disturb=_flag(raw, "do_not_disturb"),
        monthly_cap=_count(raw, "monthly_cap", 3) or 0,
        prior_contacts=_count(raw, "prior_marketing_contacts_this_month", 0) or 0,
    )


def _facts(document: object) -> ProductFacts:
    raw = {} if document is None else _mapping(document, "product_facts")
    return ProductFacts(
        guaranteed_renewal_years=_number(raw, "guaranteed_renewal_years"),
        minimum_rate=_number(raw, "minimum_rate"),
        deductible=_number(raw, "deductible"),
        official_withdrawal_date=_day(raw.get("official_withdrawal_date")),
        total_premium=_number(raw, "total_premium"),
    )


def _product(raw: Mapping[str, Any]) -> str:
    given = raw.get("product_type")
    return given if given in PRODUCTS else "general"


def _mapping(document: object, name: str) -> Mapping[str, Any]:
    if not isinstance(document, dict):
        raise UtteranceInvalidError(name=name, reason=Said("应为 JSON 对象", "a JSON object"))
    return document


def _text(raw: Mapping[str, Any], name: str) -> str:
    text = raw.get(name)
    if not isinstance(text, str) or len(text) > MOST_CHARACTERS:
        raise UtteranceInvalidError(
            name=name,
            reason=Said(f"应为至多 {MOST_CHARACTERS} 个字符的文本", f"a text of at most {MOST_CHARACTERS} characters"),
        )
    return text


def _one_of(raw: Mapping[str, Any], name: str, known: tuple[str, ...], default: str) -> str:
    given = raw.get(name, default)
    if given not in known:
        raise UtteranceInvalidError(
            name=name, reason=Said("可用：" + ", ".join(known), "use one of " + ", ".join(known))
        )
    return str(given)


def _flag(raw: Mapping[str, Any], name: str) -> bool:
    given = raw.get(name)
    if given is not None and not isinstance(given, bool):
        raise UtteranceInvalidError(name=name, reason=Said("应为 true 或 false", "true or false"))
    return bool(given)


def _count(raw: Mapping[str, Any], name: str, default: int | None) -> int | None:
    given = raw.get(name)
    if given is None:
        return default
    if not isinstance(given, int) or isinstance(given, bool) or given < 0:
        raise UtteranceInvalidError(name=name, reason=Said("应为不小于 0 的整数", "a whole number, 0 or more"))
    return given


def _number(raw: Mapping[str, Any], name: str) -> float | None:
    given = raw.get(name)
    if given is not None and (not isinstance(given, int | float) or isinstance(given, bool)):
        raise UtteranceInvalidError(name=name, reason=Said("应为数字", "a number"))
    return None if given is None else float(given)


def _moment(given: object) -> datetime | None:
    """Read an instant; one without a zone is Shanghai's."""
    if given is None:
        return None
    try:
        found = datetime.fromisoformat(str(given).strip())
    except ValueError as error:
        raise UtteranceInvalidError(
            name="call_time", reason=Said("应为 YYYY-MM-DD HH:MM 或 ISO 8601", "YYYY-MM-DD HH:MM or ISO 8601")
        ) from error
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)


def _day(given: object) -> date | None:
    if given is None:
        return None
    try:
        return date.fromisoformat(str(given))
    except ValueError as error:
        raise UtteranceInvalidError(
            name="official_withdrawal_date", reason=Said("应为 YYYY-MM-DD", "YYYY-MM-DD")
        ) from error
