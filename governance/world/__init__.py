"""The world file: one YAML that declares a deployment, read into values or refused with every fault it has."""

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
