"""The access policies told: what decides, which versions there are, what one of them holds and how it differs."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import unified_diff

from sqlmodel import Session

from governance import register
from governance.house import House
from governance.identity import Caller
from governance.journeys.sight import Right, require
from governance.register import SHIPPED, PolicyRelease, PolicyVersion
from policies.cedar import Rule, RuleSet, RulesInvalidError, Tried, shipped_rules, try_rules
from policies.cedar.model import SHANGHAI
from storage import read_only


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version opened.

    Args:
        version: nothing for the one that ships.
        rules: nothing when it can't be used under this release; then `problem` says why.
        diff: lines against the version in force, file by file; empty for that version itself.
    """

    digest: str
    version: PolicyVersion | None
    rules: RuleSet | None
    results: tuple[Tried, ...]
    diff: tuple[str, ...]
    problem: RulesInvalidError | None = None


@dataclass(frozen=True, slots=True)
class PoliciesView:
    """All that an officer sees at once."""

    release: PolicyRelease
    versions: tuple[PolicyVersion, ...]
    shipped_digest: str
    overdue: tuple[str, ...]


def overview(house: House, caller: Caller) -> PoliciesView:
    """Give what decides and which versions there are.

    Raises:
        WrongRoleError: the caller may not see them.
    """
    require(caller, Right.SEE_POLICIES)
    with read_only(house.engine) as session:
        release = register.policy_release(session)
        rules = house.policies.usable(release.stable, session)
        versions = register.list_policy_versions(session)
    day = house.clock().astimezone(SHANGHAI).date()
    return PoliciesView(release, versions, shipped_rules().digest, rules.overdue(day) if rules else ())


def version_view(house: House, caller: Caller, digest: str) -> VersionView:
    """Open one version; `shipped` and its digest both name the one that ships.

    Raises:
        WrongRoleError: the caller may not see it.
        NotFoundError: no version has this digest.
    """
    require(caller, Right.SEE_POLICIES)
    with read_only(house.engine) as session:
        shipped = shipped_rules()
        if digest in {SHIPPED, shipped.digest}:
            return VersionView(
                shipped.digest, None, shipped, try_rules(shipped), _diff(session, SHIPPED, shipped.files)
            )
        version = register.policy_version(session, digest)
        diff = _diff(session, digest, version.files)
        try:
            rules = house.policies.version(digest, session)
            return VersionView(digest, version, rules, try_rules(rules), diff)
        except RulesInvalidError as error:
            return VersionView(digest, version, None, (), diff, error)


def _diff(session: Session, digest: str, files: Mapping[str, str]) -> tuple[str, ...]:
    stable = register.policy_release(session).stable
    if stable == digest:
        return ()
    before = shipped_rules().files if stable == SHIPPED else register.policy_version(session, stable).files
    lines: list[str] = []
    for name in sorted({*before, *files}):
        old, new = before.get(name, "").splitlines(), files.get(name, "").splitlines()
        lines += unified_diff(old, new, name, name, lineterm="")
    return tuple(lines)


def version_document(view: VersionView) -> dict[str, object]:
    """Give an opened version as JSON."""
    found = view.version
    return {
        "digest": view.digest,
        "name": found.name if found else "house",
        "status": found.status if found else SHIPPED,
        "start": dict(found.start) if found else {},
        "proposed_by": found.proposed_by if found else None,
        "proposed_at": found.proposed_at.isoformat() if found else None,
        "approved_by": found.approved_by if found else None,
        "approved_at": found.approved_at.isoformat() if found and found.approved_at else None,
        "mode": view.rules.mode.value if view.rules else None,
        "policies": [rule_document(rule) for rule in view.rules.rules.values()] if view.rules else [],
        "files": dict(found.files if found else view.rules.files if view.rules else {}),
        "tests": [trial_document(one) for one in view.results],
        "diff": list(view.diff),
        "usable": view.problem is None,
    }


def rule_document(rule: Rule) -> dict[str, object]:
    """Give one policy as JSON."""
    return {
        "id": rule.id,
        "effect": rule.effect.value,
        "owner": rule.owner,
        "basis": rule.basis,
        "expires": rule.expires.isoformat(),
        "live": rule.live,
        "zh": rule.zh,
        "en": rule.en,
        "text": rule.text,
    }


def trial_document(one: Tried) -> dict[str, object]:
    """Give one test's result as JSON."""
    return {
        "name": one.name,
        "passed": one.passed,
        "fields": {name: outcome.value for name, outcome in one.found.items()},
        "policies": list(one.policies),
        "zh": one.problem_zh,
        "en": one.problem_en,
    }


def summary_document(view: PoliciesView) -> dict[str, object]:
    """Give the overview as JSON, newest version first."""
    return {
        "in_force": release_document(view.release),
        "shipped": view.shipped_digest,
        "overdue": list(view.overdue),
        "items": [
            {
                "digest": one.digest,
                "name": one.name,
                "status": one.status,
                "policies": one.policies,
                "tests": one.tests,
                "start": dict(one.start),
                "proposed_by": one.proposed_by,
                "proposed_at": one.proposed_at.isoformat(),
                "approved_by": one.approved_by,
            }
            for one in view.versions
        ],
    }


def release_document(release: PolicyRelease) -> dict[str, object]:
    """Give what decides as JSON."""
    return {
        "stable": release.stable,
        "previous": release.previous,
        "candidate": release.candidate,
        "scope": dict(release.scope),
    }
