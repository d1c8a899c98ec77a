"""Access policies as a deployment lives with them: published by two persons, begun with a part, fallen back from."""

from collections.abc import Hashable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from audit import events
from classification.catalogue import set_label
from governance import register
from governance.app import create_app
from governance.console.adapter import HouseJourneys
from governance.console.i18n import load_words
from governance.console.pages.policies import PolicyWish
from governance.console.ports import Visit
from governance.errors import InputInvalidError, WrongRoleError
from governance.house import House, open_house
from governance.identity import issue_token, put_person, put_role
from governance.journeys.decide import decide_only
from governance.journeys.facts import Asked, access_request
from governance.journeys.policy_errors import OwnProposalError, ReleaseBusyError
from governance.journeys.policy_sets import approve, fall_back, promote, propose, rescope, scope_of
from governance.journeys.policy_view import overview, version_view
from governance.journeys.recording import Recorded
from governance.register import SHIPPED, Grant, PolicyRelease
from governance.settings import Settings
from policies import AccessRequest, Action, Circumstances, Decision, Outcome, Tier
from policies.cedar import RulesInvalidError, Scope, shipped_files
from policies.forms.grammar import Form, FormKind
from policies.point import DecisionPoint, Load
from storage import read_only, unit_of_work
from tests.journeys.conftest import NOON, person
from tests.unit.test_access_policies import NIGHT, TESTS, files

DATASET = "cars.owners"
TICKETED = files(
    NIGHT.replace("context.hour < 6", "!(context has ticket)"),
    tests=TESTS.replace("{plate: allow}", "{plate: allow}\n  context: {ticket: T-1}"),
)
EVERYBODY = Scope()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    # Every decision here is made a second time, rule by rule.
    settings = Settings(data_dir=tmp_path_factory.mktemp("policies"), language="en", recheck_percent=100)
    with open_house(settings, clock=lambda: NOON) as house:
        with unit_of_work(house.engine) as session:
            declare(session, NOON)
        yield house


def declare(session: Session, now: datetime) -> None:
    put_role(session, "actuary", ["pricing_study"])
    for role in ("officer", "steward", "admin"):
        put_role(session, role, [])
    put_person(session, "lin", name="Lin", roles=["actuary"], now=now, branch="shanghai", devices=["lin-laptop"])
    put_person(session, "gao", name="Gao", roles=["actuary"], now=now)
    for officer in ("feng", "ma"):
        put_person(session, officer, name=officer, roles=["officer"], now=now)
    register.put_purpose(session, "pricing_study", {"id": "pricing_study", "basis": ["contract"], "consent": "none"})
    register.put_dataset(session, register.DatasetEntry(DATASET, "cars", "owner_no", {}))
    for name, tier in (("owner_no", Tier.INTERNAL), ("city", Tier.CONFIDENTIAL), ("income", Tier.SENSITIVE)):
        set_label(session, DATASET, name, "demographics", tier, decided_by="world", at=now)
    grant = Grant(
        "g1", "role", "actuary", "pricing_study", DATASET, {"city": "raw", "income": "raw"}, None, "world", now
    )
    register.put_grant(session, grant)


@pytest.fixture
def house(opened: House) -> Iterator[House]:
    yield opened
    with unit_of_work(opened.engine) as session:
        register.change_policy_release(session, PolicyRelease())


def shown(house: House, who: str = "gao", **around: str) -> dict[str, str]:
    told = decided(house, who, **around)
    (one,) = told.body["datasets"]  # type: ignore[misc]  # a list of one
    return {field["name"]: field["form"] or field["reasons"][0]["code"] for field in one["fields"]}


def decided(house: House, who: str, **around: str) -> Recorded:
    circumstances = Circumstances(**around)  # type: ignore[arg-type]  # test shorthand
    return decide_only(
        house, person(house, who), DATASET, purpose="pricing_study", fields=None, case=None, around=circumstances
    )


def unlike(number: int) -> dict[str, str]:
    """Give the ticket rule as a version of its own."""
    return TICKETED | {"set.yaml": TICKETED["set.yaml"] + f"# {number}\n"}


def published(house: House, number: int, scope: Scope = EVERYBODY) -> str:
    version = propose(house, person(house, "feng"), unlike(number), scope)
    approve(house, person(house, "ma"), version.digest)
    return version.digest


def kinds(house: House) -> list[str]:
    with read_only(house.engine) as session:
        return [entry.event.kind for entry in events(session) if entry.event.kind.startswith("policy.")]


def test_the_shipped_rules_are_silent_where_nothing_is_declared(house: House) -> None:
    assert shown(house) == {"city": "raw", "income": "raw"}


