"""Sources and datasets of a world file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import yaml

from governance.world import wording
from governance.world.errors import ReferenceUnsetError
from governance.world.model import DatasetDecl, FieldDecl, SourceDecl
from governance.world.references import (
    has_secret_in_clear,
    is_well_formed,
    references,
    resolve_url,
    value_of,
)
from governance.world.section import Item, Section
from governance.world.surroundings import Surroundings

_FILE_SCHEMES: Final = ("sqlite", "duckdb")
_SERVER_SCHEMES: Final = ("postgresql", "mysql", "mariadb")
_TIERS: Final = (1, 5)


def read_sources(item: Item | None, around: Surroundings) -> tuple[SourceDecl, ...]:
    """Read the list of sources; a file or folder must be there, a secret must be a reference."""
    seen: dict[str, int] = {}
    found = []
    for section in around.sections(item, ("id", "title", "url", "owner")):
        source = section.word("id")
        around.once(seen, source, section)
        address = section.need("url")
        title = section.get("title")
        found.append(
            SourceDecl(
                id=source,
                title=title.title() if title else {"zh": source, "en": source},
                url=address.raw if address else "",
                owner=section.maybe_text("owner"),
                path=_location(address, around) if address else None,
                line=section.line,
            )
        )
    return tuple(found)


def _location(item: Item, around: Surroundings) -> Path | None:
    """Check an address and give the path it names, None for a server."""
    url = item.text(most=2000)
    if not url:
        return None
    if has_secret_in_clear(url):
        item.wrong(wording.SECRET)
        return None
    if "${" in url and not _check_references(item, url, around):
        return None
    try:
        resolved = resolve_url(url, around.environment, around.base_dir)
    except ReferenceUnsetError:
        return None  # noted by _check_references
    scheme, mark, rest = resolved.partition("://")
    backend = scheme.partition("+")[0].lower()
    if mark and backend in _SERVER_SCHEMES:
        return None
    if mark and (backend not in _FILE_SCHEMES or len(rest) < len("/x")):
        item.wrong(wording.SCHEME)
        return None
    # `sqlite:///cars.db` is relative, `sqlite:////srv/cars.db` absolute (SQLAlchemy's reading).
    name = rest.removeprefix("/").partition("?")[0] if mark else resolved
    return _existing(item, name, url, around)


def _existing(item: Item, name: str, shown: str, around: Surroundings) -> Path | None:
    try:
        path = around.base_dir / Path(name).expanduser()
        if path.exists():
            return path
    except (OSError, ValueError, RuntimeError):
        pass
    item.wrong(wording.FILE_MISSING, value=shown)
    return None


def _check_references(item: Item, url: str, around: Surroundings) -> bool:
    found = references(url)
    if url.count("${") != len(found) or not all(is_well_formed(reference) for reference in found):
        item.wrong(wording.REFERENCE_FORM)
        return False
    unset = [name for name in found if value_of(name, around.environment, around.base_dir) is None]
    for name in unset:
        item.wrong(wording.REFERENCE_UNSET, value=name)
    return not unset


def read_datasets(item: Item | None, around: Surroundings) -> tuple[DatasetDecl, ...]:
    """Read the list of dataset facts; sources and categories must be known."""
    seen: dict[str, int] = {}
    found = []
    for section in around.sections(item, ("id", "subject", "meta", "fields")):
        dataset, source = dataset_id(section, "id", around)
        around.once(seen, dataset, section)
        fields = section.get("fields")
        meta = section.get("meta")
        found.append(
            DatasetDecl(
                id=dataset,
                source=source,
                subject=section.maybe_text("subject"),
                meta=_meta(meta) if meta else {},
                fields=_fields(fields, around) if fields else {},
                line=section.line,
            )
        )
    return tuple(found)


def dataset_id(section: Section, key: str, around: Surroundings) -> tuple[str, str]:
    """Give a dataset's id and its source, which must be declared."""
    item = section.need(key)
    text = item.text() if item else ""
    source, dot, table = text.partition(".")
    if item and text and not (source and dot and table):
        item.wrong(wording.NOT_DATASET, value=text)
        return text, ""
    if item and text:
        around.refer("source", source, item)
    return text, source


def _meta(item: Item) -> Mapping[str, object]:
    from policies.vocabulary import AgeGroup, SubjectRole  # noqa: PLC0415 -- words alone

    section = Section(item, ("subject", "important_data_catalogue", "branch"))
    found: dict[str, object] = {}
    subject = section.get("subject")
    if subject is not None:
        words = [*SubjectRole, *AgeGroup]
        many = isinstance(subject.node, yaml.SequenceNode)
        chosen = [each.choice(words) for each in (subject.items() if many else [subject])]
        found["subject"] = chosen if many else chosen[0]
    important = section.get("important_data_catalogue")
    if important is not None:
        found["important_data_catalogue"] = important.flag()
    branch = section.maybe_text("branch")
    if branch is not None:
        found["branch"] = branch
    return found


def _fields(item: Item, around: Surroundings) -> dict[str, FieldDecl]:
    found = {}
    for name, entry in Section(item, None).entries.items():
        section = Section(entry, ("category", "tier"))
        category, tier = section.get("category"), section.get("tier")
        if category is None and tier is None:
            entry.wrong(wording.EMPTY_DECISION)
        stated = category.text() if category else None
        found[name] = FieldDecl(
            category=None if stated == "none" or category is None else around.refer("category", stated or "", category),
            tier=tier.count(*_TIERS) if tier else None,
            line=section.line,
        )
    return found
