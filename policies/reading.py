"""The register's document turned into values; every cross-reference is checked, so that a book is whole."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeVar

from policies.documents import Node
from policies.errors import FormSyntaxError
from policies.forms.grammar import Form, parse_form
from policies.purposes import (
    Allowance,
    ConsentNeed,
    DataCategory,
    LegalMinimum,
    MinorRule,
    Purpose,
    RetentionRule,
    Span,
    Title,
)
from policies.vocabulary import AgeGroup, ConsentKind, FormClass, Grading, LawfulBasis, SubjectRole
from storage.errors import Said

_TOP: Final = (
    *("register", "default_form", "min_cell", "forms", "accepts"),
    *("never", "subject_rules", "categories", "purposes", "retention"),
)
_PURPOSE: Final = (
    *("id", "title", "basis", "consent", "subjects", "automated_decision"),
    *("impact_assessment", "roles", "retention", "verify", "allow"),
)
_CATEGORY: Final = ("id", "title", "sensitive", "grading", "jrt0171", "masked")
_RETENTION: Final = ("id", "title", "rule", "basis", "verify")
_SPANS: Final = ("years", "months", "days")
_RULE: Final = (
    *("start", "legal_minimum", "ends_on_withdrawal", "dispute_extra_years"),
    *("record_years", "record_years_after_retirement"),
    *_SPANS,
)
Item = TypeVar("Item", Purpose, DataCategory, RetentionRule)


@dataclass(frozen=True, slots=True)
class RegisterParts:
    """What a register's document holds, before it becomes a book."""

    id: str
    version: str
    purposes: dict[str, Purpose]
    categories: dict[str, DataCategory]
    retention: dict[str, RetentionRule]
    forms: dict[FormClass, Title]
    accepts: dict[FormClass, frozenset[FormClass]]
    never: frozenset[str]
    minors: dict[AgeGroup, MinorRule]
    min_cell: int


def read_register(document: object) -> RegisterParts:
    """Read a whole register.

    Raises:
        RegisterInvalidError: at the first place that is wrong.
    """
    top = Node(document, "register", _TOP)
    if top.choice("default_form", FormClass) is not FormClass.DENIED:
        raise top.wrong("default_form", Said("没有规则允许的必须为 deny", "what no line allows must be denied"))
    head = top.node("register", ("id", "version"))
    min_cell = top.count("min_cell")
    parts = RegisterParts(
        id=head.text("id"),
        version=head.text("version"),
        purposes=_unique([_purpose(node, min_cell) for node in top.nodes("purposes", _PURPOSE)], top, "purposes"),
        categories=_unique([_category(node) for node in top.nodes("categories", _CATEGORY)], top, "categories"),
        retention=_unique([_retention(node) for node in top.nodes("retention", _RETENTION)], top, "retention"),
        forms={form: _title(top.node("forms", list(FormClass)), form) for form in FormClass},
        accepts={form: frozenset(top.node("accepts", list(FormClass)).choices(form, FormClass)) for form in FormClass},
        never=frozenset(top.texts("never")),
        minors=_minors(top.node("subject_rules", list(AgeGroup))),
        min_cell=min_cell,
    )
    _check_references(parts, top)
    return parts


def _unique(items: list[Item], top: Node, key: str) -> dict[str, Item]:
    found = {item.id: item for item in items}
    if len(found) != len(items):
        raise top.wrong(key, Said("标识重复", "an id stands twice"))
    return found


def _title(node: Node, key: str = "title") -> Title:
    both = node.node(key, ("zh", "en"))
    return Title(both.text("zh"), both.text("en"))


def _category(node: Node) -> DataCategory:
    return DataCategory(
        id=node.text("id"),
        title=_title(node),
        sensitive=node.flag("sensitive"),
        grading=node.choice("grading", Grading),
        jrt0171=node.text("jrt0171"),
        masked=_masked(node),
    )


def _masked(node: Node) -> Form:
    try:
        form = parse_form(node.text("masked"))
    except FormSyntaxError as error:
        raise node.wrong("masked", error.said()) from None
    if form.form_class is not FormClass.MASKED:
        raise node.wrong("masked", Said("应为掩码或泛化", "a mask or a generalisation is needed"))
    return form