def test_a_registered_device_opens_what_another_does_not(house: House) -> None:
    assert shown(house, "lin", device="lin-laptop") == {"city": "raw", "income": "raw"}
    assert shown(house, "lin", device="gao-laptop") == {"city": "raw", "income": "policy-forbids"}
    assert shown(house, "lin") == {"city": "raw", "income": "policy-forbids"}


def test_a_refusal_names_policy_and_basis_and_what_would_change_it(house: House) -> None:
    (one,) = decided(house, "lin").body["datasets"]  # type: ignore[misc]  # a list of one
    (reason,) = next(field["reasons"] for field in one["fields"] if field["name"] == "income")

    assert "`device-registered`" in reason["en"]
    assert "PIPL 51(3)" in reason["en"]
    assert reason["en_next"].startswith("use a registered device")
    assert "依据" in reason["zh"]


def test_a_person_of_another_branch_is_refused(house: House) -> None:
    with unit_of_work(house.engine) as session:
        register.put_dataset(session, register.DatasetEntry(DATASET, "cars", "owner_no", {"branch": "beijing"}))
    try:
        assert set(shown(house, "lin", device="lin-laptop").values()) == {"policy-forbids"}
        assert shown(house, "gao") == {"city": "raw", "income": "raw"}
    finally:
        with unit_of_work(house.engine) as session:
            register.put_dataset(session, register.DatasetEntry(DATASET, "cars", "owner_no", {}))


def test_a_version_decides_only_once_another_person_has_approved_it(house: House) -> None:
    version = propose(house, person(house, "feng"), unlike(1), EVERYBODY)
    assert shown(house)["city"] == "raw"
    with pytest.raises(OwnProposalError):
        approve(house, person(house, "feng"), version.digest)
    assert shown(house)["city"] == "raw"
    approve(house, person(house, "ma"), version.digest)

    assert shown(house)["city"] == "policy-forbids"
    assert shown(house, ticket="T-1")["city"] == "raw"


def test_only_officers_approve_and_only_those_with_the_right_propose(house: House) -> None:
    version = propose(house, person(house, "feng"), unlike(2), EVERYBODY)

    with pytest.raises(WrongRoleError):
        propose(house, person(house, "lin"), TICKETED, EVERYBODY)
    with pytest.raises(WrongRoleError):
        approve(house, person(house, "lin"), version.digest)
    with pytest.raises(WrongRoleError):
        overview(house, person(house, "lin"))


def test_a_set_whose_tests_fail_is_not_proposed(house: House) -> None:
    red = TICKETED | {"tests.yaml": TICKETED["tests.yaml"].replace("plate: deny", "plate: allow")}
    before = overview(house, person(house, "feng")).versions
    with pytest.raises(RulesInvalidError, match="not as expected"):
        propose(house, person(house, "feng"), red, EVERYBODY)

    assert overview(house, person(house, "feng")).versions == before


def test_a_set_that_has_expired_already_is_not_proposed(house: House) -> None:
    old = {name: text.replace("2027-12-31", "2026-11-01") for name, text in TICKETED.items()}
    with pytest.raises(RulesInvalidError, match="expires"):
        propose(house, person(house, "feng"), old, EVERYBODY)


def test_proposing_the_same_files_again_changes_nothing(house: House) -> None:
    first = propose(house, person(house, "feng"), unlike(3), EVERYBODY)
    count = len(kinds(house))

    assert propose(house, person(house, "ma"), unlike(3), EVERYBODY) == first
    assert len(kinds(house)) == count


def test_a_version_begins_with_a_share_that_stays_the_same_for_the_same_question(house: House) -> None:
    digest = published(house, 4, Scope(share=50))
    with read_only(house.engine) as session:
        release = house.release(session)
    gao = person(house, "gao")
    requests = [
        access_request(Asked(replace(gao, person_id=f"p{number}"), "pricing_study", None, NOON), DATASET)
        for number in range(400)
    ]
    picked = [release.pick(request, house.draw) for request in requests]
    share = sum(rules is not None and rules.digest == digest for rules in picked) / len(picked)

    assert 0.4 < share < 0.6
    assert picked == [release.pick(request, house.draw) for request in requests]


def test_a_version_begins_with_a_role_or_a_branch(house: House) -> None:
    published(house, 5, Scope(branch="shanghai"))
    assert shown(house, "lin")["city"] == "policy-forbids"
    assert shown(house, "gao")["city"] == "raw"
    rescope(house, person(house, "ma"), Scope(role="actuary"))

    assert shown(house, "gao")["city"] == "policy-forbids"


