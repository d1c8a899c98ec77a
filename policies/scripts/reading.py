"""Read the rule files into values; anything that is not as it should be names its file and place."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import yaml

from policies.scripts.errors import PhraseFileInvalidError
from policies.scripts.model import Severity
from policies.scripts.patterns import Pattern, PatternError, expand_group, parse_pattern, split_bars
from policies.scripts.rules import Basis, Category, Example, Rule
from policies.scripts.views import Spelling, compile_spelling
from storage.errors import Said

Groups = Mapping[str, tuple[str, ...]]
_CATEGORY_KEYS: Final = {"category", "severity", "title", "basis", "advice", "rules", "match", "no_match"}
_RULE_KEYS: Final = {
    "id", "any", "unless", "unless_sentence", "negation", "needs", "products", "not_products", "speakers", "confidence",
}  # fmt: skip
DEFAULT_CONFIDENCE: Final = 0.9


def parse_file(name: str, text: str) -> Any:  # noqa: ANN401 -- any YAML value
    """Parse one YAML file.

    Raises:
        PhraseFileInvalidError: it is not YAML.
    """
    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 -- both are safe loaders
    except yaml.YAMLError as error:
        raise PhraseFileInvalidError(file=name, place="YAML", reason=Said("不是 YAML", "it is no YAML")) from error


def read_groups(name: str, raw: Any) -> Groups:  # noqa: ANN401 -- any YAML value
    """Read synonym groups."""
    try:
        texts = {str(key): tuple(str(word) for word in words) for key, words in dict(raw).items()}
        return {key: expand_group(key, texts) for key in texts}
    except (TypeError, ValueError) as error:
        raise PhraseFileInvalidError(file=name, place="groups", reason=fault_said(error)) from error


def read_spelling(name: str, raw: Any) -> Spelling:  # noqa: ANN401 -- any YAML value
    """Read the tables of disguises.

    `characters` are pairs (`夲本`, or `💯=100%` where the meaning is longer), `syllables` go from pinyin to character,
    `words` from a meaning to its disguises.
    """
    try:
        characters = {pair[0]: pair[1:].removeprefix("=") for pair in str(raw["characters"]).split()}
        syllables = {str(key): str(value) for key, value in raw["syllables"].items()}
        words = {str(item): str(meaning) for meaning, items in raw["words"].items() for item in items}
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise PhraseFileInvalidError(file=name, place="spelling", reason=fault_said(error)) from error
    return compile_spelling(characters, syllables, words)


def read_laws(name: str, raw: Any) -> Mapping[str, Basis]:  # noqa: ANN401 -- any YAML value
    """Read the index of laws with their dates."""
    try:
        return {
            str(law): Basis(str(law), _day(told.get("since")), _day(told.get("until")), verify=False)
            for law, told in raw.items()
        }
    except (TypeError, AttributeError, ValueError) as error:
        raise PhraseFileInvalidError(file=name, place="laws", reason=fault_said(error)) from error


def read_category(name: str, raw: Any, groups: Groups, laws: Mapping[str, Basis]) -> Category:  # noqa: ANN401 -- any YAML value
    """Read one category with its rules and examples."""
    place = str(raw.get("category", "?")) if isinstance(raw, dict) else "?"
    try:
        _known(raw, _CATEGORY_KEYS)
        return Category(
            id=place,
            severity=Severity(raw["severity"]),
            title=_two(raw["title"]),
            basis=tuple(_basis(str(text), laws) for text in raw["basis"]),
            advice=_two(raw["advice"]),
            rules=tuple(_rule(place, number, item, groups) for number, item in enumerate(raw["rules"], 1)),
            examples=(*_examples(place, raw["match"], matches=True), *_examples(place, raw["no_match"], matches=False)),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PhraseFileInvalidError(file=name, place=place, reason=fault_said(error)) from error


def patterns_of(sources: Sequence[object], groups: Groups) -> tuple[Pattern, ...]:
    """Parse several patterns; all those without joints become one."""
    texts = [branch for source in sources for branch in split_bars(str(source))]
    parsed = [parse_pattern(text, groups) for text in texts]
    plain = [pattern for pattern in parsed if not pattern.joints]
    literals = frozenset(literal for pattern in plain for literal in pattern.parts[0])
    joined = [Pattern("|".join(pattern.source for pattern in plain), (literals,), ())] if plain else []
    return (*joined, *(pattern for pattern in parsed if pattern.joints))


def _rule(category: str, number: int, raw: Mapping[str, Any], groups: Groups) -> Rule:
    _known(raw, _RULE_KEYS)
    if raw.get("negation", "exempt") not in {"exempt", "keep"}:
        raise PatternError(Said("不是 exempt 或 keep", "neither exempt nor keep"), "negation")
    return Rule(
        id=str(raw.get("id") or f"{category}-{number:02d}"),
        category=category,
        patterns=patterns_of(raw["any"], groups),
        unless=patterns_of(raw.get("unless", ()), groups),
        unless_sentence=patterns_of(raw.get("unless_sentence", ()), groups),
        negation=raw.get("negation", "exempt"),
        needs=raw.get("needs"),
        products=frozenset(raw.get("products", ())),
        not_products=frozenset(raw.get("not_products", ())),
        speakers=frozenset(raw.get("speakers", ())),
        confidence=float(raw.get("confidence", DEFAULT_CONFIDENCE)),
    )


def _examples(category: str, raw: Sequence[Any], *, matches: bool) -> list[Example]:
    """Read examples; `text @product` states the product."""
    found = []
    for item in raw:
        text, _, product = str(item).partition(" @")
        found.append(Example(category, text, product or "general", matches))
    return found


def _basis(text: str, laws: Mapping[str, Basis]) -> Basis:
    law = re.split(r"[\s第]", text, maxsplit=1)[0].rstrip("†")
    if law not in laws:
        raise PatternError(Said("未知的法规", "unknown law"), law)
    return Basis(text.rstrip("†"), laws[law].since, laws[law].until, text.endswith("†"))


def _two(raw: Mapping[str, Any]) -> Mapping[str, str]:
    return {"zh": str(raw["zh"]), "en": str(raw["en"])}


def _day(value: object) -> date | None:
    if value is None or isinstance(value, date):
        return value
    raise PatternError(Said("不是日期", "not a date"), str(value))


def _known(raw: Mapping[str, Any], keys: set[str]) -> None:
    odd = set(raw) - keys
    if odd:
        raise PatternError(Said("未知的键", "unknown key"), min(odd))


def fault_said(error: Exception) -> Said:
    """Give what is wrong with a rule file, from whatever reading it ran into."""
    if isinstance(error, PatternError):
        return error.said
    if isinstance(error, KeyError):
        return Said(f"缺少键 {error}", f"key {error} is missing")
    return Said("内容的形式不对", "its content has another form")
