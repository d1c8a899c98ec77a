"""People, roles and partners of a world file."""

from governance.world.model import PartnerDecl, PersonDecl, RoleDecl
from governance.world.section import Item, Section
from governance.world.surroundings import Surroundings

BRANCH_CHARACTERS = 64


def read_roles(item: Item | None, around: Surroundings) -> tuple[RoleDecl, ...]:
    """Read the mapping from role to what its holders may state."""
    if item is None:
        return ()
    found = []
    for role, entry in Section(item, None).entries.items():
        section = Section(entry, ("purposes",))
        purposes = tuple(around.refer("purpose", name, place) for name, place in section.words("purposes"))
        found.append(RoleDecl(role, tuple(dict.fromkeys(purposes)), section.line))
    return tuple(found)


def read_people(item: Item | None, around: Surroundings) -> tuple[PersonDecl, ...]:
    """Read the list of people; their roles must be known."""
    seen: dict[str, int] = {}
    found = []
    for section in around.sections(item, ("id", "name", "roles", "external_id", "branch", "devices")):
        person = section.word("id")
        around.once(seen, person, section)
        roles = tuple(around.refer("role", name, place) for name, place in section.words("roles"))
        name = section.maybe_text("name") or person
        found.append(
            PersonDecl(
                id=person,
                name=name,
                roles=tuple(dict.fromkeys(roles)),
                external_id=section.maybe_text("external_id"),
                line=section.line,
                branch=_branch(section),
                devices=tuple(dict.fromkeys(device for device, _ in section.words("devices") if device)),
            )
        )
    return tuple(found)


def _branch(section: Section) -> str | None:
    item = section.get("branch")
    return (item.text(most=BRANCH_CHARACTERS) or None) if item else None


def read_partners(item: Item | None, around: Surroundings) -> tuple[PartnerDecl, ...]:
    """Read the list of partners."""
    seen: dict[str, int] = {}
    found = []
    for section in around.sections(item, ("id", "name", "kind")):
        partner = section.word("id")
        around.once(seen, partner, section)
        found.append(PartnerDecl(partner, section.maybe_text("name") or partner, section.word("kind"), section.line))
    return tuple(found)