def test_promoting_lets_it_decide_for_everybody_and_falling_back_returns_at_once(house: House) -> None:
    published(house, 6, Scope(branch="shanghai"))
    promote(house, person(house, "ma"))
    assert shown(house, "gao")["city"] == "policy-forbids"
    release = fall_back(house, person(house, "ma"))

    assert shown(house, "gao")["city"] == "raw"
    assert release.stable == SHIPPED


def test_falling_back_takes_a_beginning_version_away(house: House) -> None:
    published(house, 7, Scope(role="actuary"))
    assert shown(house, "gao")["city"] == "policy-forbids"
    fall_back(house, person(house, "ma"))

    assert shown(house, "gao")["city"] == "raw"


def test_acts_that_fit_no_release_are_refused(house: House) -> None:
    ma = person(house, "ma")
    for act in (promote, fall_back):
        with pytest.raises(ReleaseBusyError):
            act(house, ma)
    with pytest.raises(ReleaseBusyError):
        rescope(house, ma, Scope(share=10))
    digest = published(house, 8, Scope(share=10))
    with pytest.raises(ReleaseBusyError):
        approve(house, ma, digest)
    other = propose(house, person(house, "feng"), unlike(9), EVERYBODY)
    with pytest.raises(ReleaseBusyError, match="beginning"):
        approve(house, ma, other.digest)


@pytest.mark.parametrize("wrong", [{"share": 0}, {"share": 101}, {"share": 10, "role": "actuary"}, {"moon": 1}])
def test_a_scope_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InputInvalidError):
        scope_of(wrong)


def test_every_act_is_an_entry(house: House) -> None:
    before = len(kinds(house))
    published(house, 10, Scope(share=10))
    rescope(house, person(house, "ma"), Scope(share=20))
    promote(house, person(house, "ma"))
    fall_back(house, person(house, "ma"))

    wanted = ["proposed", "published", "scoped", "promoted", "fell_back"]
    assert kinds(house)[before:] == [f"policy.{act}" for act in wanted]


def test_a_version_that_can_no_longer_be_used_gives_nobody_anything(house: House) -> None:
    with unit_of_work(house.engine) as session:
        broken = register.PolicyVersion("f" * 64, "b", {"set.yaml": "no"}, 1, 1, "approved", {}, "feng", NOON)
        if "f" * 64 not in {one.digest for one in register.list_policy_versions(session)}:
            register.add_policy_version(session, broken)
        register.change_policy_release(session, PolicyRelease("f" * 64, SHIPPED))

    assert decided(house, "gao").body["outcome"] == "deny"
    assert version_view(house, person(house, "ma"), "f" * 64).problem is not None
    fall_back(house, person(house, "ma"))
    assert shown(house, "gao")["city"] == "raw"


def test_an_opened_version_shows_how_it_differs_from_what_decides(house: House) -> None:
    version = propose(house, person(house, "feng"), unlike(11), EVERYBODY)
    view = version_view(house, person(house, "feng"), version.digest)

    assert any(line.startswith("+") and "context has ticket" in line for line in view.diff)
    assert version_view(house, person(house, "feng"), SHIPPED).diff == ()


def test_what_decisions_rest_on_is_never_stale_after_its_commit(house: House) -> None:
    with open_house(house.settings, clock=lambda: NOON) as neighbour:
        assert shown(house)["city"] == shown(neighbour)["city"] == "raw"
        assert "bundle_digest" in str(decided(house, "gao").body)
        with unit_of_work(neighbour.engine) as session:
            set_label(session, DATASET, "city", "auth_secret", Tier.SENSITIVE, decided_by="world", at=NOON)
        assert shown(house)["city"] == shown(neighbour)["city"] == "category-never"
        with unit_of_work(house.engine) as session:
            set_label(session, DATASET, "city", "demographics", Tier.CONFIDENTIAL, decided_by="world", at=NOON)
        assert shown(house)["city"] == shown(neighbour)["city"] == "raw"
        published(neighbour, 20)
        assert shown(house)["city"] == shown(neighbour)["city"] == "policy-forbids"
        with unit_of_work(house.engine) as session:
            grant = register.grant_by_id(session, "g1")
            assert grant is not None
            register.put_grant(session, replace(grant, revoked_at=NOON))
        assert {decided(one, "gao").body["outcome"] for one in (house, neighbour)} == {"deny"}
        with unit_of_work(house.engine) as session:
            register.put_grant(session, grant)


class LyingPoint(DecisionPoint):
    """Gives what nobody granted."""

    def decide(self, sequence: Hashable, rules: str | None, request: AccessRequest, load: Load) -> Decision:
        truth = super().decide(sequence, rules, request, load)
        given = tuple(replace(one, form=Form(FormKind.RAW), outcome=Outcome.ALLOW) for one in truth.fields)
        return replace(truth, outcome=Outcome.ALLOW, fields=given)


