"""Headers as the trade composes them: what a thing belongs to, then what it is (`案件` + `编号`, `adjuster` + `id`).

The grammar lies in `data/header_grammar.yaml`; from it come the cues that no list would hold.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Cues = dict[str, dict[str, tuple[str, ...]]]


def composed(grammar: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[tuple[str, str, str, bool]]:
    """Give every header of the grammar: language, cue, type, and whether it is weak."""
    for language, entries in grammar.items():
        glue = " " if language == "en" else ""
        for entry in entries:
            for owner in entry["of"]:
                for thing in entry["is"]:
                    yield language, f"{owner}{glue}{thing}".strip(), entry["type"], bool(entry.get("weak"))


def with_composed(listed: Cues, grammar: Mapping[str, Sequence[Mapping[str, Any]]]) -> tuple[Cues, frozenset[str]]:
    """Give the listed cues together with the composed ones, and which are weak.

    A cue that is listed for some type keeps its meaning.
    """
    meant = {language: {cue for entry in listed.values() for cue in entry[language]} for language in ("zh", "py", "en")}
    cues = {kind: {language: list(words) for language, words in entry.items()} for kind, entry in listed.items()}
    weak = set()
    for language, cue, kind, is_weak in composed(grammar):
        if cue in meant[language]:
            continue
        cues[kind][language].append(cue)
        if is_weak:
            weak.add(cue)
    return {kind: {key: tuple(words) for key, words in entry.items()} for kind, entry in cues.items()}, frozenset(weak)
