"""Who may see and do what, by role: the one table that the API, the console and the commands ask.

Guarantee: a right that is not in the table is nobody's; what belongs to the caller is theirs without any of these.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from governance.errors import WrongRoleError
from governance.identity import Caller


class Right(StrEnum):
    """One thing that not everybody may see or do."""

    SEE_REQUESTS = "see_requests"  # everybody's access requests
    SEE_DECISIONS = "see_decisions"  # decisions made for others
    SEE_ENTRIES = "see_entries"  # entries of the log that others caused
    SEE_GRANTS = "see_grants"
    SCAN = "scan"
    REVIEW_FIELDS = "review_fields"  # confirm or override a label
    DECIDE_REQUESTS = "decide_requests"
    SEE_EMERGENCIES = "see_emergencies"  # emergency access of others
    REVIEW_EMERGENCIES = "review_emergencies"
    KEEP_CONSENTS = "keep_consents"  # import a file of them
    RECORD_CONSENTS = "record_consents"  # record what a person said about a purpose
    RECORD_CONSENTS_OF_CASE = "record_consents_of_case"  # likewise and see them, each time under a case number
    SEE_CONSENTS = "see_consents"  # a person's consents and receipts
    SEE_PROPAGATION = "see_propagation"  # who heard of which withdrawal
    KEEP_PROPAGATION = "keep_propagation"  # say who must hear, and that they did

    SEE_POLICIES = "see_policies"
    PROPOSE_POLICIES = "propose_policies"
    PUBLISH_POLICIES = "publish_policies"  # approve, begin with a part, promote
    FALL_BACK_POLICIES = "fall_back_policies"


_WATCHING = ("steward", "officer", "inspector", "admin")
HOLDERS: Mapping[Right, tuple[str, ...]] = MappingProxyType(
    {
        Right.SEE_REQUESTS: _WATCHING,
        Right.SEE_DECISIONS: _WATCHING,
        Right.SEE_ENTRIES: _WATCHING,
        Right.SEE_GRANTS: _WATCHING,
        Right.SCAN: ("steward", "officer", "admin"),
        Right.REVIEW_FIELDS: ("steward", "admin"),
        Right.DECIDE_REQUESTS: ("steward",),
        Right.SEE_EMERGENCIES: _WATCHING,
        Right.REVIEW_EMERGENCIES: ("steward", "officer"),
        Right.KEEP_CONSENTS: ("steward", "officer", "admin"),
        # `consent_intake` is the role of the app's and the web form's own token: it records and sees nothing.
        Right.RECORD_CONSENTS: ("consent_operator", "consent_intake", "steward", "officer", "admin"),
        Right.RECORD_CONSENTS_OF_CASE: ("service_agent",),
        Right.SEE_CONSENTS: ("consent_operator", *_WATCHING),
        Right.SEE_PROPAGATION: _WATCHING,
        Right.KEEP_PROPAGATION: ("steward", "officer", "admin"),
        Right.SEE_POLICIES: ("officer", "steward", "inspector", "admin"),
        Right.PROPOSE_POLICIES: ("officer", "steward", "admin"),
        Right.PUBLISH_POLICIES: ("officer",),
        Right.FALL_BACK_POLICIES: ("officer", "admin"),
    }
)
"""The roles that hold each right; the first is the one to ask for."""


def may(caller: Caller, right: Right) -> bool:
    """Say whether the caller holds a role that carries the right."""
    return bool(set(HOLDERS.get(right, ())) & set(caller.roles))


def require(caller: Caller, right: Right) -> None:
    """Refuse a caller without the right.

    Raises:
        WrongRoleError: names the role to ask for.
    """
    if not may(caller, right):
        raise WrongRoleError(role=HOLDERS[right][0])
