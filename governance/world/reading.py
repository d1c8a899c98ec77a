"""`read_world`: a file that holds in every point becomes a `World`; otherwise all its faults are told at once."""

from collections.abc import Collection, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from governance.world import wording
from governance.world.document import DocumentFaultError, compose, read_bytes
from governance.world.emergencies import read_emergencies
from governance.world.errors import WorldInvalidError
from governance.world.known import shipped
from governance.world.model import World
from governance.world.people import read_partners, read_people, read_roles
from governance.world.purposes import read_consents, read_contacts, read_grants, read_notices, read_purposes
from governance.world.section import Faults, Item, Section
from governance.world.sources import read_datasets, read_sources
from governance.world.surroundings import Surroundings

KEYS: Final = (
    "world",
    "clock",
    "sources",
    "datasets",
    "people",
    "roles",
    "purposes",
    "notices",
    "grants",
    "consents",
    "partners",
    "contacts",
    "break_glass",
)


def read_world(
    path: Path,
    environment: Mapping[str, str],
    *,
    known_purposes: Collection[str] | None = None,
    known_roles: Collection[str] | None = None,
    known_categories: Collection[str] | None = None,
    allow_fixed_clock: bool = False,
) -> World:
    """Read and check a world file.

    Args:
        path: the file; relative paths in it count from its folder.
        environment: what `${NAME}` references may name.
        known_purposes: ids of shipped purposes; None takes the shipped policies'.
        known_roles: ids of roles that need no declaration; None takes the house's and the shipped purposes'.
        known_categories: ids of data categories; None takes the shipped policies'.
        allow_fixed_clock: accept `clock`.

    Raises:
        WorldInvalidError: holds every fault with line, place, reason and remedy.
    """
    path = path.absolute()
    faults = Faults()
    try:
        content = read_bytes(path)
        root = Section(Item(compose(content), "", faults), KEYS)
    except DocumentFaultError as error:
        raise WorldInvalidError(path.name, (error.fault,)) from error
    around = Surroundings(path.parent, environment, shipped(known_purposes, known_roles, known_categories), faults)
    sources = read_sources(root.get("sources"), around)
    purposes = read_purposes(root.get("purposes"), around)
    around.declare("purpose", [purpose.id for purpose in purposes])
    roles = read_roles(root.get("roles"), around)
    around.declare("role", [role.id for role in roles])
    people = read_people(root.get("people"), around)
    around.declare("person", [person.id for person in people])
    around.declare("source", [source.id for source in sources])
    world = World(
        id=root.word("world"),
        path=path,
        digest=sha256(content).hexdigest(),
        clock=_clock(root.get("clock"), allow=allow_fixed_clock),
        sources=sources,
        datasets=read_datasets(root.get("datasets"), around),
        people=people,
        roles=roles,
        purposes=purposes,
        notices=read_notices(root.get("notices"), around),
        grants=read_grants(root.get("grants"), around),
        consents=read_consents(root.get("consents"), around),
        partners=read_partners(root.get("partners"), around),
        contacts=read_contacts(root.get("contacts")),
        break_glass=read_emergencies(root.get("break_glass"), around),
    )
    if faults.found:
        raise WorldInvalidError(path.name, tuple(sorted(faults.found, key=lambda fault: fault.line)))
    return world


def _clock(item: Item | None, *, allow: bool) -> datetime | None:
    if item is None:
        return None
    if not allow:
        item.wrong(wording.CLOCK)
    return item.instant()
