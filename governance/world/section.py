"""Typed reading of a mapping: every getter notes what is wrong and gives a harmless value, so that reading goes on.

The harmless values reach nobody: a world with a single fault is never returned.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from typing import Final

import yaml

from governance.world import wording
from governance.world.errors import WorldFault
from governance.world.wording import Saying

_TAG: Final = "tag:yaml.org,2002:"
_PLAIN: Final = {"str", "int", "float"}
_KNOWN_TAGS: Final = {*_PLAIN, "bool", "null", "timestamp", "map", "seq"}
_TRUE, _FALSE = {"true", "yes", "on"}, {"false", "no", "off"}
_WORD: Final = re.compile(r"[^\W\d_][\w-]{0,63}")
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_SHOWN: Final = 60
_FROM_FILE: Final = {"value", "key", "id", "tag"}
_WIDTH: Final = 200


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


@dataclass(slots=True)
class Faults:
    """The faults of one file, as they are found."""

    found: list[WorldFault] = field(default_factory=list)

    def add(self, line: int, path: str, saying: Saying, **values: object) -> None:
        """Note a fault; what the file itself said is cut when it is long."""
        shown = {name: _cut(str(value)) if name in _FROM_FILE else value for name, value in values.items()}
        fault = saying.fault(line, path[:_WIDTH], **shown)
        if fault not in self.found:
            self.found.append(fault)

    def unknown(self, line: int, path: str, value: str, kind: tuple[str, str], known: Collection[str]) -> None:
        """Note a reference to what is not there, with the nearest name that is."""
        near = get_close_matches(value, sorted(known), 1)
        zh, en = kind
        near_zh = f"是否想写 `{near[0]}`？" if near else f"先声明该{zh}，或改为已有的名称"
        near_en = f"did you mean `{near[0]}`?" if near else f"declare the {en} first, or use an existing one"
        self.add(line, path, wording.UNKNOWN, value=value, kind_zh=zh, kind_en=en, near_zh=near_zh, near_en=near_en)


@dataclass(frozen=True, slots=True)
class Item:
    """One value with its place."""

    node: yaml.Node
    path: str
    faults: Faults

    @property
    def line(self) -> int:
        """Give the line it stands on, from 1."""
        return int(self.node.start_mark.line) + 1

    @property
    def kind(self) -> str:
        """Give the YAML kind: str, int, float, bool, null, timestamp, map, seq, or the foreign tag."""
        return str(self.node.tag).removeprefix(_TAG)

    @property
    def raw(self) -> str:
        """Give a scalar as it was written."""
        return self.node.value if isinstance(self.node, yaml.ScalarNode) else ""

    def wrong(self, saying: Saying, **values: object) -> None:
        """Note a fault here; a foreign tag is named first."""
        if self.kind not in _KNOWN_TAGS:
            self.faults.add(self.line, self.path, wording.TAG, tag=self.node.tag)
            return
        self.faults.add(self.line, self.path, saying, **values)

    def text(self, *, most: int = _WIDTH) -> str:
        """Give a text that is not empty; a number counts as the text it was written as."""
        if not isinstance(self.node, yaml.ScalarNode) or self.kind not in _PLAIN or not self.raw.strip():
            self.wrong(wording.WANT_TEXT)
            return ""
        if len(self.raw) > most:
            self.wrong(wording.TOO_LONG, most=most)
            return ""
        return self.raw

    def word(self) -> str:
        """Give an identifier."""
        text = self.text()
        if text and not _WORD.fullmatch(text):
            self.wrong(wording.NOT_ID, value=text)
            return ""
        return text

    def choice(self, known: Sequence[str]) -> str:
        """Give one of some words."""
        text = self.raw if self.kind in {*_PLAIN, "bool", "null"} and isinstance(self.node, yaml.ScalarNode) else ""
        if text not in known:
            self.wrong(wording.NOT_ONE_OF, value=text, known=", ".join(known))
            return ""
        return text

    def flag(self) -> bool:
        """Give a yes or no."""
        if self.kind != "bool" or self.raw.lower() not in _TRUE | _FALSE:
            self.wrong(wording.WANT_FLAG)
            return False
        return self.raw.lower() in _TRUE

    def count(self, least: int, most: int) -> int:
        """Give a whole number within bounds."""
        if self.kind != "int" or not _INTEGER.fullmatch(self.raw) or not least <= int(self.raw) <= most:
            self.wrong(wording.WANT_COUNT, least=least, most=most)
            return least
        return int(self.raw)

    def instant(self) -> datetime | None:
        """Give an instant with its zone; none is ever assumed."""
        written = re.sub(r"\s+(?=[+-]\d|Z$)", "", self.raw.strip()) if self.kind in {"str", "timestamp"} else ""
        try:
            found = datetime.fromisoformat(written)
        except ValueError:
            self.wrong(wording.NOT_TIME)
            return None
        if found.tzinfo is None:
            self.wrong(wording.NO_ZONE)
            return None
        return found

    def title(self) -> dict[str, str]:
        """Give texts by language; plain text stands for both, and one language for the other."""
        if isinstance(self.node, yaml.ScalarNode):
            text = self.text()
            return {"zh": text, "en": text}
        if not isinstance(self.node, yaml.MappingNode):
            self.wrong(wording.WANT_TITLE)
            return {}
        section = Section(self, ("zh", "en"))
        found = {name: item.text() for name, item in section.entries.items()}
        if not found:
            self.wrong(wording.WANT_TITLE)
        return {name: found.get(name) or next(iter(found.values()), "") for name in ("zh", "en")}

    def items(self) -> Iterator["Item"]:
        """Give a list's members."""
        if not isinstance(self.node, yaml.SequenceNode):
            self.wrong(wording.WANT_LIST)
            return
        for index, child in enumerate(self.node.value):
            yield Item(child, f"{self.path}[{index}]", self.faults)


