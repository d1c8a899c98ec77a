"""One pattern of mentions in running text, as the files of rules write it down."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import ahocorasick


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


class RuleGate:
    """Tells which rules a text can possibly meet, by one pass over it; most texts hold few label words."""

    def __init__(self, rules: Sequence[TextRule]) -> None:
        """Build the automaton of all label words."""
        self._rules = tuple(rules)
        self._always = frozenset(number for number, rule in enumerate(rules) if not rule.words)
        self._needs = {needs: frozenset(needs) for needs in {rule.needs for rule in rules}}
        self._words = ahocorasick.Automaton()
        by_word: dict[str, set[int]] = {}
        for number, rule in enumerate(rules):
            for word in rule.words:
                by_word.setdefault(word, set()).add(number)
        for word, numbers in by_word.items():
            self._words.add_word(word, frozenset(numbers))
        self._words.make_automaton()

    def __iter__(self) -> Iterator[TextRule]:
        """Go through all rules."""
        return iter(self._rules)

    def open(self, text: str) -> list[TextRule]:
        """Give the rules worth trying, in their order."""
        numbers = set(self._always)
        for _, found in self._words.iter(text.lower()):
            numbers |= found
        here = frozenset(text)
        there = {needs: not needs or not here.isdisjoint(wanted) for needs, wanted in self._needs.items()}
        rules = self._rules
        return [rule for number in sorted(numbers) if there[(rule := rules[number]).needs]]
