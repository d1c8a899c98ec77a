"""The pattern language of the phrase library, and its expansion into literals.

`包|保证` two words; `(一定|肯定)赔` an inline choice, `(很|非常)?` one that may be left out; `{return}` a synonym group
shared by name; `A~B` B after A in the same clause with at most eight characters between; `A~3~B` at most three;
`A~~B` B later in the same sentence, at most fourteen characters on. A bar binds weakest: `A|B~C` is A, or B then C.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Final

from storage.errors import Said

GAP: Final = 8
SENTENCE_GAP: Final = 14
MOST_LITERALS: Final = 3000
_JOINT: Final = re.compile(r"~(\d+)~|~~|~")


class PatternError(ValueError):
    """A pattern that can't be expanded."""

    def __init__(self, fault: Said, text: str) -> None:
        """Say what is wrong with which text."""
        self.said = Said(f"{fault.zh}：`{text}`", f"{fault.en}: `{text}`")
        super().__init__(self.said.en)


@dataclass(frozen=True, slots=True)
class Joint:
    """How far the next part may stand, and whether it may stand in a later clause."""

    gap: int
    crosses: bool


@dataclass(frozen=True, slots=True)
class Pattern:
    """Parts in order; each part is a set of literals."""

    source: str
    parts: tuple[frozenset[str], ...]
    joints: tuple[Joint, ...]


def parse_pattern(source: str, groups: Mapping[str, tuple[str, ...]]) -> Pattern:
    """Expand one pattern without bars outside brackets around its joints.

    Raises:
        PatternError: brackets don't match, a group is unknown, a part may be empty, or there are too many literals.
    """
    parts: list[frozenset[str]] = []
    joints: list[Joint] = []
    place = 0
    for found in _JOINT.finditer(source):
        parts.append(_part(source[place : found.start()], groups))
        crosses = found[0] == "~~"
        joints.append(Joint(int(found[1]) if found[1] else SENTENCE_GAP if crosses else GAP, crosses))
        place = found.end()
    parts.append(_part(source[place:], groups))
    return Pattern(source, tuple(parts), tuple(joints))


def expand_group(name: str, raw: Mapping[str, tuple[str, ...]], above: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Expand the members of a group, which may name other groups.

    Raises:
        PatternError: the group is unknown or names itself.
    """
    if name in above:
        raise PatternError(Said("词组引用了自身", "group names itself"), name)
    if name not in raw:
        raise PatternError(Said("未知的词组", "unknown group"), name)
    inner = {other: expand_group(other, raw, (*above, name)) for text in raw[name] for other in _named(text)}
    return tuple(dict.fromkeys(literal for text in raw[name] for literal in _alternatives(text, inner)))


def _named(text: str) -> list[str]:
    return re.findall(r"\{([a-z_0-9]+)\}", text)


def _part(text: str, groups: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    literals = _alternatives(text.strip(), groups)
    if not literals or "" in literals:
        raise PatternError(Said("某一部分可能为空", "a part may be empty"), text)
    return frozenset(literals)


def _alternatives(text: str, groups: Mapping[str, tuple[str, ...]]) -> list[str]:
    found = [literal for branch in split_bars(text) for literal in _sequence(branch, groups)]
    if len(found) > MOST_LITERALS:
        raise PatternError(Said("展开过多，请用连接符", "too many literals, use joints"), text)
    return found


def split_bars(text: str) -> list[str]:
    """Split at bars outside brackets.

    Raises:
        PatternError: brackets don't match.
    """
    depth, branches, start = 0, [], 0
    for index, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            raise PatternError(Said("括号不配对", "brackets do not match"), text)
        if sign == "|" and depth == 0:
            branches.append(text[start:index])
            start = index + 1
    if depth:
        raise PatternError(Said("括号不配对", "brackets do not match"), text)
    return [*branches, text[start:]]


def _sequence(text: str, groups: Mapping[str, tuple[str, ...]]) -> list[str]:
    choices: list[list[str]] = []
    index = 0
    while index < len(text):
        if text[index] == "(":
            end = _closing(text, index)
            optional = text[end + 1 : end + 2] == "?"
            choices.append([*_alternatives(text[index + 1 : end], groups), *([""] if optional else [])])
            end += optional
        elif text[index] == "{":
            end = text.find("}", index)
            name = text[index + 1 : end]
            if end < 0 or name not in groups:
                raise PatternError(Said("未知的词组", "unknown group"), name)
            choices.append(list(groups[name]))
        else:
            if text[index] in "?*[]\\":
                raise PatternError(Said("模式中没有的符号", "a sign that patterns do not have"), text)
            optional = text[index + 1 : index + 2] == "?"
            choices.append([text[index], ""] if optional else [text[index]])
            end = index + optional
        index = end + 1
        if prod(len(choice) for choice in choices) > MOST_LITERALS:
            raise PatternError(Said("展开过多，请用连接符", "too many literals, use joints"), text)
    return ["".join(each) for each in product(*choices)] if choices else [""]


def _closing(text: str, index: int) -> int:
    depth = 0
    for place in range(index, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth == 0:
            return place
    raise PatternError(Said("括号不配对", "brackets do not match"), text)
