"""Gather what a decision needs to know (the information point): grants, catalogue labels, declared facts."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from classification.catalogue import labels
from governance import register
from governance.house import House
from governance.identity import Caller
from governance.logs import log
from governance.policing import Mismatch
from policies import (
    NOWHERE,
    AccessRequest,
    Circumstances,
    DatasetFact,
    Decision,
    Facts,
    FieldFact,
    GrantFact,
    HolderKind,
    PoliciesVersion,
    decide_with,
    parse_form,
)
from policies.decision import refused
from policies.point import Load, is_rechecked
from policies.reasons import because
from storage import canonical_json

PURPOSE_STOPS = frozenset({"purpose-missing", "purpose-unknown", "purpose-not-held"})
"""Codes of refusals that don't depend on what was asked for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to do: for which purpose, under which case, and in which circumstances."""

    caller: Caller
    purpose: str | None
    case: str | None
    at: datetime
    around: Circumstances = NOWHERE


def dataset_fact(session: Session, dataset_id: str) -> DatasetFact:
    """Give what is known of a dataset; an unknown one has no fields and is therefore refused."""
    declared = register.dataset(session, dataset_id)
    return DatasetFact(
        id=dataset_id,
        fields={
            label.field: FieldFact(label.field, label.category, label.tier, label.status)
            for label in labels(session, dataset_id)
        },
        subject_column=declared.subject if declared else None,
        table_facts=dict(declared.facts) if declared else {},
    )


def grant_fact(grant: register.Grant) -> GrantFact:
    """Give a grant in the words of the decision; one that a request led to was approved by another person."""
    conditions = {}
    if grant.approved_by:
        conditions["approved_by"] = grant.approved_by
    if grant.case:
        conditions["case"] = grant.case
    if grant.origin == "emergency":
        conditions["break_glass"] = grant.id
    return GrantFact(
        id=grant.id,
        holder_kind=HolderKind(grant.holder_kind),
        holder=grant.holder,
        purpose=grant.purpose,
        dataset=grant.dataset,
        forms={name: parse_form(form) for name, form in grant.forms.items()},
        expires_at=grant.expires_at,
        conditions=conditions,
        is_used_up=grant.is_used_up,
    )


def held_grants(session: Session, asked: Asked) -> tuple[register.Grant, ...]:
    """List the caller's grants under the stated purpose, expired ones among them: a decision says that they are."""
    if not asked.purpose:
        return ()
    caller = asked.caller
    return register.held_grants(session, purpose=asked.purpose, person=caller.person_id, roles=list(caller.roles))


def access_request(asked: Asked, dataset_id: str, fields: Sequence[str] | None = None) -> AccessRequest:
    """Give the question to the decision point; `fields` None asks for everything that is granted."""
    caller = asked.caller
    return AccessRequest(
        person=caller.person_id,
        roles=frozenset(caller.roles),
        role_purposes=frozenset(caller.purposes),
        purpose=asked.purpose,
        dataset=dataset_id,
        fields=tuple(fields) if fields is not None else None,
        at=asked.at,
        case=asked.case,
        around=asked.around,
        branch=caller.branch,
        devices=frozenset(caller.devices),
    )


def decide_dataset(
    session: Session, house: House, asked: Asked, dataset_id: str, fields: Sequence[str] | None = None
) -> Decision:
    """Decide one dataset for one caller; `fields` None asks for everything that is granted."""
    return _decide(session, house, asked, access_request(asked, dataset_id, fields), register.policy_sequence(session))


def decide_granted(session: Session, house: House, asked: Asked) -> Mapping[str, Decision]:
    """Decide every dataset that a grant of the caller names under the purpose."""
    sequence = register.policy_sequence(session)
    key = ("granted", asked.caller.person_id, asked.caller.roles, asked.purpose)
    names = house.point.remember(
        sequence, key, lambda: tuple(sorted({grant.dataset for grant in held_grants(session, asked)}))
    )
    return {name: _decide(session, house, asked, access_request(asked, name), sequence) for name in names}


def _decide(session: Session, house: House, asked: Asked, request: AccessRequest, sequence: Hashable) -> Decision:
    # The sequence was read first: facts read after it are of it or newer, and newer ones are never kept as older.
    release = house.point.remember(sequence, "release", lambda: house.release(session))
    rules = release.pick(request, house.draw)
    if rules is None:
        return refused(request, because("rules-unusable"), house.book(session).digest)

    def load() -> tuple[PoliciesVersion, Facts]:
        grants = [grant_fact(grant) for grant in held_grants(session, asked) if grant.dataset == request.dataset]
        return PoliciesVersion(house.book(session), rules), Facts(dataset_fact(session, request.dataset), grants)

    decision = house.point.decide(sequence, rules.digest, request, load)
    if is_rechecked(_seed(request), house.settings.recheck_percent):
        return _rechecked(session, house, request, decision, load, sequence)
    return decision


def _seed(request: AccessRequest) -> str:
    asked = [request.at.isoformat(), request.person, request.purpose, request.dataset, request.case]
    return canonical_json([*asked, list(request.fields) if request.fields is not None else None])


def _rechecked(
    session: Session, house: House, request: AccessRequest, decision: Decision, load: Load, sequence: Hashable
) -> Decision:
    """Decide a second time, rule by rule; where the answers differ nothing is given, and people are told."""
    version, facts = load()
    slow = decide_with(version, request, facts)
    if replace(decision, bundle_digest=None) == slow:
        return decision
    if register.policy_sequence(session) != sequence:
        return slow  # the facts changed between the two: the second is the newer answer, not another one
    house.point.forget()
    purpose = request.purpose if request.purpose in version.book.purposes else None
    house.mismatches.append(Mismatch(request.person, purpose, request.dataset, decision.bundle_digest))
    log().error("policy_mismatch", bundle=decision.bundle_digest)
    stopped = refused(request, because("bundle-mismatch"), slow.policy_digest, slow.rules_digest)
    return replace(stopped, bundle_digest=decision.bundle_digest)
