"""A purpose as a world file declares it."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from policies.documents import Node
from policies.errors import PurposeEntryError, RegisterInvalidError
from policies.purposes import ConsentNeed, Purpose, Title
from policies.vocabulary import ConsentKind, LawfulBasis
from storage.errors import Said

_KEYS: Final = ("id", "title", "basis", "consent", "min_cell", "retention")


def read_entry(
    entry: Mapping[str, object], min_cell: int, retention: Collection[str]
) -> tuple[Purpose, dict[str, object]]:
    """Give the purpose and the canonical document of it, in which every default is spelled out.

    Args:
        entry: as the YAML reads.
        min_cell: of an entry without one.
        retention: ids of the known retention rules.

    Raises:
        PurposeEntryError: it is not valid.
    """
    name = str(entry.get("id", "?")) if isinstance(entry, Mapping) else "?"
    try:
        purpose = _purpose(Node(entry, name, _KEYS), min_cell)
    except RegisterInvalidError as error:
        raise PurposeEntryError(purpose=name, reason=error.said()) from None
    if purpose.retention is not None and purpose.retention not in retention:
        raise PurposeEntryError(
            purpose=name,
            reason=Said(f"未知的保存规则 `{purpose.retention}`", f"unknown retention rule `{purpose.retention}`"),
        )
    if LawfulBasis.CONSENT in purpose.basis and purpose.consent.default is ConsentKind.NONE:
        raise PurposeEntryError(
            purpose=name,
            reason=Said("以同意为基础，须写明同意种类", "it rests on consent, so it needs a kind of consent"),
        )
    document: dict[str, object] = {
        "id": purpose.id,
        "title": {"zh": purpose.title.zh, "en": purpose.title.en},
        "basis": list(purpose.basis),
        "consent": purpose.consent.default,
        "min_cell": purpose.min_cell,
        "retention": purpose.retention,
    }
    return purpose, document


def _purpose(node: Node, min_cell: int) -> Purpose:
    one_basis = isinstance(node.raw("basis"), str)
    basis = (node.choice("basis", LawfulBasis),) if one_basis else node.choices("basis", LawfulBasis)
    if not basis:
        raise node.wrong("basis", Said("须有合法性基础", "a ground is needed"))
    # Consent as the ground asks for consent of some kind even where the entry does not say which.
    unsaid = ConsentKind.GENERAL if LawfulBasis.CONSENT in basis else ConsentKind.NONE
    kind = node.choice("consent", ConsentKind) if node.has("consent") else unsaid
    return Purpose(
        id=node.text("id"),
        title=_title(node),
        basis=basis,
        consent=ConsentNeed(kind, kind, kind),
        allow=MappingProxyType({}),
        min_cell=node.count("min_cell") if node.has("min_cell") else min_cell,
        retention=node.text("retention") if node.has("retention") else None,
        matrix=False,
    )


def _title(node: Node) -> Title:
    if not node.has("title"):
        return Title(node.text("id"), node.text("id"))
    if isinstance(node.raw("title"), str):
        return Title(node.text("title"), node.text("title"))
    title = node.node("title", ("zh", "en"))
    zh = title.text("zh") if title.has("zh") else title.text("en")
    return Title(zh, title.text("en") if title.has("en") else zh)
