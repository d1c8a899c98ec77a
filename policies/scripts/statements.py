"""Which statements a conversation must hold, and which the seller did make: stage × product × channel."""

from collections.abc import Set as AbstractSet
from typing import Final

from policies.scripts.library import PhraseLibrary, Statement
from policies.scripts.model import Dialogue, Speaker, Stage
from policies.scripts.signals import cues_of
from policies.scripts.views import View, view_of

_OPENING_AGENT: Final = ("recording_notice", "agent_identity")
_OPENING_BOT: Final = ("recording_notice", "ai_identity", "human_channel")
_PITCH: Final = ("needs_check", "insurer_name", "product_is_insurance")
_CLOSING: Final = ("voluntary_confirm", "complaints_channel")
_BASE: Final = ("coverage", "premium_term", "exclusions")
_MEDICAL: Final = (*_BASE, "waiting_period", "deductible_ratio", "health_disclosure", "renewal_terms")
_SURRENDER: Final = ("cooling_off", "surrender_loss")
_UNIVERSAL: Final = (*_BASE, *_SURRENDER, "benefit_uncertainty", "fees_deduction")
BY_PRODUCT: Final = {
    "critical_illness": (*_BASE, "waiting_period", "health_disclosure", *_SURRENDER),
    "medical_short": _MEDICAL,
    "medical_guaranteed_renewal": _MEDICAL,
    "term_life": (*_BASE, "waiting_period", "health_disclosure", *_SURRENDER),
    "whole_life_increasing": (*_BASE, "health_disclosure", *_SURRENDER),
    "annuity": (*_BASE, *_SURRENDER),
    "participating": (*_BASE, *_SURRENDER, "benefit_uncertainty"),
    "universal_life": _UNIVERSAL,
    "unit_linked": (*_UNIVERSAL, "risk_assessment"),
}
UNCHECKED: Final = frozenset({"script_library", "training"})
_POSTED: Final = frozenset({"banner", "short_video", "moments"})
# Missing at closing these are red, everything else is yellow; at the opening a gap is blue.
RED_IF_MISSING: Final = frozenset({"exclusions", "health_disclosure", "benefit_uncertainty", "surrender_loss"})


def required_statements(dialogue: Dialogue, stage: Stage) -> tuple[str, ...]:
    """Give the ids of what must be said, in the order of the conversation."""
    if dialogue.channel in UNCHECKED:
        return ()
    if dialogue.channel == "sms":
        return ("opt_out",)
    if dialogue.channel in _POSTED:
        return ("product_is_insurance", "insurer_name", "ad_mark")
    ids = list(_OPENING_BOT if dialogue.kind == "bot" else _OPENING_AGENT)
    if stage != "opening_only":
        ids += _PITCH
    if stage == "closing":
        ids += (*BY_PRODUCT.get(dialogue.product_type, _BASE), *_CLOSING)
    return tuple(dict.fromkeys(ids))


def made_statements(library: PhraseLibrary, dialogue: Dialogue) -> frozenset[str]:
    """Give the ids of what the seller said; several sentences count together, the customer's words don't."""
    found: set[int] = set()
    for turn in dialogue.turns:
        if turn.speaker is not Speaker.CUSTOMER:
            found |= said(library, view_of(turn.text, library.spelling))
    return frozenset(statement.id for statement in library.statements.values() if is_made(statement, found))


def said(library: PhraseLibrary, view: View) -> frozenset[int]:
    """Give the patterns in a turn; who denies to be a robot has not said that it is one."""
    found = {hit.pattern for hit in library.speech.search(view)}
    if library.cues.get("denies_ai", frozenset()) & found:
        found -= {pattern for group in library.statements["ai_identity"].groups for pattern in group}
    return frozenset(found)


def is_made(statement: Statement, found: AbstractSet[int]) -> bool:
    """Tell whether every part of a statement is among what was said."""
    return all(not found.isdisjoint(group) for group in statement.groups)


def stage_of(library: PhraseLibrary, dialogue: Dialogue) -> Stage:
    """Give the highest stage reached, as stated or as the seller's words tell."""
    if dialogue.stage is not None:
        return dialogue.stage
    reached: Stage = "opening_only"
    for turn in dialogue.turns:
        if turn.speaker is Speaker.CUSTOMER:
            continue
        told = cues_of(library, said(library, view_of(turn.text, library.spelling)))
        if "closing" in told:
            return "closing"
        if "pitch" in told:
            reached = "pitch"
    return reached
