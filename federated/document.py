"""A YAML document whose every value knows its line, read field by field with all problems collected."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import yaml

from federated.errors import Problem

Value = Any  # a YAML value


@dataclass(slots=True)
class Problems:
    """The problems found so far, by path in the document."""

    lines: Mapping[str, int]
    found: list[Problem] = field(default_factory=list)

    def add(self, path: str, zh: str, en: str) -> None:
        """Note a problem at a path such as `model.trees`; a missing value is placed at its parent."""
        known = path
        while known and known not in self.lines:
            known = known.rpartition(".")[0]
        line = self.lines.get(known, 1)
        self.found.append(Problem(f"第 {line} 行 `{path}`", f"line {line}: `{path}`", zh, en))


def parse(text: str) -> tuple[Value, Problems]:
    """Read YAML into plain values.

    Returns:
        The value (None where nothing can be read), and the problems: broken syntax, a key given twice, an unsafe tag.
    """
    lines: dict[str, int] = {}
    problems = Problems(lines)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if node is None:
            problems.add("", "文件为空", "the file is empty")
            return None, problems
        if not _walk(node, "", problems, lines, set()):
            return None, problems
        return yaml.safe_load(text), problems
    except yaml.MarkedYAMLError as error:
        lines[""] = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.add("", "不是有效的 YAML", "this is not valid YAML")
    except (yaml.YAMLError, ValueError, RecursionError):
        problems.add("", "不是有效的 YAML", "this is not valid YAML")
    return None, problems


def _walk(node: yaml.Node, path: str, problems: Problems, lines: dict[str, int], seen: set[int]) -> bool:
    """Note every value's line; False for an alias, by which a short text could stand for an endless one."""
    lines.setdefault(path, node.start_mark.line + 1)
    if id(node) in seen:
        problems.add(path, "不支持 YAML 别名", "YAML aliases are not supported")
        return False
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        return _walk_mapping(node, path, problems, lines, seen)
    if isinstance(node, yaml.SequenceNode):
        items = [_walk(value, f"{path}[{at}]", problems, lines, seen) for at, value in enumerate(node.value)]
        return all(items)
    return True


def _walk_mapping(node: yaml.MappingNode, path: str, problems: Problems, lines: dict[str, int], seen: set[int]) -> bool:
    names: set[str] = set()
    good = True
    for key, value in node.value:
        name = str(key.value)
        inner = f"{path}.{name}" if path else name
        lines[inner] = key.start_mark.line + 1
        if name in names:
            problems.add(inner, "键重复", "the key occurs twice")
        names.add(name)
        good = _walk(value, inner, problems, lines, seen) and good
    return good


class Fields:
    """One mapping of the document; reads its fields and refuses keys nobody reads."""

    def __init__(self, value: Value, path: str, problems: Problems, allowed: Sequence[str]) -> None:
        """Take a mapping; anything else is a problem and counts as empty."""
        self._path = path
        self.problems = problems
        if not isinstance(value, dict):
            problems.add(path, "应为键值映射", "a mapping is needed")
            value = {}
        self._value: dict[Any, Value] = value
        for key in value:
            if key not in allowed:
                near = get_close_matches(str(key), allowed, 1)
                zh, en = (f"；是否指 `{near[0]}`？", f"; did you mean `{near[0]}`?") if near else ("", "")
                problems.add(self.at(str(key)), f"未知的键{zh}", f"unknown key{en}")

    def at(self, key: str) -> str:
        """Give a field's path."""
        return f"{self._path}.{key}" if self._path else key

    def has(self, key: str) -> bool:
        """Whether the field is given and not null."""
        return self._value.get(key) is not None

    def raw(self, key: str) -> Value:
        """Give the field as it stands, or None."""
        return self._value.get(key)

    def text(self, key: str, most: int = 1000) -> str:
        """Give a printable text of 1 to `most` characters; required."""
        value = self._value.get(key)
        if isinstance(value, str) and value.strip() and value.isprintable() and len(value) <= most:
            return value
        self._wrong(key, f"应为 1 到 {most} 个可见字符的文本", f"a printable text of 1 to {most} characters is needed")
        return ""

    def choice(self, key: str, options: Sequence[str]) -> str:
        """Give one of the options; required."""
        value = self.text(key)
        if value and value not in options:
            shown = " | ".join(options)
            self._wrong(key, f"`{value}` 无效，可选：{shown}", f"`{value}` is not one of {shown}")
        return value if value in options else options[0]

    def flag(self, key: str, *, default: bool) -> bool:
        """Give true or false."""
        value = self._value.get(key, default)
        if isinstance(value, bool):
            return value
        self._wrong(key, "应为 true 或 false", "true or false is needed")
        return default

    def whole(self, key: str, default: int, least: int, most: int) -> int:
        """Give a whole number within bounds."""
        value = self._value.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self._wrong(key, f"应为 {least} 到 {most} 的整数", f"a whole number from {least} to {most} is needed")
        return default

    def number(self, key: str, default: float, allowed: Callable[[float], bool], zh: str, en: str) -> float:
        """Give a finite number that is allowed; the sentences say which are."""
        value = self._value.get(key, default)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and abs(value) < float("inf") and allowed(float(value)):
            return float(value)
        self._wrong(key, zh, en)
        return default

    def names(self, key: str) -> tuple[str, ...]:
        """Give a list of different, non-empty texts; empty when absent."""
        value = self._value.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            self._wrong(key, "应为文本列表", "a list of texts is needed")
            return ()
        if len(set(value)) != len(value):
            self._wrong(key, "列表中有重复项", "an item is listed twice")
        return tuple(dict.fromkeys(value))

    def _wrong(self, key: str, zh: str, en: str) -> None:
        if key not in self._value:
            zh, en = f"缺少；{zh}", f"missing; {en}"
        self.problems.add(self.at(key), zh, en)
