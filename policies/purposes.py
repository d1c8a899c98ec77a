"""The values of the register: purposes, categories of data, retention rules and rules on minors."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from policies.forms.grammar import Form
from policies.vocabulary import ConsentKind, FormClass, Grading, LawfulBasis, SubjectRole


@dataclass(frozen=True, slots=True)
class Title:
    """A name for people, in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class DataCategory:
    """A kind of personal data.

    Args:
        id: as labels and the matrix name it.
        title: for people.
        sensitive: sensitive personal information (PIPL article 28; GB/T 45574-2025).
        grading: the sector's proposed grade; institutions grade core and important data themselves.
        jrt0171: class of JR/T 0171-2020, C1 to C3.
        masked: the form given where clear text was granted and the purpose takes it masked only.
    """

    id: str
    title: Title
    sensitive: bool
    grading: Grading
    jrt0171: str
    masked: Form


@dataclass(frozen=True, slots=True)
class Allowance:
    """The most that one purpose may see of one category.

    Args:
        form: the widest class; the register's `accepts` tells which others pass.
        approval: another person's live approval is needed.
        case: a case, policy or request number of the subject is needed.
    """

    form: FormClass
    approval: bool = False
    case: bool = False


@dataclass(frozen=True, slots=True)
class ConsentNeed:
    """The kinds of consent of a purpose: the law's reading for two sorts of subject, and the setting shipped.

    Source: PIPL articles 13 to 15 and 29.
    """

    contracting: ConsentKind
    other: ConsentKind
    default: ConsentKind

    def for_subject(self, roles: AbstractSet[SubjectRole]) -> ConsentKind:
        """Give the strictest kind that holds for subjects in these roles; unknown roles count as both sorts.

        Guarantee: never milder than `default`, nor than the law's reading for any of the roles.
        """
        party = self.contracting if not roles or SubjectRole.APPLICANT in roles else ConsentKind.NONE
        other = self.other if not roles or roles - {SubjectRole.APPLICANT} else ConsentKind.NONE
        return max(party, other, self.default, key=lambda kind: kind.rank)


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why data is used, and the least that serves it.

    Args:
        allow: by category; a category without a line is denied. Empty when `matrix` is false.
        matrix: false for a purpose declared in a world file: no matrix row, approval, case or tier floor holds.
        min_cell: the fewest people in a group figure.
        verify: counsel has still to confirm a reading.
    """

    id: str
    title: Title
    basis: tuple[LawfulBasis, ...]
    consent: ConsentNeed
    allow: Mapping[str, Allowance]
    min_cell: int
    retention: str | None = None
    subjects: tuple[SubjectRole, ...] = ()
    roles: tuple[str, ...] = ()
    automated_decision: bool = False
    impact_assessment: bool = False
    verify: bool = False
    matrix: bool = True


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time in calendar units; all unset means that no length is fixed."""

    years: int | None = None
    months: int | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class LegalMinimum:
    """The least that a law demands, for contracts of one length or for all."""

    span: Span
    term: str | None = None


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """How long records of a purpose stay, counted from an event.

    Args:
        start: the event, such as `contract_end`; `none` where nothing is counted.
        keep: how long after it.
        minimums: what the law demands at least.
        record: how long the record of the activity stays, where that differs.
        record_start: the event it is counted from, where that differs.
        dispute_extra: how much longer after a dispute ends.
        ends_on_withdrawal: withdrawal of consent ends it at once.
        basis: codes of the sources; HOUSE is a rule of our own.
        verify: counsel has still to confirm it.
    """

    id: str
    title: Title
    start: str
    keep: Span
    minimums: tuple[LegalMinimum, ...] = ()
    record: Span | None = None
    record_start: str | None = None
    dispute_extra: Span | None = None
    ends_on_withdrawal: bool = False
    basis: tuple[str, ...] = ()
    verify: bool = False


@dataclass(frozen=True, slots=True)
class MinorRule:
    """What holds for tables of one age group, whatever the purpose's other rules.

    Args:
        denied: purposes that are refused.
        consent: the kind that stands in for own consent, if any.
        approval: every access by a person needs an approval.
    """

    denied: frozenset[str]
    consent: ConsentKind | None
    approval: bool
