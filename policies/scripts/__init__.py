"""Sales scripts: is what the seller says lawful, which words are not, and what should be said instead.

Pure: text in, verdict out; rule files are read once with the package.
"""

from policies.scripts.check import check_script
from policies.scripts.dialogue import check_dialogue
from policies.scripts.documents import (
    MOST_CHARACTERS,
    MOST_TURNS,
    dialogue_document,
    read_dialogue,
    read_utterance,
    verdict_document,
)
from policies.scripts.errors import PhraseFileInvalidError, PhraseTestFailedError, ScriptError, UtteranceInvalidError
from policies.scripts.library import PhraseLibrary, build_library, load_library
from policies.scripts.model import (
    CHANNELS,
    CallFacts,
    Dialogue,
    DialogueVerdict,
    ProductFacts,
    ScriptVerdict,
    Severity,
    Speaker,
    Turn,
    Utterance,
    Violation,
)

__all__ = [
    "CHANNELS",
    "MOST_CHARACTERS",
    "MOST_TURNS",
    "CallFacts",
    "Dialogue",
    "DialogueVerdict",
    "PhraseFileInvalidError",
    "PhraseLibrary",
    "PhraseTestFailedError",
    "ProductFacts",
    "ScriptError",
    "ScriptVerdict",
    "Severity",
    "Speaker",
    "Turn",
    "Utterance",
    "UtteranceInvalidError",
    "Violation",
    "build_library",
    "check_dialogue",
    "check_script",
    "dialogue_document",
    "load_library",
    "read_dialogue",
    "read_utterance",
    "verdict_document",
]
