"""Read a deployment's own rules from YAML: whole or not at all, every fault with its line and what to do.

A pattern is tried on texts made to hurt it before it is taken; one that takes long on them is refused.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

import yaml

from classification.errors import OwnRulesInvalidError
from classification.models import KINDS, ModelChoice, NameModel
from classification.ownprobe import Both, tried
from classification.ownrules import OwnPattern, OwnRules
from classification.tiers import Grading, TierPolicy
from policies.vocabulary import Tier

_LANGUAGES = ("zh", "en")
_MOST = 200
_TYPE = re.compile(r"[A-Z][A-Z0-9_]{1,39}")
_SECTIONS = ("recognisers", "models")
_RECOGNISER = ("type", "category", "tier", "title", "patterns", "words", "score", "languages")
_MODEL = ("kind", "path", "languages", "labels", "threshold", "score")


def load_own_rules(path: Path, tiers: TierPolicy) -> OwnRules:
    """Read the file of a deployment's own rules.

    Raises:
        OwnRulesInvalidError: it can't be read, or says something that can't be used; names the line.
    """
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "UTF-8"
        raise OwnRulesInvalidError(
            file=path.name, line=0, zh=f"无法读取（{reason}）", en=f"can't be read ({reason})",
            zh_fix="检查路径、权限与编码", en_fix="check path, permissions and encoding",
        ) from error  # fmt: skip
    return _Reader(path, tiers).rules(text, sha256(content).hexdigest())


@dataclass(slots=True)
class _Reader:
    path: Path
    tiers: TierPolicy

    def rules(self, text: str, digest: str) -> OwnRules:
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except (yaml.YAMLError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            self._fail(
                mark.line + 1 if mark else 1,
                ("不是 YAML", "is no YAML"),
                ("检查缩进与引号", "check indentation and quotes"),
            )
        if node is None:
            return OwnRules(digest=digest)
        sections = self._members(node, _SECTIONS)
        gradings: dict[str, Grading] = {}
        patterns = tuple(self._recogniser(one, gradings) for one in self._items(sections.get("recognisers")))
        models = tuple(self._model(one, gradings) for one in self._items(sections.get("models")))
        return OwnRules(patterns, models, MappingProxyType(gradings), digest)

    def _recogniser(self, node: yaml.Node, gradings: dict[str, Grading]) -> OwnPattern:
        members = self._members(node, _RECOGNISER)
        label = self._type(members, node, gradings)
        written = list(self._items(members.get("patterns")))
        if not written:
            self._fail(
                _line(node),
                ("没有 `patterns`", "has no `patterns`"),
                ("写至少一个正则表达式", "write at least one pattern"),
            )
        return OwnPattern(
            label=label,
            patterns=tuple(self._pattern(one) for one in written),
            words=tuple(self._text(one).lower() for one in self._items(members.get("words"))),
            score=self._number(members.get("score"), 0.7),
            languages=self._languages(members.get("languages")),
            place=f"{self.path.name}:{_line(node)}",
        )

    def _type(self, members: Mapping[str, yaml.Node], node: yaml.Node, gradings: dict[str, Grading]) -> str:
        """Read the type; one that is not ours needs a category and a tier."""
        if "type" not in members:
            self._fail(
                _line(node),
                ("没有 `type`", "has no `type`"),
                ("写类型，例如 MEMBER_CARD", "write a type, such as MEMBER_CARD"),
            )
        label = self._text(members["type"])
        line = _line(members["type"])
        if not _TYPE.fullmatch(label):
            self._fail(
                line,
                (f"类型 `{label[:40]}` 无效", f"type `{label[:40]}` is not valid"),
                ("用大写字母、数字与下划线", "use capitals, digits and underscores"),
            )
        graded = {"category", "tier"} & members.keys()
        if label in self.tiers.entities:
            if graded:
                self._fail(
                    line,
                    (f"类型 `{label}` 已有分级", f"type `{label}` is graded already"),
                    ("去掉 category 与 tier", "leave category and tier out"),
                )
        elif label not in gradings or graded:
            gradings[label] = self._grading(members, node, label)
        return label

    def _grading(self, members: Mapping[str, yaml.Node], node: yaml.Node, label: str) -> Grading:
        if not {"category", "tier"} <= members.keys():
            self._fail(
                _line(node),
                (f"新类型 `{label}` 缺少 category 或 tier", f"new type `{label}` lacks category or tier"),
                ("两者都写上", "write both"),
            )
        category = self._text(members["category"])
        if category not in self.tiers.categories:
            near = get_close_matches(category, self.tiers.categories, 1)
            hint = near[0] if near else "policy_contract"
            self._fail(
                _line(members["category"]),
                (f"没有数据类别 `{category[:40]}`", f"there is no category `{category[:40]}`"),
                (f"例如 {hint}", f"such as {hint}"),
            )
        value = _plain(members["tier"])
        if isinstance(value, bool) or value not in {int(tier) for tier in Tier}:
            self._fail(_line(members["tier"]), ("分级无效", "the tier is not valid"), ("写 1 至 5", "write 1 to 5"))
        titles = _plain(members["title"]) if "title" in members else {}
        title = titles if isinstance(titles, dict) else {}
        return Grading(category, Tier(value), {}, {one: str(title.get(one, label)) for one in _LANGUAGES})

    def _pattern(self, node: yaml.Node) -> Any:  # noqa: ANN401 -- `regex` has no types
        compiled, fault = tried(self._text(node))
        if fault is not None:
            self._fail(_line(node), *fault)
        return compiled

    def _model(self, node: yaml.Node, gradings: dict[str, Grading]) -> NameModel:
        members = self._members(node, _MODEL)
        for name in ("kind", "path", "labels"):
            if name not in members:
                self._fail(_line(node), (f"模型缺少 `{name}`", f"the model lacks `{name}`"), ("补上该项", "add it"))
        kind = self._text(members["kind"])
        if kind not in KINDS:
            self._fail(
                _line(members["kind"]),
                (f"不支持模型种类 `{kind[:20]}`", f"there is no kind of model `{kind[:20]}`"),
                ("用 " + "、".join(KINDS), "use " + ", ".join(KINDS)),
            )
        labels = _plain(members["labels"])
        known = self.tiers.entities.keys() | gradings.keys()
        if not isinstance(labels, dict) or not labels or not set(map(str, labels.values())) <= known:
            self._fail(
                _line(members["labels"]),
                ("`labels` 要把模型的标签对应到已有类型", "`labels` maps the model's labels to known types"),
                ("例如 {PER: PERSON}", "such as {PER: PERSON}"),
            )
        choice = ModelChoice(
            kind=kind,
            path=self.path.parent / self._text(members["path"]),
            languages=self._languages(members.get("languages")),
            mapping=MappingProxyType({str(theirs): str(ours) for theirs, ours in labels.items()}),
            threshold=self._number(members.get("threshold"), 0.5),
            score=self._number(members.get("score"), 0.8),
            place=f"{self.path.name}:{_line(node)}",
        )
        if not choice.path.exists():
            self._fail(
                _line(members["path"]),
                ("模型目录不存在", "the model's folder does not exist"),
                ("检查 path；相对路径从本文件算起", "check path; it is relative to this file"),
            )
        return NameModel(choice)

    def _languages(self, node: yaml.Node | None) -> frozenset[str]:
        found = frozenset(self._text(one) for one in self._items(node)) or frozenset(_LANGUAGES)
        if node is not None and not found <= set(_LANGUAGES):
            self._fail(_line(node), ("语言无效", "a language is not valid"), ("写 zh、en", "write zh, en"))
        return found

    def _number(self, node: yaml.Node | None, otherwise: float) -> float:
        value = otherwise if node is None else _plain(node)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
            self._fail(
                _line(node),
                ("数值无效", "the number is not valid"),
                ("写 0 至 1 之间的数", "write a number above 0, at most 1"),
            )
        return float(value)

    def _text(self, node: yaml.Node) -> str:
        value = _plain(node)
        if not isinstance(value, str) or not value:
            self._fail(_line(node), ("此处应为文本", "a text is wanted here"), ("给文本加上引号", "put it in quotes"))
        return str(value)

    def _items(self, node: yaml.Node | None) -> Iterator[yaml.Node]:
        if node is None:
            return iter(())
        if not isinstance(node, yaml.SequenceNode):
            self._fail(
                _line(node), ("此处应为列表", "a list is wanted here"), ("每项以 - 开头", "begin each item with -")
            )
        if len(node.value) > _MOST:
            self._fail(
                _line(node), (f"多于 {_MOST} 项", f"more than {_MOST} items"), ("分开或合并", "merge some of them")
            )
        return iter(node.value)

    def _members(self, node: yaml.Node, known: tuple[str, ...]) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            self._fail(
                _line(node), ("此处应为 名称: 值", "name: value is wanted here"), ("见操作指南", "see the how-to page")
            )
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value)
            if name not in known or name in found:
                near = get_close_matches(name, known, 1)
                hint = near[0] if near else ", ".join(known)
                self._fail(
                    _line(key),
                    (f"`{name[:40]}` 未知或重复", f"`{name[:40]}` is unknown or stands twice"),
                    (f"可用：{hint}", f"use {hint}"),
                )
            found[name] = value
        return found

    def _fail(self, line: int, reason: Both, fix: Both) -> NoReturn:
        raise OwnRulesInvalidError(
            file=self.path.name, line=line, zh=reason[0], en=reason[1], zh_fix=fix[0], en_fix=fix[1]
        )


def _line(node: yaml.Node | None) -> int:
    return node.start_mark.line + 1 if node is not None else 1


def _plain(node: yaml.Node) -> Any:  # noqa: ANN401 -- whatever YAML holds; checked by whoever asks
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_object(node, deep=True)
    except (yaml.YAMLError, TypeError, ValueError):
        return None
