"""Purposes, notices, grants, consents and contact limits of a world file."""

from hashlib import sha256
from pathlib import Path
from typing import Final

import yaml

from governance.world import wording
from governance.world.model import ConsentsDecl, ContactsDecl, GrantDecl, NoticeDecl, PurposeDecl
from governance.world.section import Item, Section
from governance.world.sources import dataset_id
from governance.world.surroundings import Surroundings

_LARGEST_CELL: Final = 1_000_000
_MOST_CONTACTS: Final = 1000


def read_purposes(item: Item | None, around: Surroundings) -> tuple[PurposeDecl, ...]:
    """Read the list of new and replaced purposes."""
    seen: dict[str, int] = {}
    found = []
    for section in around.sections(item, ("id", "title", "basis", "consent", "min_cell", "retention")):
        purpose = section.word("id")
        around.once(seen, purpose, section)
        found.append(_purpose(section, purpose))
    return tuple(found)


def _purpose(section: Section, purpose: str) -> PurposeDecl:
    from policies.vocabulary import ConsentKind, LawfulBasis  # noqa: PLC0415 -- words alone

    grounds, consent = section.need("basis"), section.get("consent")
    several = grounds is not None and isinstance(grounds.node, yaml.SequenceNode)
    places = [] if grounds is None else list(grounds.items()) if several else [grounds]
    if several and grounds is not None and not places:
        grounds.wrong(wording.MISSING, key="basis")
    basis = tuple(dict.fromkeys(place.choice(list(LawfulBasis)) for place in places))
    kind = consent.choice(list(ConsentKind)) if consent else None
    if consent and kind == "none" and "consent" in basis:
        consent.wrong(wording.CONSENT_NONE)
    title, min_cell = section.get("title"), section.get("min_cell")
    return PurposeDecl(
        id=purpose,
        title=title.title() if title else {"zh": purpose, "en": purpose},
        basis=basis,
        consent=kind,
        min_cell=min_cell.count(1, _LARGEST_CELL) if min_cell else None,
        retention=section.maybe_text("retention"),
        line=section.line,
    )


def read_notices(item: Item | None, around: Surroundings) -> tuple[NoticeDecl, ...]:
    """Read the list of notices; a text must be there, and a version of a purpose stands once."""
    seen: dict[str, int] = {}
    found = []
    for section in around.sections(item, ("purpose", "version", "text_file", "current", "title")):
        purpose = around.referred("purpose", section, "purpose")
        version = section.need("version")
        name = version.text(most=100) if version else ""
        if purpose and name:
            around.once(seen, f"{purpose} {name}", section)
        text_file, current, title = section.need("text_file"), section.get("current"), section.get("title")
        path = around.file(text_file) if text_file else Path()
        found.append(
            NoticeDecl(
                purpose=purpose,
                version=name,
                text_file=path,
                text_digest=_digest(path, text_file) if text_file else "",
                current=current.flag() if current else False,
                title=title.title() if title else {"zh": purpose, "en": purpose},
                line=section.line,
            )
        )
    return tuple(found)


def _digest(path: Path, item: Item) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except (OSError, ValueError):
        item.wrong(wording.FILE_MISSING, value=item.raw)
        return ""


def read_grants(item: Item | None, around: Surroundings) -> tuple[GrantDecl, ...]:
    """Read the list of grants; holders, purposes, sources and forms must be known."""
    found = []
    for section in around.sections(item, ("role", "person", "purpose", "dataset", "fields", "expires_at")):
        role, person = section.get("role"), section.get("person")
        if (role is None) == (person is None):
            section.item.wrong(wording.ONE_HOLDER)
        holder = ""
        if role is not None:
            holder = around.refer("role", role.text(), role)
        elif person is not None:
            holder = around.refer("person", person.text(), person)
        dataset, _ = dataset_id(section, "dataset", around)
        expires_at, fields = section.get("expires_at"), section.need("fields")
        found.append(
            GrantDecl(
                holder_kind="person" if role is None else "role",
                holder=holder,
                purpose=around.referred("purpose", section, "purpose"),
                dataset=dataset,
                forms=_forms(fields) if fields else {},
                expires_at=expires_at.instant() if expires_at else None,
                line=section.line,
            )
        )
    return tuple(found)


def _forms(item: Item) -> dict[str, str]:
    """Read forms by field, each in its one canonical spelling."""
    from policies import parse_form  # noqa: PLC0415 -- the rules load only when a world has grants
    from policies.errors import PoliciesError  # noqa: PLC0415 -- likewise

    found = {}
    section = Section(item, None)
    for name, entry in section.entries.items():
        text = entry.text()
        try:
            found[name] = str(parse_form(text)) if text else ""
        except PoliciesError:
            entry.wrong(wording.FORM, value=text)
    if isinstance(item.node, yaml.MappingNode) and not item.node.value:
        item.wrong(wording.EMPTY_FIELDS)
    return found


def read_consents(item: Item | None, around: Surroundings) -> ConsentsDecl | None:
    """Read where the consent records lie."""
    if item is None:
        return None
    section = Section(item, ("file",))
    file = section.need("file")
    return ConsentsDecl(around.file(file) if file else Path(), section.line)


def read_contacts(item: Item | None) -> ContactsDecl | None:
    """Read the limits on contacting people."""
    if item is None:
        return None
    section = Section(item, ("monthly_cap",))
    cap = section.get("monthly_cap")
    return ContactsDecl(cap.count(0, _MOST_CONTACTS) if cap else None, section.line)