class Section:
    """A mapping's entries by key; notes repeated keys, keys that are no text, and unknown keys."""

    __slots__ = ("entries", "item", "key_lines")

    def __init__(self, item: Item, known: Sequence[str] | None) -> None:
        """Read the keys; `known` None accepts any."""
        self.item = item
        self.entries: dict[str, Item] = {}
        self.key_lines: dict[str, int] = {}
        if not isinstance(item.node, yaml.MappingNode) or item.kind != "map":
            item.wrong(wording.WANT_MAPPING)
            return
        for key, value in item.node.value:
            self._enter(key, value, known)

    def _enter(self, key: yaml.Node, value: yaml.Node, known: Sequence[str] | None) -> None:
        faults, line = self.item.faults, int(key.start_mark.line) + 1
        if not isinstance(key, yaml.ScalarNode) or not key.value or len(key.value) > _WIDTH:
            faults.add(line, self.item.path, wording.KEY_NO_TEXT)
            return
        name = str(key.value)
        path = f"{self.item.path}.{name}" if self.item.path else name
        if name in self.entries:
            faults.add(line, path, wording.KEY_TWICE, key=name, first=self.key_lines[name])
            return
        if known is not None and name not in known:
            near = get_close_matches(name, known, 1)
            saying = wording.KEY_NEAR if near else wording.KEY_UNKNOWN
            faults.add(line, path, saying, key=name, near="".join(near), known=", ".join(known))
            return
        self.key_lines[name] = line
        self.entries[name] = Item(value, path, faults)

    @property
    def line(self) -> int:
        """Give the line the mapping begins on."""
        return self.item.line

    def get(self, key: str) -> Item | None:
        """Give an entry; one that is written `null`, or is not there, is None."""
        found = self.entries.get(key)
        return None if found is None or (found.kind == "null" and isinstance(found.node, yaml.ScalarNode)) else found

    def need(self, key: str) -> Item | None:
        """Give an entry that must be there."""
        found = self.get(key)
        if found is None and isinstance(self.item.node, yaml.MappingNode):
            path = f"{self.item.path}.{key}" if self.item.path else key
            self.item.faults.add(self.line, path, wording.MISSING, key=key)
        return found

    def word(self, key: str) -> str:
        """Give an identifier that must be there."""
        found = self.need(key)
        return found.word() if found else ""

    def text(self, key: str) -> str:
        """Give a text that must be there."""
        found = self.need(key)
        return found.text() if found else ""

    def maybe_text(self, key: str) -> str | None:
        """Give a text that may be absent."""
        found = self.get(key)
        return found.text() or None if found else None

    def words(self, key: str) -> tuple[tuple[str, Item], ...]:
        """Give a list of texts with their places; absent is empty."""
        found = self.get(key)
        return tuple((item.text(), item) for item in found.items()) if found else ()
