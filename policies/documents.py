"""Typed reading of a register's document: each reader names the place that is wrong."""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import TypeVar

from policies.errors import RegisterInvalidError
from storage.errors import Said

Chosen = TypeVar("Chosen", bound=Enum)


class Node:
    """One mapping of a document with the path to it, so that an error can say where."""

    __slots__ = ("_map", "place")

    def __init__(self, value: object, place: str, keys: Iterable[str]) -> None:
        """Hold a mapping that may have only the given keys.

        Raises:
            RegisterInvalidError: it is no mapping, or holds another key.
        """
        if not isinstance(value, Mapping):
            raise RegisterInvalidError(place=place, reason=Said("应为键值映射", "a mapping is needed"))
        self.place = place
        self._map: Mapping[object, object] = value
        known = set(keys)
        unknown = sorted(str(key) for key in value if key not in known)
        if unknown:
            raise self.wrong(unknown[0], Said("未知的键", "unknown key"))

    def wrong(self, key: str, reason: Said) -> RegisterInvalidError:
        """Give the error for one key."""
        return RegisterInvalidError(place=f"{self.place}.{key}", reason=reason)

    def has(self, key: str) -> bool:
        """Tell whether a key is there."""
        return key in self._map

    def raw(self, key: str) -> object:
        """Give a value that must be there."""
        if key not in self._map:
            raise self.wrong(key, Said("缺失", "missing"))
        return self._map[key]

    def text(self, key: str) -> str:
        """Give a text that is not empty."""
        value = self.raw(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, Said("应为文本", "a text is needed"))
        return value

    def flag(self, key: str) -> bool:
        """Give a yes or no; absent is no."""
        value = self._map.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(key, Said("应为 true 或 false", "true or false is needed"))
        return value

    def count(self, key: str, *, least: int = 1) -> int:
        """Give a whole number of at least `least`."""
        value = self.raw(key)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise self.wrong(key, Said(f"应为不小于 {least} 的整数", f"a whole number of at least {least} is needed"))
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Give a list of texts."""
        value = self.raw(key)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(key, Said("应为文本列表", "a list of texts is needed"))
        return tuple(value)

    def nodes(self, key: str, keys: Iterable[str]) -> tuple["Node", ...]:
        """Give a list of mappings."""
        value = self.raw(key)
        if not isinstance(value, list):
            raise self.wrong(key, Said("应为列表", "a list is needed"))
        known = tuple(keys)
        return tuple(Node(item, f"{self.place}.{key}[{index}]", known) for index, item in enumerate(value))

    def items(self, key: str) -> tuple[tuple[str, object], ...]:
        """Give the entries of a mapping with free text keys."""
        value = self.raw(key)
        if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
            raise self.wrong(key, Said("应为键值映射", "a mapping is needed"))
        return tuple(value.items())

    def node(self, key: str, keys: Iterable[str]) -> "Node":
        """Give a mapping."""
        return Node(self.raw(key), f"{self.place}.{key}", keys)

    def choice(self, key: str, kind: type[Chosen]) -> Chosen:
        """Give one of an enumeration's values."""
        return self._chosen(key, self.text(key), kind)

    def choices(self, key: str, kind: type[Chosen]) -> tuple[Chosen, ...]:
        """Give a list of an enumeration's values."""
        return tuple(self._chosen(key, item, kind) for item in self.texts(key))

    def _chosen(self, key: str, value: str, kind: type[Chosen]) -> Chosen:
        try:
            return kind(value)
        except ValueError:
            raise self.wrong(key, Said(f"未知的值 `{value}`", f"unknown value `{value}`")) from None