def _purpose(node: Node, min_cell: int) -> Purpose:
    consent = node.node("consent", ("legal", "default"))
    legal = consent.node("legal", ("contracting", "other"))
    return Purpose(
        id=node.text("id"),
        title=_title(node),
        basis=node.choices("basis", LawfulBasis),
        consent=ConsentNeed(
            contracting=legal.choice("contracting", ConsentKind),
            other=legal.choice("other", ConsentKind),
            default=consent.choice("default", ConsentKind),
        ),
        allow=MappingProxyType({name: _allowance(node, name, value) for name, value in node.items("allow")}),
        min_cell=min_cell,
        retention=node.text("retention"),
        subjects=node.choices("subjects", SubjectRole),
        roles=node.texts("roles"),
        automated_decision=node.flag("automated_decision"),
        impact_assessment=node.flag("impact_assessment"),
        verify=node.flag("verify"),
    )


def _allowance(node: Node, name: str, value: object) -> Allowance:
    inside = Node(value, f"{node.place}.allow.{name}", ("form", "approval", "case"))
    return Allowance(inside.choice("form", FormClass), inside.flag("approval"), inside.flag("case"))


def _retention(node: Node) -> RetentionRule:
    rule = node.node("rule", _RULE)
    after_retirement = rule.has("record_years_after_retirement")
    record = "record_years_after_retirement" if after_retirement else "record_years"
    minimums = rule.nodes("legal_minimum", (*_SPANS, "term")) if rule.has("legal_minimum") else ()
    return RetentionRule(
        id=node.text("id"),
        title=_title(node),
        start=rule.text("start"),
        keep=_span(rule),
        minimums=tuple(LegalMinimum(_span(one), one.text("term") if one.has("term") else None) for one in minimums),
        record=Span(years=rule.count(record)) if rule.has(record) else None,
        record_start="retirement" if after_retirement else None,
        dispute_extra=Span(years=rule.count("dispute_extra_years")) if rule.has("dispute_extra_years") else None,
        ends_on_withdrawal=rule.flag("ends_on_withdrawal"),
        basis=node.texts("basis"),
        verify=node.flag("verify"),
    )


def _span(node: Node) -> Span:
    years, months, days = (node.count(unit, least=0) if node.has(unit) else None for unit in _SPANS)
    return Span(years, months, days)


def _minors(node: Node) -> dict[AgeGroup, MinorRule]:
    found = {}
    for group in AgeGroup:
        rule = node.node(group, ("denied", "consent", "approval"))
        consent = rule.choice("consent", ConsentKind) if rule.has("consent") else None
        found[group] = MinorRule(frozenset(rule.texts("denied")), consent, rule.flag("approval"))
    return found


def _check_references(parts: RegisterParts, top: Node) -> None:
    for purpose in parts.purposes.values():
        if purpose.retention not in parts.retention:
            raise top.wrong(
                purpose.id,
                Said(f"未知的保存规则 `{purpose.retention}`", f"unknown retention rule `{purpose.retention}`"),
            )
        _check_names(purpose.allow.keys() - parts.categories.keys(), top, purpose.id)
        if parts.never & purpose.allow.keys():
            raise top.wrong(purpose.id, Said("允许了一个从不提供的类别", "it allows a category that is never given"))
    _check_names(parts.never - parts.categories.keys(), top, "never")
    for group, rule in parts.minors.items():
        _check_names(rule.denied - parts.purposes.keys(), top, group)
    for form, accepted in parts.accepts.items():
        if any(other < form for other in accepted):
            raise top.wrong("accepts", Said(f"`{form}` 不能接受更宽的形式", f"`{form}` may not accept a wider form"))


def _check_names(unknown: AbstractSet[str], top: Node, key: str) -> None:
    if unknown:
        raise top.wrong(key, Said(f"未知的名称 `{min(unknown)}`", f"unknown name `{min(unknown)}`"))