def test_a_compiled_answer_that_the_second_decision_does_not_confirm_gives_nothing(
    house: House,
) -> None:
    honest, house.point = house.point, LyingPoint()
    before = len(kinds(house))
    try:
        told = decided(house, "lin")
    finally:
        house.point = honest

    assert told.body["outcome"] == "deny"
    assert [reason["code"] for reason in told.body["reasons"]] == ["bundle-mismatch"]  # type: ignore[attr-defined]  # a list
    assert kinds(house)[before:] == ["policy.mismatch"]


def test_the_interface_publishes_by_two_persons(house: House) -> None:
    app = create_app(house.settings, opened=nullcontext(house))
    tokens = {}
    with unit_of_work(house.engine) as session:
        for who in ("feng", "ma", "gao"):
            tokens[who] = issue_token(session, who, lifetime=timedelta(hours=1), now=NOON, keys=house.keys).token
    with TestClient(app) as client:

        def ask(who: str, method: str, path: str, body: object = None) -> tuple[int, dict[str, object]]:
            answer = client.request(
                method, f"/api/v1{path}", json=body, headers={"Authorization": f"Bearer {tokens[who]}"}
            )
            return answer.status_code, answer.json()

        status, proposed = ask("feng", "POST", "/policies", {"files": unlike(12), "share": 10})
        assert status == 201
        digest = proposed["digest"]
        assert ask("feng", "POST", f"/policies/{digest}/approve", {})[0] == 403
        assert ask("gao", "GET", "/policies")[0] == 403
        assert ask("ma", "POST", f"/policies/{digest}/approve")[1]["candidate"] == digest
        assert ask("ma", "POST", "/policies/share", {"role": "actuary"})[1]["scope"] == {"role": "actuary"}
        assert ask("ma", "GET", f"/policies/{digest}/tests")[1]["tests"]
        asked = {"dataset": DATASET, "purpose": "pricing_study", "fields": ["city"]}
        assert ask("gao", "POST", "/decisions", asked)[1]["outcome"] == "deny"
        assert ask("gao", "POST", "/decisions", asked | {"ticket": "T-1"})[1]["outcome"] == "allow"
        assert ask("ma", "POST", "/policies/promote")[1]["stable"] == digest
        assert ask("ma", "POST", "/policies/fall-back")[1]["stable"] == SHIPPED
        assert ask("ma", "POST", "/policies/check", {"files": {"set.yaml": "no"}})[0] == 422
        assert ask("ma", "GET", "/policies")[1]["in_force"]["stable"] == SHIPPED  # type: ignore[index]  # a mapping


def test_the_console_shows_and_publishes_what_the_house_holds(house: House) -> None:
    journeys = HouseJourneys(house, load_words())
    version = propose(house, person(house, "feng"), unlike(13), Scope(branch="shanghai"))
    author, officer = Visit(person(house, "feng"), "en"), Visit(person(house, "ma"), "zh")

    assert journeys.policy(author, version.digest).cannot_because == "You proposed it; ask another officer."
    assert journeys.policy(officer, version.digest).can_approve
    journeys.publish(officer, PolicyWish("approve", version.digest, "branch", "shanghai"))
    page = journeys.policies(officer)
    assert (page.stable.name, page.scope, page.can_fall_back) == ("house", ("branch", "shanghai"), True)
    assert page.candidate is not None
    assert (page.candidate.digest, page.candidate.state) == (version.digest, "candidate")
    journeys.publish(officer, PolicyWish("share", "", "share", "25"))
    assert journeys.policies(officer).scope == ("share", "25")
    journeys.publish(officer, PolicyWish("promote"))
    assert journeys.policies(officer).stable.digest == version.digest
    journeys.publish(officer, PolicyWish("fall_back"))
    assert journeys.policies(officer).stable.name == "house"
    with pytest.raises(InputInvalidError):
        journeys.publish(officer, PolicyWish("approve", version.digest, "role", ""))
    with pytest.raises(WrongRoleError):
        journeys.policies(Visit(person(house, "lin"), "zh"))


def test_an_export_is_judged_as_one(house: House) -> None:
    propose(house, person(house, "feng"), shipped_files("strict"), EVERYBODY)
    with read_only(house.engine) as session:
        digest = next(one.digest for one in register.list_policy_versions(session) if one.name == "strict")
    approve(house, person(house, "ma"), digest)

    # Noon by the clock of these tests is a Monday's.
    assert shown(house, "gao", action=Action.EXPORT)["city"] == "raw"
    assert shown(house, "gao", action=Action.EXPORT)["income"] == "policy-forbids"
