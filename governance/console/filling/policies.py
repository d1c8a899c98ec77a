"""Fill the pages of the access policies."""

from collections.abc import Mapping

from governance.console.filling.titles import Titles
from governance.console.i18n import Translator
from governance.console.pages.policies import PoliciesPage, PolicyPage, PolicyWish, RuleLine, TrialLine, VersionLine
from governance.console.ports import Visit
from governance.errors import InputInvalidError
from governance.house import House
from governance.journeys import policy_sets
from governance.journeys.policy_view import PoliciesView, overview, version_view
from governance.journeys.sight import Right, may
from governance.register import SHIPPED, PolicyVersion
from policies.cedar import Tried, shipped_rules, try_rules
from policies.cedar.model import SHANGHAI
from storage import read_only
from storage.errors import Language, Said


def policies_page(house: House, visit: Visit) -> PoliciesPage:
    """Give what decides and the versions.

    Raises:
        WrongRoleError: the reader may not see them.
    """
    view = overview(house, visit.caller)
    lines = _lines(house, visit, view)
    by_digest = {line.digest: line for line in lines}
    release = view.release
    stable = by_digest[view.shipped_digest if release.stable == SHIPPED else release.stable]
    can_fall_back = release.candidate is not None or release.previous is not None
    return PoliciesPage(
        stable=stable,
        candidate=by_digest.get(release.candidate or ""),
        scope=_part(release.scope),
        lines=lines,
        overdue=view.overdue,
        can_publish=may(visit.caller, Right.PUBLISH_POLICIES),
        can_fall_back=can_fall_back and may(visit.caller, Right.FALL_BACK_POLICIES),
    )


def policy_page(house: House, visit: Visit, words: Translator, digest: str) -> PolicyPage:
    """Open one version.

    Raises:
        WrongRoleError: the reader may not see it.
        NotFoundError: no version has this digest.
    """
    view = overview(house, visit.caller)
    opened = version_view(house, visit.caller, digest)
    line = next(one for one in _lines(house, visit, view) if one.digest == opened.digest)
    day = house.clock().astimezone(SHANGHAI).date()
    waits = opened.version is not None and opened.version.status == "proposed"
    blocked = _obstacle(visit, view, opened.version) if waits and opened.version is not None else ""
    language = visit.language
    return PolicyPage(
        line=line,
        rules=tuple(
            RuleLine(
                id=rule.id,
                effect=rule.effect.value,
                owner=rule.owner,
                basis=rule.basis,
                expires=rule.expires.isoformat(),
                said=rule.zh if language == "zh" else rule.en,
                text=rule.text,
                is_live=rule.live,
                is_overdue=rule.is_expired(day),
            )
            for rule in (opened.rules.rules.values() if opened.rules else ())
        ),
        trials=tuple(_trial(one, words, language) for one in opened.results),
        diff=opened.diff,
        problem=opened.problem.detail(language) if opened.problem else "",
        can_approve=waits and not blocked and opened.problem is None,
        cannot_because=words(blocked) if blocked else "",
        start=_part(opened.version.start) if opened.version else None,
        is_waiting=waits,
    )


def publish(house: House, visit: Visit, wish: PolicyWish) -> None:
    """Do what an officer chose.

    Raises:
        InputInvalidError: the part makes no sense.
        NotAllowedError, ConflictError: as for the act.
    """
    value: object = int(wish.value) if wish.part == "share" and wish.value.isdigit() else wish.value.strip()
    if wish.part and not value:
        raise InputInvalidError(name=wish.part, reason=Said("请填写范围", "say for whom"))
    scope = policy_sets.scope_of({wish.part: value} if wish.part else {})
    if wish.act == "approve":
        policy_sets.approve(house, visit.caller, wish.digest, scope)
    elif wish.act == "share":
        policy_sets.rescope(house, visit.caller, scope)
    elif wish.act == "promote":
        policy_sets.promote(house, visit.caller)
    else:
        policy_sets.fall_back(house, visit.caller)


def _lines(house: House, visit: Visit, view: PoliciesView) -> tuple[VersionLine, ...]:
    now, release = house.clock(), view.release
    shipped = shipped_rules()
    states = {release.previous: "previous", release.candidate: "candidate", release.stable: "stable"}
    with read_only(house.engine) as session:
        titles = Titles.of(house, session, visit.language)
        lines = [
            VersionLine(
                digest=one.digest,
                name=one.name,
                state=states.get(one.digest, one.status),
                policies=one.policies,
                tests=one.tests,
                proposer=titles.person(one.proposed_by)[0],
                approver=titles.person(one.approved_by)[0] if one.approved_by else "",
                age_seconds=max(0, int((now - one.proposed_at).total_seconds())),
            )
            for one in view.versions
        ]
    state = states.get(SHIPPED, "shipped")
    return (*lines, VersionLine(shipped.digest, shipped.id, state, len(shipped.rules), len(try_rules(shipped))))


def _obstacle(visit: Visit, view: PoliciesView, version: PolicyVersion) -> str:
    if not may(visit.caller, Right.PUBLISH_POLICIES):
        return "policies.cannot.role"
    if version.proposed_by == visit.caller.person_id:
        return "policies.cannot.own"
    return "policies.cannot.busy" if view.release.candidate is not None else ""


def _part(document: Mapping[str, object]) -> tuple[str, str] | None:
    return next(((name, str(value)) for name, value in document.items()), None)


def _trial(one: Tried, words: Translator, language: Language) -> TrialLine:
    found = ", ".join(f"{name}: {words('outcome.' + outcome.value)}" for name, outcome in one.found.items())
    return TrialLine(one.name, one.passed, found, one.problem_zh if language == "zh" else one.problem_en)
