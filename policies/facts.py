"""What a decision is made from: who asks for what, what is known of the data, and which grants there are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal

from policies.forms.grammar import Form
from policies.vocabulary import Action, AgeGroup, HolderKind, LabelStatus, SubjectRole, Tier

_PERSONLESS_TIERS: Final = frozenset({Tier.PUBLIC, Tier.INTERNAL})


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known only when somebody asks; access policies may speak of it.

    Args:
        action: shown, or carried away.
        ticket: number of the work order.
        device: id of the device in use, as its program states it.
        client: network address the request came from, in text; what is no address counts as unknown.
        branch: the branch at which the person works just now.
    """

    action: Action = Action.READ
    ticket: str | None = None
    device: str | None = None
    client: str | None = None
    branch: str | None = None


NOWHERE: Final = Circumstances()
"""Circumstances of which nothing is known."""


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """One question to the decision point.

    Args:
        person: who asks.
        roles: the roles they hold now.
        role_purposes: ids of the purposes that these roles hold.
        purpose: the one stated purpose, or nothing when none was stated.
        dataset: id of the data set.
        fields: names as the catalogue spells them; nothing asks for all granted ones; empty asks for no field's
            values, as `count(*)` does.
        at: the instant of the decision, with a zone.
        case: number of the case, policy or request this access is for.
        around: what else is known of this moment.
        branch: the person's own branch, as the deployment declares it.
        devices: ids of the devices registered to the person.
    """

    person: str
    roles: frozenset[str]
    role_purposes: frozenset[str]
    purpose: str | None
    dataset: str
    fields: tuple[str, ...] | None
    at: datetime
    case: str | None = None
    around: Circumstances = NOWHERE
    branch: str | None = None
    devices: frozenset[str] = frozenset()

    @property
    def has_case(self) -> bool:
        """Tell whether a case was stated."""
        return bool(self.case and self.case.strip())


@dataclass(frozen=True, slots=True)
class FieldFact:
    """What the catalogue knows of one field.

    Args:
        category: id of its data category; nothing together with a low tier means that it is not personal.
        tier: nothing until it was scanned or named by a steward.
    """

    name: str
    category: str | None
    tier: Tier | None
    status: LabelStatus = LabelStatus.AUTO


@dataclass(frozen=True, slots=True)
class GrantFact:
    """One grant as the register of grants holds it.

    Args:
        forms: by field name; a field not named is not granted.
        expires_at: its last instant, exclusive, with a zone; nothing for a grant that stands until it is revoked.
        conditions: `approved_by` (the person who approved it), `case` (the one case it is for) and `break_glass` (the
            emergency that stands in for an approval). A grant with any other condition counts for nothing.
        is_used_up: it was for a number of reads, and all of them were made.
    """

    id: str
    holder_kind: HolderKind
    holder: str
    purpose: str
    dataset: str
    forms: Mapping[str, Form]
    expires_at: datetime | None
    conditions: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    is_used_up: bool = False

    def is_live(self, at: datetime) -> bool:
        """Tell whether it counts at an instant; an instant without a zone can't be compared and ends the grant."""
        if self.is_used_up:
            return False
        if self.expires_at is None:
            return True
        if self.expires_at.utcoffset() is None or at.utcoffset() is None:
            return False
        return at < self.expires_at

    def is_held_by(self, person: str, roles: frozenset[str]) -> bool:
        """Tell whether a person holds it, in their own name or through a role."""
        return self.holder == person if self.holder_kind is HolderKind.PERSON else self.holder in roles


@dataclass(frozen=True, slots=True)
class DatasetFact:
    """What the catalogue knows of one data set.

    Args:
        fields: by name.
        subject_column: names the person each row is about; nothing where that is not known.
        table_facts: `subject` (a subject role or an age group, or several of them), `important_data_catalogue` and
            `branch` (the one its rows belong to); other keys say nothing here.
    """

    id: str
    fields: Mapping[str, FieldFact]
    subject_column: str | None = None
    table_facts: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_important(self) -> bool:
        """Tell whether the table is in the important-data catalogue; anything but a plain no counts as yes."""
        return self.table_facts.get("important_data_catalogue") not in (None, False)

    @property
    def branch(self) -> str | None:
        """Give the branch its rows belong to, where one is stated."""
        said = self.table_facts.get("branch")
        return said if isinstance(said, str) and said else None

    @property
    def is_personal(self) -> bool:
        """Tell whether rows may be about people: a subject is named, or a field is not known to be impersonal."""
        return self.subject_column is not None or any(self.label_of(name) != "impersonal" for name in self.fields)

    @property
    def subject_words(self) -> frozenset[str]:
        """Give what the table facts say about the people in it."""
        said = self.table_facts.get("subject")
        if said is None:
            return frozenset()
        words = said if isinstance(said, (list, tuple, set, frozenset)) else (said,)
        return frozenset(str(word) for word in words)

    @property
    def subject_roles(self) -> frozenset[SubjectRole]:
        """Give the known roles of the people in it; empty when not known."""
        return frozenset(role for role in SubjectRole if role.value in self.subject_words)

    @property
    def age_groups(self) -> frozenset[AgeGroup]:
        """Give the age groups of minors in it."""
        return frozenset(group for group in AgeGroup if group.value in self.subject_words)

    @property
    def unknown_words(self) -> frozenset[str]:
        """Give what is said about the people but means nothing here."""
        return self.subject_words - {*SubjectRole, *AgeGroup}

    def tier_of(self, name: str) -> Tier | None:
        """Give a field's tier, as raised by the table."""
        fact = self.fields.get(name)
        if fact is None or fact.tier is None:
            return None
        return Tier.CRITICAL if self.is_important else fact.tier

    def label_of(self, name: str) -> Literal["personal", "impersonal", "review", "none"]:
        """Tell how far a field is labelled."""
        fact = self.fields.get(name)
        if fact is None or fact.tier is None:
            return "none"
        if fact.status is LabelStatus.REVIEW:
            return "review"
        if fact.category is not None:
            return "personal"
        return "impersonal" if fact.tier in _PERSONLESS_TIERS or self.is_important else "none"
