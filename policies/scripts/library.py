"""`load_library`: the phrase library, read, compiled and proven by its own examples, or not there at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

from policies.scripts.automaton import Automaton
from policies.scripts.errors import PhraseFileInvalidError
from policies.scripts.patterns import Pattern
from policies.scripts.reading import (
    fault_said,
    parse_file,
    patterns_of,
    read_category,
    read_groups,
    read_laws,
    read_spelling,
)
from policies.scripts.rules import Category, Rule
from policies.scripts.views import Spelling
from storage.errors import Said

_FIXED: Final = ("groups.yaml", "laws.yaml", "spelling.yaml", "statements.yaml")


@dataclass(frozen=True, slots=True)
class Use:
    """What a pattern of the automaton is for: firing a rule, or taking it back."""

    rule: Rule
    role: str  # any | unless | unless_sentence


@dataclass(frozen=True, slots=True)
class Statement:
    """A required statement: each group must be matched somewhere in what the seller said."""

    id: str
    groups: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class PhraseLibrary:
    """The compiled library.

    Args:
        version: of the files, with the first digits of their digest.
        uses: by pattern number of `automaton`.
        statements: required statements over the patterns of `speech`, which also holds cues of conversation.
        cues: pattern numbers of `speech` by the cue's name.
    """

    version: str
    digest: str
    categories: Mapping[str, Category]
    spelling: Spelling
    automaton: Automaton
    uses: tuple[Use, ...]
    speech: Automaton
    statements: Mapping[str, Statement]
    cues: Mapping[str, frozenset[int]]

    @property
    def phrases(self) -> int:
        """Give the number of literals that rules are made of."""
        return self.automaton.literals


def load_library() -> PhraseLibrary:
    """Give the shipped library; it is compiled and proven once for one content.

    Raises:
        PhraseFileInvalidError: a file is not as it should be.
        PhraseTestFailedError: a rule contradicts an example beside it.
    """
    return _proven(tuple(sorted(_shipped().items())))


def build_library(texts: Mapping[str, str]) -> PhraseLibrary:
    """Compile a library from the texts of its files, without proving it.

    Raises:
        PhraseFileInvalidError: a file is missing or not as it should be.
    """
    missing = [name for name in _FIXED if name not in texts]
    if missing:
        raise PhraseFileInvalidError(file=missing[0], place="file", reason=Said("缺失", "missing"))
    raw = {name: parse_file(name, text) for name, text in texts.items()}
    groups = read_groups("groups.yaml", raw["groups.yaml"])
    laws = read_laws("laws.yaml", raw["laws.yaml"])
    rules = [name for name in sorted(raw) if name not in _FIXED]
    found = [read_category(name, item, groups, laws) for name in rules for item in raw[name]]
    categories = {category.id: category for category in found}
    digest = sha256("\0".join(f"{name}\0{texts[name]}" for name in sorted(texts)).encode()).hexdigest()
    uses, patterns = _collect(found)
    speech, statements, cues = _speech(raw["statements.yaml"], groups)
    return PhraseLibrary(
        version=f"1-{digest[:12]}",
        digest=digest,
        categories=categories,
        spelling=read_spelling("spelling.yaml", raw["spelling.yaml"]),
        automaton=Automaton(patterns),
        uses=uses,
        speech=speech,
        statements=statements,
        cues=cues,
    )


@lru_cache(maxsize=4)
def _proven(items: tuple[tuple[str, str], ...]) -> PhraseLibrary:
    """Compile and prove; a pure function of the files' content, so its result may be kept."""
    from policies.scripts.proof import prove  # noqa: PLC0415 -- the proof checks scripts, which needs a library

    library = build_library(dict(items))
    prove(library)
    return library


def _shipped() -> dict[str, str]:
    folder = files("policies.scripts") / "data"
    return {item.name: item.read_text(encoding="utf-8") for item in folder.iterdir() if item.name.endswith(".yaml")}


def _collect(categories: list[Category]) -> tuple[tuple[Use, ...], list[Pattern]]:
    uses: list[Use] = []
    patterns: list[Pattern] = []
    for category in categories:
        for rule in category.rules:
            for role, group in (
                ("any", rule.patterns),
                ("unless", rule.unless),
                ("unless_sentence", rule.unless_sentence),
            ):
                uses += [Use(rule, role) for _ in group]
                patterns += group
    return tuple(uses), patterns


def _speech(
    raw: Mapping[str, Mapping[str, Sequence[Any]]], groups: Mapping[str, tuple[str, ...]]
) -> tuple[Automaton, dict[str, Statement], dict[str, frozenset[int]]]:
    patterns: list[Pattern] = []

    def add(sources: Sequence[object]) -> tuple[int, ...]:
        first = len(patterns)
        patterns.extend(patterns_of(sources, groups))
        return tuple(range(first, len(patterns)))

    try:
        statements = {
            name: Statement(name, tuple(add(group) for group in told)) for name, told in raw["required"].items()
        }
        cues = {name: frozenset(add(told)) for name, told in raw["cues"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PhraseFileInvalidError(file="statements.yaml", place="required", reason=fault_said(error)) from error
    return Automaton(patterns), statements, cues
