"""Statements that are true or false only by the contract: renewal, deductible, withdrawal, minimum rate."""

import re
from datetime import date
from typing import Final, Literal

from policies.scripts.model import Utterance
from policies.scripts.rules import Fact

Judgement = Literal["true", "false", "unknown"]
_YEARS: Final = re.compile(r"([0-9]{1,3}|[一二两三五六十]{1,3})年")
_RATE: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)%")
_DATE: Final = re.compile(r"(?:(20[0-9]{2})年)?([0-9]{1,2})月([0-9]{1,2})(?:日|号)")
_CHINESE: Final = {"一": 1, "二": 2, "两": 2, "三": 3, "五": 5, "六": 6, "十": 10, "十五": 15, "二十": 20, "三十": 30}
# Product types whose terms are a year at most and promise no renewal; the type is the least of what is known.
SHORT_TERM: Final = frozenset({"medical_short", "accident", "travel", "auto", "property", "pet", "city_supplement"})


def judge(need: Fact, stretch: str, utterance: Utterance) -> Judgement:
    """Tell whether what was said holds by the facts given.

    Args:
        need: the fact that decides.
        stretch: the folded sentence around the hit.
        utterance: with product type and facts.
    """
    if need == "renewal":
        return _renewal(stretch, utterance)
    if need == "deductible":
        known = utterance.facts.deductible
        return "unknown" if known is None else "true" if known == 0 else "false"
    if need == "withdrawal":
        return _withdrawal(stretch, utterance)
    return _minimum_rate(stretch, utterance)


def _renewal(stretch: str, utterance: Utterance) -> Judgement:
    if utterance.product_type in SHORT_TERM:
        return "false"
    known = utterance.facts.guaranteed_renewal_years
    said = _years(stretch)
    if known is None:
        return "true" if utterance.product_type == "medical_guaranteed_renewal" else "unknown"
    if said is None:
        return "true" if known > 0 else "false"
    return "true" if said <= known else "false"


def _withdrawal(stretch: str, utterance: Utterance) -> Judgement:
    known = utterance.facts.official_withdrawal_date
    if known is None:
        return "unknown"
    found = _DATE.search(stretch)
    if found is None:
        return "false"
    try:
        said = date(int(found[1] or known.year), int(found[2]), int(found[3]))
    except ValueError:
        return "false"
    return "true" if said == known else "false"


def _minimum_rate(stretch: str, utterance: Utterance) -> Judgement:
    known, found = utterance.facts.minimum_rate, _RATE.search(stretch)
    if known is None:
        return "unknown"
    return "true" if found and float(found[1]) <= known else "false"


def _years(stretch: str) -> int | None:
    found = _YEARS.search(stretch)
    if found is None:
        return None
    return int(found[1]) if found[1].isdecimal() else _CHINESE.get(found[1])
