"""The roles that a world file registers for emergency access, before any emergency."""

from governance.world.model import EmergencyDecl
from governance.world.section import Item
from governance.world.surroundings import Surroundings

LONGEST_MINUTES = 240


def read_emergencies(item: Item | None, around: Surroundings) -> tuple[EmergencyDecl, ...]:
    """Read the list of roles that may break the glass; roles and purposes must be known."""
    found = []
    for section in around.sections(item, ("role", "purposes", "datasets", "minutes")):
        section.need("purposes")
        purposes = tuple(around.refer("purpose", name, place) for name, place in section.words("purposes"))
        minutes = section.get("minutes")
        found.append(
            EmergencyDecl(
                role=around.referred("role", section, "role"),
                purposes=tuple(dict.fromkeys(purposes)),
                datasets=tuple(dict.fromkeys(name for name, _ in section.words("datasets"))),
                minutes=minutes.count(1, LONGEST_MINUTES) if minutes else None,
                line=section.line,
            )
        )
    return tuple(found)
