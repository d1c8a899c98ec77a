"""Contact breaches of one conversation: what the facts and the order of turns decide, without any weighing of words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time, timedelta, timezone
from typing import Final

from policies.scripts.model import CallFacts, Dialogue, Speaker, Stage

ELDER_YEARS: Final = 60
QUIET_FROM: Final = time(21, 0)
QUIET_UNTIL: Final = time(9, 0)
SHANGHAI: Final = timezone(timedelta(hours=8))
RED_BREACHES: Final = frozenset({"dnd_ignored", "refusal_not_honoured"})


@dataclass(frozen=True, slots=True)
class TurnCues:
    """One turn with the cues of conversation found in it."""

    number: int
    speaker: Speaker
    cues: frozenset[str]


def contact_breaches(dialogue: Dialogue, stage: Stage, turns: Sequence[TurnCues]) -> tuple[str, ...]:
    """Give the ids of the breaches, in the order in which the interface lists them."""
    found = {
        "monthly_cap_exceeded": _over_cap(dialogue.call) and not _is_service(stage, turns),
        "dnd_ignored": dialogue.call.do_not_disturb
        and not dialogue.call.customer_initiated
        and not _is_service(stage, turns),
        "refusal_not_honoured": bool(pushes_after_refusal(turns)),
        "quiet_hours": _in_quiet_hours(dialogue) and not _is_service(stage, turns),
        "no_needs_check": stage != "opening_only" and not _needs_before_pitch(turns),
        "ai_not_disclosed": dialogue.kind == "bot" and not _disclosed_at_once(turns),
        "human_transfer_refused": dialogue.kind == "bot" and bool(refused_transfers(turns)),
        "elder_no_human_channel": _elder_left_alone(dialogue, turns),
    }
    return tuple(name for name, broken in found.items() if broken)


def pushes_after_refusal(turns: Sequence[TurnCues]) -> tuple[int, ...]:
    """Give the seller's turns that press on after a refusal; one confirmation or apology is no push."""
    refused = False
    pushed = []
    for turn in turns:
        if turn.speaker is Speaker.CUSTOMER:
            refused = refused or "refusal" in turn.cues
        elif refused and "pushes" in turn.cues:
            pushed.append(turn.number)
    return tuple(pushed)


def refused_transfers(turns: Sequence[TurnCues]) -> tuple[int, ...]:
    """Give the bot's turns that follow a wish for a person without offering one."""
    wanted = False
    refused = []
    for turn in turns:
        if turn.speaker is Speaker.CUSTOMER:
            wanted = wanted or "wants_human" in turn.cues
        elif turn.speaker is Speaker.AGENT:
            wanted = False  # a person has taken over
        elif wanted:
            if "gives_human" in turn.cues:
                wanted = False
            else:
                refused.append(turn.number)
    return tuple(refused)


def _over_cap(call: CallFacts) -> bool:
    return not call.customer_initiated and call.prior_contacts + 1 > call.monthly_cap


def _in_quiet_hours(dialogue: Dialogue) -> bool:
    """Tell whether an outbound sales call falls between 21:00 (inclusive) and 9:00 (exclusive) in Shanghai."""
    call = dialogue.call
    if call.call_time is None or call.customer_initiated or dialogue.channel != "phone":
        return False
    moment = call.call_time.astimezone(SHANGHAI).time()
    return moment >= QUIET_FROM or moment < QUIET_UNTIL


def _is_service(stage: Stage, turns: Sequence[TurnCues]) -> bool:
    """Tell whether it is a service contact: it speaks of service and recommends nothing."""
    sold = [turn.cues for turn in turns if turn.speaker is not Speaker.CUSTOMER]
    return (
        stage == "opening_only"
        and any("service" in cues for cues in sold)
        and not any("pitch" in cues for cues in sold)
    )


def _needs_before_pitch(turns: Sequence[TurnCues]) -> bool:
    for turn in turns:
        if turn.speaker is Speaker.CUSTOMER:
            continue
        if "needs_asked" in turn.cues:
            return True
        if "pitch" in turn.cues:
            return False
    return False


def _disclosed_at_once(turns: Sequence[TurnCues]) -> bool:
    first = next((turn for turn in turns if turn.speaker is Speaker.BOT), None)
    return first is None or "says_ai" in first.cues


def _elder_left_alone(dialogue: Dialogue, turns: Sequence[TurnCues]) -> bool:
    age = dialogue.call.customer_age
    if dialogue.kind != "bot" or age is None or age < ELDER_YEARS:
        return False
    asked = [
        place
        for place, turn in enumerate(turns)
        if turn.speaker is Speaker.CUSTOMER and turn.cues & {"does_not_understand", "wants_human"}
    ]
    if not asked:
        return False
    return not any(turn.speaker is not Speaker.CUSTOMER and "gives_human" in turn.cues for turn in turns[asked[0] :])
