"""One pattern of mentions in running text, as the files of rules write it down."""

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextRule:
    """One pattern of mentions.

    Args:
        label: entity type.
        pattern: what a mention looks like.
        score: how sure a hit is.
        check: what the value must pass; a rule with a check outranks longer hits without one.
        needs: a hit is only looked for where the text holds one of these characters; empty means always.
        words: likewise for words, in lower case; found in the pattern's own leading label words.
    """

    label: str
    pattern: re.Pattern[str]
    score: float
    check: Callable[[str], bool] | None = None
    needs: str = ""
    words: tuple[str, ...] = ()
