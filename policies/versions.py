"""Everything that decides, as one value: so that one request can be put to several versions of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from policies.cedar.rules import RuleSet
from policies.decision import Decision, decide
from policies.facts import AccessRequest, DatasetFact, GrantFact
from policies.register import PolicyBook


@dataclass(frozen=True, slots=True)
class PoliciesVersion:
    """The register and the access policies that decide together, in force or as a draft."""

    book: PolicyBook
    rules: RuleSet | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the data set and of the grants that may concern a request."""

    dataset: DatasetFact
    grants: Sequence[GrantFact]


def decide_with(version: PoliciesVersion, request: AccessRequest, facts: Facts) -> Decision:
    """Decide one request, a recorded one for instance, by any version of the policies.

    Pure: it reads nothing, records nothing and keeps nothing, so a draft can be tried on what was asked in earnest.

    Guarantee: what a governed read would have decided, had this version been in force and these facts been known.
    """
    return decide(version.book, request, facts.dataset, facts.grants, version.rules)
