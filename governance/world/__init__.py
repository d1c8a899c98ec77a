"""The world file: one YAML that declares a deployment, read into values or refused with every fault it has."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.world.errors import ReferenceUnsetError, WorldError, WorldFault, WorldInvalidError
    from governance.world.known import HOUSE_ROLES
    from governance.world.model import (
        ConsentsDecl,
        ContactsDecl,
        DatasetDecl,
        FieldDecl,
        GrantDecl,
        NoticeDecl,
        PartnerDecl,
        PersonDecl,
        PurposeDecl,
        RoleDecl,
        SourceDecl,
        World,
    )
    from governance.world.reading import read_world
    from governance.world.references import resolve_url

_HOMES = {
    "ConsentsDecl": "model",
    "ContactsDecl": "model",
    "DatasetDecl": "model",
    "FieldDecl": "model",
    "GrantDecl": "model",
    "HOUSE_ROLES": "known",
    "NoticeDecl": "model",
    "PartnerDecl": "model",
    "PersonDecl": "model",
    "PurposeDecl": "model",
    "ReferenceUnsetError": "errors",
    "RoleDecl": "model",
    "SourceDecl": "model",
    "World": "model",
    "WorldError": "errors",
    "WorldFault": "errors",
    "WorldInvalidError": "errors",
    "read_world": "reading",
    "resolve_url": "references",
}

__all__ = [
    "HOUSE_ROLES",
    "ConsentsDecl",
    "ContactsDecl",
    "DatasetDecl",
    "FieldDecl",
    "GrantDecl",
    "NoticeDecl",
    "PartnerDecl",
    "PersonDecl",
    "PurposeDecl",
    "ReferenceUnsetError",
    "RoleDecl",
    "SourceDecl",
    "World",
    "WorldError",
    "WorldFault",
    "WorldInvalidError",
    "read_world",
    "resolve_url",
]


def __getattr__(name: str) -> object:
    """Load a public name from its module (PEP 562)."""
    if name not in _HOMES:
        message = f"module 'governance.world' has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415 -- the point of this function

    return getattr(import_module(f"governance.world.{_HOMES[name]}"), name)
