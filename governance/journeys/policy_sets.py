"""Publish access policies: check, propose, approve by another person, begin with a part, promote, fall back.

A version is its files, named by their digest, and never changes. It is proposed only when the schema takes it and its
own tests are green; it decides only once another person, a compliance officer, has approved it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from audit import append
from governance import register
from governance.errors import InputInvalidError
from governance.house import House
from governance.identity import Caller
from governance.journeys.policy_errors import OwnProposalError, ReleaseBusyError
from governance.journeys.sight import Right, require
from governance.register import PolicyRelease, PolicyVersion
from policies.cedar import Fault, RuleSet, RulesInvalidError, Scope, Tried, read_rules, require_tried
from policies.cedar.model import SHANGHAI
from policies.cedar.reading import fault_of, is_part
from policies.errors import RegisterInvalidError
from storage import new_id, unit_of_work
from storage.errors import Said


def check_files(files: Mapping[str, str], at: datetime) -> tuple[RuleSet, tuple[Tried, ...]]:
    """Give the set that files make, with the results of its tests.

    Raises:
        RulesInvalidError: the schema refuses it, a test fails, a policy is never tested or has expired already.
    """
    rules = read_rules(files)
    results = require_tried(rules)
    overdue = rules.overdue(at.astimezone(SHANGHAI).date())
    if overdue:
        raise RulesInvalidError(
            tuple(Fault(name, "@expires 已过", "its @expires has passed already") for name in overdue)
        )
    return rules, results


def scope_of(document: Mapping[str, object]) -> Scope:
    """Give the part of the requests that a version begins with.

    Raises:
        InputInvalidError: a share outside 1 to 100, or more than one of share, role and branch.
    """
    try:
        return Scope.read(document)
    except RegisterInvalidError as error:
        fault = fault_of(error)
        raise InputInvalidError(name=fault.place, reason=Said(fault.zh, fault.en)) from None


def propose(house: House, caller: Caller, files: Mapping[str, str], scope: Scope) -> PolicyVersion:
    """Propose a version; proposing the same files again gives the version that is there.

    Raises:
        WrongRoleError: the caller may not.
        RulesInvalidError: as for checking.
    """
    require(caller, Right.PROPOSE_POLICIES)
    at = house.clock()
    rules, results = check_files({name: text for name, text in files.items() if is_part(name)}, at)
    with unit_of_work(house.engine) as session:
        known = [one for one in register.list_policy_versions(session, limit=1000) if one.digest == rules.digest]
        if known:
            return known[0]
        version = PolicyVersion(
            digest=rules.digest,
            name=rules.id,
            files=dict(rules.files),
            policies=len(rules.rules),
            tests=len(results),
            status="proposed",
            start=scope.document,
            proposed_by=caller.person_id,
            proposed_at=at,
        )
        register.add_policy_version(session, version)
        facts = {"policies": version.policies, "tests": version.tests, "start": dict(version.start)}
        placed = _record(house, session, "policy.proposed", caller, rules.digest, facts)
    house.notarised(placed)
    return version


def approve(house: House, caller: Caller, digest: str, scope: Scope | None = None) -> PolicyRelease:
    """Approve a version, which decides from this instant on, for the part it was proposed for or the one given here.

    Raises:
        WrongRoleError: the caller is no officer.
        OwnProposalError: the caller proposed it.
        ReleaseBusyError: it was approved before, or another version is beginning just now.
        RulesInvalidError: its tests are no longer green under this release's schema.
        NotFoundError: no version has this digest.
    """
    require(caller, Right.PUBLISH_POLICIES)
    at = house.clock()
    with unit_of_work(house.engine) as session:
        current = register.policy_release(session, for_change=True)
        version = register.policy_version(session, digest)
        if version.status == "approved":
            raise ReleaseBusyError(reason=Said("该版本已批准", "this version was approved before"))
        if version.proposed_by == caller.person_id:
            raise OwnProposalError
        if current.candidate is not None:
            raise ReleaseBusyError(reason=Said("另一版本正在灰度", "another version is beginning just now"))
        check_files(version.files, at)
        register.approve_policy_version(session, digest, caller.person_id, at)
        part = scope_of(version.start) if scope is None else scope
        release = _begun(current, digest, part)
        register.change_policy_release(session, release)
        facts = {"proposed_by": version.proposed_by, **_in_force(release)}
        placed = _record(house, session, "policy.published", caller, digest, facts)
    house.notarised(placed)
    return release


def rescope(house: House, caller: Caller, scope: Scope) -> PolicyRelease:
    """Let the beginning version decide for another part; for everybody, it is promoted.

    Raises:
        WrongRoleError: the caller is no officer.
        ReleaseBusyError: no version is beginning.
    """
    if scope.is_whole:
        return promote(house, caller)
    return _change(house, caller, "policy.scoped", lambda current: replace(current, scope=scope.document))


def promote(house: House, caller: Caller) -> PolicyRelease:
    """Let the beginning version decide for everybody.

    Raises:
        WrongRoleError: the caller is no officer.
        ReleaseBusyError: no version is beginning.
    """
    return _change(
        house,
        caller,
        "policy.promoted",
        lambda current: PolicyRelease(stable=str(current.candidate), previous=current.stable),
    )


def fall_back(house: House, caller: Caller) -> PolicyRelease:
    """Take the beginning version back at once; without one, return to the version before the one in force.

    Raises:
        WrongRoleError: the caller may not.
        ReleaseBusyError: there is nothing to fall back to.
    """
    require(caller, Right.FALL_BACK_POLICIES)
    with unit_of_work(house.engine) as session:
        current = register.policy_release(session, for_change=True)
        if current.candidate is not None:
            left, release = current.candidate, replace(current, candidate=None, scope={})
        elif current.previous is not None:
            left, release = current.stable, PolicyRelease(stable=current.previous, previous=None)
        else:
            raise ReleaseBusyError(reason=Said("没有可回退的版本", "there is no version to fall back to"))
        register.change_policy_release(session, release)
        placed = _record(house, session, "policy.fell_back", caller, left, _in_force(release))
    house.notarised(placed)
    return release


def _begun(current: PolicyRelease, digest: str, part: Scope) -> PolicyRelease:
    if part.is_whole:
        return PolicyRelease(stable=digest, previous=current.stable)
    return replace(current, candidate=digest, scope=part.document)


def _change(house: House, caller: Caller, kind: str, change: Callable[[PolicyRelease], PolicyRelease]) -> PolicyRelease:
    require(caller, Right.PUBLISH_POLICIES)
    with unit_of_work(house.engine) as session:
        current = register.policy_release(session, for_change=True)
        if current.candidate is None:
            raise ReleaseBusyError(reason=Said("没有正在灰度的版本", "no version is beginning just now"))
        release = change(current)
        register.change_policy_release(session, release)
        placed = _record(house, session, kind, caller, current.candidate, _in_force(release))
    house.notarised(placed)
    return release


def _in_force(release: PolicyRelease) -> dict[str, object]:
    return {"stable": release.stable, "candidate": release.candidate, "scope": dict(release.scope)}


def _record(house: House, session: Session, kind: str, caller: Caller, digest: str, facts: Mapping[str, object]) -> str:
    event = house.event(kind, caller.person_id, new_id(house.clock()), facts={"digest": digest, **facts})
    return append(session, event)
