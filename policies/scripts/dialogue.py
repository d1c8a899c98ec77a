"""`check_dialogue`: every turn judged, then what only the order of turns can tell."""

from collections.abc import Iterable

from policies.scripts.check import check_script, verdict_of
from policies.scripts.contacts import RED_BREACHES, TurnCues, contact_breaches, pushes_after_refusal, refused_transfers
from policies.scripts.library import PhraseLibrary
from policies.scripts.model import Dialogue, DialogueVerdict, Severity, Stage, Turn, Utterance, Violation
from policies.scripts.signals import cues_of
from policies.scripts.statements import RED_IF_MISSING, is_made, made_statements, required_statements, said, stage_of
from policies.scripts.views import view_of

Placed = tuple[int, Violation]
CONFIDENCE = 0.8


def check_dialogue(library: PhraseLibrary, dialogue: Dialogue) -> DialogueVerdict:
    """Judge one conversation.

    Guarantee: turns of the customer hold no violations; every violation's offsets refer to its own turn's text.
    """
    stage = stage_of(library, dialogue)
    turns = [_cues(library, turn) for turn in dialogue.turns]
    checked = [(turn, check_script(library, _utterance(dialogue, turn))) for turn in dialogue.turns]
    violations: list[Placed] = [
        (turn.number, violation) for turn, verdict in checked for violation in verdict.violations
    ]
    violations += _by_order(library, dialogue, turns, violations)
    required = required_statements(dialogue, stage)
    made = made_statements(library, dialogue)
    missing = tuple(name for name in required if name not in made)
    breaches = contact_breaches(dialogue, stage, turns)
    signals = tuple(dict.fromkeys(signal for _, verdict in checked for signal in verdict.signals))
    severities = [violation.severity for _, violation in violations]
    severities += [_of_missing(name, stage) for name in missing]
    severities += [Severity.RED if name in RED_BREACHES else Severity.YELLOW for name in breaches]
    verdict = verdict_of(severities)
    if verdict == "pass" and "needs_product_facts" in signals:
        verdict = "warn"
    return DialogueVerdict(
        id=dialogue.id,
        verdict=verdict,
        stage=stage,
        violations=tuple(sorted(violations, key=lambda each: (each[0], each[1].start))),
        required=required,
        missing_required=missing,
        contact_breaches=breaches,
        signals=signals,
        library=library.version,
    )


def _of_missing(name: str, stage: Stage) -> Severity:
    if stage == "opening_only":
        return Severity.BLUE
    return Severity.RED if stage == "closing" and name in RED_IF_MISSING else Severity.YELLOW


def _utterance(dialogue: Dialogue, turn: Turn) -> Utterance:
    return Utterance(turn.text, dialogue.channel, turn.speaker, dialogue.product_type, dialogue.facts)


def _cues(library: PhraseLibrary, turn: Turn) -> TurnCues:
    view = view_of(turn.text, library.spelling)
    found = said(library, view)
    told = set(cues_of(library, found))
    if is_made(library.statements["ai_identity"], found):
        told.add("says_ai")
    return TurnCues(turn.number, turn.speaker, frozenset(told))


def _by_order(
    library: PhraseLibrary, dialogue: Dialogue, turns: list[TurnCues], known: Iterable[Placed]
) -> list[Placed]:
    """Give the violations that only the order shows, where the turn's own words did not show them already."""
    seen = {(number, violation.category) for number, violation in known}
    told = [("optout_violation", number) for number in pushes_after_refusal(turns)]
    if dialogue.kind == "bot":
        told += [("ai_identity_concealment", number) for number in refused_transfers(turns)]
    texts = {turn.number: turn.text for turn in dialogue.turns}
    return [
        (number, _whole_turn(library, category, texts[number]))
        for category, number in told
        if (number, category) not in seen
    ]


def _whole_turn(library: PhraseLibrary, name: str, text: str) -> Violation:
    category = library.categories[name]
    return Violation(
        category=name,
        severity=category.severity,
        start=0,
        end=len(text),
        text=text,
        normalized=view_of(text, library.spelling).text,
        rule=f"{name}-order",
        basis=tuple(basis.text for basis in category.basis),
        advice=category.advice,
        confidence=CONFIDENCE,
    )
