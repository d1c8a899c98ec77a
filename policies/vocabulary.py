"""The words every room uses: outcomes, tiers, grounds, kinds of consent and classes of form.

Each is an enumeration whose text is what files, events and answers hold. Ordered ones compare by rank, never by
their letters.
"""

from enum import IntEnum, StrEnum


class Outcome(StrEnum):
    """What a decision says; a gap is a refusal because a needed fact is missing."""

    ALLOW = "allow"
    DENY = "deny"
    GAP = "gap"


class Tier(IntEnum):
    """How much harm disclosure could do, least to most.

    Source: JR/T 0197-2020, five levels; the names are ours.
    """

    PUBLIC = 1
    INTERNAL = 2
    CONFIDENTIAL = 3
    SENSITIVE = 4
    CRITICAL = 5


class LawfulBasis(StrEnum):
    """The legal ground that carries a purpose.

    Source: PIPL article 13, items 1 to 4.
    """

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_DUTY = "legal_duty"
    EMERGENCY = "emergency"


class _Ranked(StrEnum):
    """Text values that compare by the order in which they are declared."""

    @property
    def rank(self) -> int:
        """Give the place in the order, 0 for the mildest."""
        return list(type(self)).index(self)

    def __lt__(self, other: str) -> bool:
        """Tell whether this is milder."""
        return self.rank < type(self)(other).rank

    def __le__(self, other: str) -> bool:
        """Tell whether this is milder or the same."""
        return self.rank <= type(self)(other).rank

    def __gt__(self, other: str) -> bool:
        """Tell whether this is stricter."""
        return self.rank > type(self)(other).rank

    def __ge__(self, other: str) -> bool:
        """Tell whether this is stricter or the same."""
        return self.rank >= type(self)(other).rank


class ConsentKind(_Ranked):
    """How consent must be given, mildest first; a guardian's stands in for the own consent of a child under 14.

    Source: PIPL articles 13, 14, 29 and 31.
    """

    NONE = "none"
    GENERAL = "general"
    SEPARATE = "separate"
    WRITTEN = "written"
    GUARDIAN = "guardian"


class FormClass(_Ranked):
    """What a purpose may see of a value, widest first."""

    RAW = "raw"
    MASKED = "masked"
    TOKENISED = "tokenised"
    AGGREGATED = "aggregated"
    DENIED = "denied"


class SubjectRole(StrEnum):
    """What the data subject is to the contract; the applicant is its party."""

    APPLICANT = "applicant"
    INSURED = "insured"
    BENEFICIARY = "beneficiary"
    NEXT_OF_KIN = "next_of_kin"
    STAFF = "staff"


class AgeGroup(StrEnum):
    """The minors a table may hold, as table facts name them."""

    UNDER_14 = "minor_under_14"
    FROM_14_TO_17 = "minor_14_to_17"


class LabelStatus(StrEnum):
    """Who stands behind a field's label; in review nobody does yet."""

    AUTO = "auto"
    REVIEW = "review"
    CONFIRMED = "confirmed"
    OVERRIDDEN = "overridden"


class Grading(StrEnum):
    """The sector's grade of a category of data (the NFRA's measures of 2024)."""

    SENSITIVE = "sensitive"
    OTHER_GENERAL = "other_general"


class HolderKind(StrEnum):
    """Who holds a grant."""

    PERSON = "person"
    ROLE = "role"


class Action(StrEnum):
    """What is done with the data: shown to somebody, or carried away as a file or a stream."""

    READ = "read"
    EXPORT = "export"
