"""What a customer's words tell: refusal, complaint, the wish for a person, age, health, promises made by others."""

from collections.abc import Set as AbstractSet
from typing import Final

from policies.scripts.library import PhraseLibrary
from policies.scripts.views import View

CUSTOMER_CUES: Final = (
    "refusal",
    "complaint",
    "wants_human",
    "does_not_understand",
    "age",
    "health",
    "reported_promise",
)


def customer_signals(library: PhraseLibrary, view: View) -> tuple[str, ...]:
    """Give the signals in a fixed order."""
    told = cues_of(library, {hit.pattern for hit in library.speech.search(view)})
    return tuple(cue for cue in CUSTOMER_CUES if cue in told)


def cues_of(library: PhraseLibrary, found: AbstractSet[int]) -> frozenset[str]:
    """Give the names of the cues among the patterns found; `not_NAME` takes NAME back."""
    told = {name for name, patterns in library.cues.items() if not patterns.isdisjoint(found)}
    return frozenset(name for name in told if f"not_{name}" not in told and not name.startswith("not_"))
