"""What a world file declares, as values; a `World` exists only if every rule of the file held."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

Title = Mapping[str, str]
"""Language (`zh`, `en`) to text; a plain string stands for both."""


@dataclass(frozen=True, slots=True)
class SourceDecl:
    """A source of data.

    Args:
        url: as written, with its `${…}` references; resolve with `resolve_url` when it is opened.
        path: the file or folder it names, absolute; None for a server.
        line: where it stands in the file, from 1.
    """

    id: str
    title: Title
    url: str
    owner: str | None
    path: Path | None
    line: int


@dataclass(frozen=True, slots=True)
class FieldDecl:
    """A steward's decision on a field; a part that is not stated waits for a scan."""

    category: str | None
    tier: int | None
    line: int


@dataclass(frozen=True, slots=True)
class DatasetDecl:
    """What scanning cannot know of a dataset `source.table`.

    Args:
        subject: the column that names the data subject.
        meta: table facts: `subject` (list of words), `important_data_catalogue` and `branch`.
        fields: decided fields by name.
    """

    id: str
    source: str
    subject: str | None
    meta: Mapping[str, object]
    fields: Mapping[str, FieldDecl]
    line: int


@dataclass(frozen=True, slots=True)
class PersonDecl:
    """A person who works with the service; `external_id` is what single sign-on calls them.

    Args:
        branch: where they belong.
        devices: ids of the devices registered to them.
    """

    id: str
    name: str
    roles: tuple[str, ...]
    external_id: str | None
    line: int
    branch: str | None = None
    devices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoleDecl:
    """A role and the purposes its holders may state."""

    id: str
    purposes: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class PurposeDecl:
    """A new purpose, or a replacement of a shipped one; parts not stated are None."""

    id: str
    title: Title
    basis: tuple[str, ...]
    consent: str | None
    min_cell: int | None
    retention: str | None
    line: int

    @property
    def entry(self) -> dict[str, object]:
        """Give it as `PolicyBook.with_purposes` takes it."""
        found: dict[str, object] = {"id": self.id, "title": dict(self.title), "basis": list(self.basis)}
        stated = {"consent": self.consent, "min_cell": self.min_cell, "retention": self.retention}
        return found | {name: value for name, value in stated.items() if value is not None}


@dataclass(frozen=True, slots=True)
class NoticeDecl:
    """A version of what people are told; `text_digest` is the SHA-256 of the file in hex."""

    purpose: str
    version: str
    text_file: Path
    text_digest: str
    current: bool
    title: Title
    line: int


@dataclass(frozen=True, slots=True)
class GrantDecl:
    """A permission; `forms` are texts of the form grammar by field.

    Args:
        expires_at: the first instant at which it no longer counts; None stands until the world drops it.
    """

    holder_kind: Literal["person", "role"]
    holder: str
    purpose: str
    dataset: str
    forms: Mapping[str, str]
    expires_at: datetime | None
    line: int


@dataclass(frozen=True, slots=True)
class ConsentsDecl:
    """The file of consent records, absolute."""

    file: Path
    line: int


@dataclass(frozen=True, slots=True)
class PartnerDecl:
    """An organisation that takes part in federated rounds."""

    id: str
    name: str
    kind: str
    line: int


@dataclass(frozen=True, slots=True)
class ContactsDecl:
    """Limits on contacting people; `monthly_cap` is contacts a person a month."""

    monthly_cap: int | None
    line: int


@dataclass(frozen=True, slots=True)
class EmergencyDecl:
    """A role that may break the glass: for which purposes, on which data sets (none named means all), how long.

    Args:
        minutes: the longest box; None takes the setting's.
    """

    role: str
    purposes: tuple[str, ...]
    datasets: tuple[str, ...]
    minutes: int | None
    line: int

    @property
    def entry(self) -> dict[str, object]:
        """Give it as the register keeps it."""
        lists = {"purposes": list(self.purposes), "datasets": list(self.datasets)}
        return {"role": self.role, **lists, "minutes": self.minutes}


@dataclass(frozen=True, slots=True)
class World:
    """A deployment as declared.

    Args:
        id: the word after `world:`.
        path: the file, absolute; relative paths in it count from its folder.
        digest: SHA-256 of the file's bytes in hex.
        clock: a fixed instant, only where that was allowed.
    """

    id: str
    path: Path
    digest: str
    clock: datetime | None
    sources: tuple[SourceDecl, ...]
    datasets: tuple[DatasetDecl, ...]
    people: tuple[PersonDecl, ...]
    roles: tuple[RoleDecl, ...]
    purposes: tuple[PurposeDecl, ...]
    notices: tuple[NoticeDecl, ...]
    grants: tuple[GrantDecl, ...]
    consents: ConsentsDecl | None
    partners: tuple[PartnerDecl, ...]
    contacts: ContactsDecl | None
    break_glass: tuple[EmergencyDecl, ...] = ()

    @property
    def base_dir(self) -> Path:
        """Give the folder from which relative paths count."""
        return self.path.parent
