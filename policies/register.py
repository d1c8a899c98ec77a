"""The register of purposes: one immutable book, named by the digest of everything it says."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from importlib.resources import files
from types import MappingProxyType

from policies.entries import read_entry
from policies.errors import PurposeEntryError, RegisterInvalidError
from policies.purposes import DataCategory, MinorRule, Purpose, RetentionRule, Title
from policies.reading import read_register
from policies.vocabulary import AgeGroup, FormClass
from storage.errors import Said


@dataclass(frozen=True, slots=True)
class PolicyBook:
    """All that decisions are made by.

    Args:
        purposes: by id, shipped and declared.
        categories: of data, by id.
        accepts: for each class of an allowance, the classes that pass under it.
        never: categories that no purpose sees in any form.
        minors: the rule for each age group.
        replaced: ids of shipped purposes that a world file replaced, in order.
        digest: SHA-256 of the canonical JSON of the register and of every declared purpose, 64 hex digits.

    Guarantee: equal digests mean equal rules.
    """

    id: str
    version: str
    purposes: Mapping[str, Purpose]
    categories: Mapping[str, DataCategory]
    retention: Mapping[str, RetentionRule]
    forms: Mapping[FormClass, Title]
    accepts: Mapping[FormClass, frozenset[FormClass]]
    never: frozenset[str]
    minors: Mapping[AgeGroup, MinorRule]
    min_cell: int
    replaced: tuple[str, ...]
    digest: str
    _shipped_digest: str = field(repr=False)

    def with_purposes(self, entries: Iterable[Mapping[str, object]]) -> "PolicyBook":
        """Give this book with the purposes that a world file declares.

        A new id adds a purpose; a shipped id replaces the shipped one: ground, kind of consent and least cell come
        from the entry, and no matrix row, approval, case or tier floor holds. The consent filter, expiry, the rules
        on minors and the categories that are never given stay.

        Args:
            entries: mappings with id, basis and optionally title, consent, min_cell, retention. They are counted from
                the shipped register: declare all of them in one call.

        Raises:
            PurposeEntryError: an entry is not valid, or an id stands twice.
        """
        if self.digest != self._shipped_digest:
            raise PurposeEntryError(
                purpose="*",
                reason=Said("用途已声明过；须一次声明完", "purposes were declared already; declare them in one call"),
            )
        declared: dict[str, Purpose] = {}
        documents: list[Mapping[str, object]] = []
        for entry in entries:
            purpose, document = read_entry(entry, self.min_cell, self.retention.keys())
            if purpose.id in declared:
                raise PurposeEntryError(purpose=purpose.id, reason=Said("声明了两次", "declared twice"))
            declared[purpose.id] = purpose
            documents.append(document)
        if not declared:
            return self
        documents.sort(key=lambda document: str(document["id"]))
        return replace(
            self,
            purposes=MappingProxyType({**self.purposes, **declared}),
            replaced=tuple(name for name in self.purposes if name in declared),
            digest=_digest({"register": self._shipped_digest, "declared": documents}),
        )


def load_policies() -> PolicyBook:
    """Give the register that ships.

    Raises:
        RegisterInvalidError: the file was damaged or changed to something that does not read.
    """
    return parse_register(files("policies").joinpath("data/purposes.yaml").read_text("utf-8"))


def parse_register(text: str) -> PolicyBook:
    """Read a register from YAML, whole or not at all.

    Raises:
        RegisterInvalidError: with the place and what is wrong there.
    """
    import yaml  # noqa: PLC0415 -- only loading needs it; the package's face must stay cheap

    try:
        document = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 -- both are safe
    except yaml.YAMLError as error:
        raise RegisterInvalidError(place=_line(error), reason=Said("不是 YAML", "no YAML")) from error
    parts = read_register(document)
    digest = _digest(document)
    return PolicyBook(
        id=parts.id,
        version=parts.version,
        purposes=MappingProxyType(parts.purposes),
        categories=MappingProxyType(parts.categories),
        retention=MappingProxyType(parts.retention),
        forms=MappingProxyType(parts.forms),
        accepts=MappingProxyType(parts.accepts),
        never=parts.never,
        minors=MappingProxyType(parts.minors),
        min_cell=parts.min_cell,
        replaced=(),
        digest=digest,
        _shipped_digest=digest,
    )


def _digest(document: object) -> str:
    canonical = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()


def _line(error: Exception) -> Said:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return Said("开头", "start")
    return Said(f"第 {mark.line + 1} 行", f"line {mark.line + 1}")
