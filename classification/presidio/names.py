"""What Presidio calls our entity types; where it has no name of its own, ours stands.

One to one, so that a result can be taken back to our type. `ADDRESS` is not `LOCATION`, which in Presidio is any
country or city, and `PASSPORT` is no one country's.
"""

from collections.abc import Mapping
from types import MappingProxyType

PRESIDIO_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "PERSON": "PERSON",
        "PHONE": "PHONE_NUMBER",
        "EMAIL": "EMAIL_ADDRESS",
        "BANK_CARD": "CREDIT_CARD",
        "IP": "IP_ADDRESS",
        "MAC": "MAC_ADDRESS",
        "URL": "URL",
    }
)
_OURS = {theirs: ours for ours, theirs in PRESIDIO_NAMES.items()}


def presidio_name(label: str) -> str:
    """Give Presidio's name of our entity type."""
    return PRESIDIO_NAMES.get(label, label)


def our_name(entity: str) -> str:
    """Give our entity type of a name that Presidio uses."""
    return _OURS.get(entity, entity)
