"""What reads free text in one service process: rules compiled when first needed, and again when the day changes.

Presidio's engines are built when its contract is first called: they bring spaCy, which no other part needs.
"""

from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING

from governance.settings import Settings
from policies import PolicyBook
from storage import KeyRing

if TYPE_CHECKING:
    from classification import OperatorKeys, Operators, OwnRules, Recognisers
    from classification.presidio import Rest


def own_rules(settings: Settings) -> "OwnRules | None":
    """Give what the deployment adds to our rules; nothing where its settings name no file.

    Raises:
        OwnRulesInvalidError: the file can't be used; names line and remedy.
    """
    if settings.recognisers_file is None:
        return None
    from classification import load_own_rules, load_tier_policy  # noqa: PLC0415 -- only where there are own rules

    return load_own_rules(settings.recognisers_file, load_tier_policy())


@dataclass(slots=True)
class Texts:
    """The rules and engines of one process, each for one day: a birth date can't lie in the future."""

    own: "OwnRules | None" = None
    _rules: "tuple[date, Recognisers] | None" = None
    _rest: "tuple[date, Rest] | None" = None
    _lock: Lock = field(default_factory=Lock)

    def rules(self, today: date) -> "Recognisers":
        """Give the compiled rules of a day."""
        from classification import load_recognisers  # noqa: PLC0415 -- not before a text is read

        with self._lock:
            if self._rules is None or self._rules[0] != today:
                self._rules = today, load_recognisers(today, self.own)
            return self._rules[1]

    def operators(self, today: date, book: PolicyBook, keys: "OperatorKeys | None") -> "Operators":
        """Give the operators with each type's usual mask."""
        from classification import Operators, usual_masks  # noqa: PLC0415 -- likewise

        return Operators(usual_masks(self.rules(today).tiers, book.categories), today, keys)

    def rest(self, today: date, book: PolicyBook, keys: KeyRing) -> "Rest":
        """Give Presidio's REST contract over our rules and operators."""
        from classification import operator_keys  # noqa: PLC0415 -- likewise
        from classification.presidio import Rest, analyzer_engine, anonymizer_engine, deanonymizer_engine  # noqa: PLC0415

        rules, operators = self.rules(today), self.operators(today, book, operator_keys(keys.derive, None))
        with self._lock:
            if self._rest is None or self._rest[0] != today:
                rest = Rest(analyzer_engine(rules), anonymizer_engine(operators), deanonymizer_engine())
                self._rest = today, rest
            return self._rest[1]
