"""The language that a command line asks for; known before anything is read, as even a wrong command gets an answer.

Light on purpose: `mingjing --help` loads it.
"""

from collections.abc import Sequence
from typing import Literal

Spoken = Literal["zh", "en"]


def stated_language(arguments: Sequence[str]) -> Spoken | None:
    """Give what `--lang` says, as two words or as one; the last counts, as for every option."""
    stated: Spoken | None = None
    for place, word in enumerate(arguments):
        value = word.removeprefix("--lang=")
        if word == "--lang":
            value = arguments[place + 1] if place + 1 < len(arguments) else ""
        elif value == word:
            continue
        stated = "en" if value == "en" else "zh"
    return stated
