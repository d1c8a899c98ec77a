from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from policies import AccessRequest
from policies.cedar import Mode, RulesInvalidError, read_rules, require_tried, shipped_files, shipped_rules, try_rules

HEAD = "id: mine\ntitle: {zh: 我的, en: mine}\nmode: restrict\n"
NOTE = '@id("no-night") @owner("officer") @basis("HOUSE") @expires("2027-12-31") @zh("夜间") @en("by night") '
NIGHT = NOTE + "forbid (principal, action, resource) when { context.hour < 6 };"
TESTS = """
- name: by night
  person: {id: lin}
  purpose: claims
  dataset: {id: cars.owners}
  fields: {plate: {tier: 3, form: raw}}
  context: {at: "2026-03-02T03:00:00+08:00"}
  expect: {plate: deny}
  because: [no-night]
- name: by day
  person: {id: lin}
  purpose: claims
  dataset: {id: cars.owners}
  fields: {plate: {tier: 3, form: raw}}
  expect: {plate: allow}
"""


def files(cedar: str = NIGHT, head: str = HEAD, tests: str = TESTS) -> dict[str, str]:
    return {"set.yaml": head, "mine.cedar": cedar, "tests.yaml": tests}


def faults(given: Mapping[str, str]) -> str:
    with pytest.raises(RulesInvalidError) as caught:
        require_tried(read_rules(given))
    return caught.value.detail("en")


@pytest.mark.parametrize("name", ["house", "strict"])
def test_a_set_that_ships_passes_its_own_tests(name: str) -> None:
    assert all(one.passed for one in require_tried(shipped_rules(name)))


def test_a_set_tells_what_stands_behind_each_policy() -> None:
    rule = read_rules(files()).rules["no-night"]

    assert (rule.owner, rule.basis, rule.expires.isoformat(), rule.live) == ("officer", "HOUSE", "2027-12-31", True)
    assert rule.en_next == "ask the policy's owner, `officer`"


def test_a_condition_on_the_field_alone_is_known_early() -> None:
    early = NIGHT.replace("context.hour < 6", 'resource.tier == 5 && context.purpose == "claims"')

    assert not read_rules(files(early)).rules["no-night"].live


def test_equal_files_have_equal_digests_and_a_changed_test_another() -> None:
    one, two = read_rules(files()), read_rules(dict(reversed(files().items())))

    assert one.digest == two.digest
    assert read_rules(files(tests=TESTS + "\n")).digest != one.digest


def test_a_file_of_another_kind_is_left_aside() -> None:
    assert read_rules(files() | {"README.md": "read me"}).digest == read_rules(files()).digest


@pytest.mark.parametrize("missing", ["@id", "@owner", "@basis", "@expires", "@zh", "@en"])
def test_a_policy_without_an_annotation_is_refused(missing: str) -> None:
    start = NIGHT.index(missing + "(")
    bare = NIGHT[:start] + NIGHT[NIGHT.index(")", start) + 1 :]

    assert missing in faults(files(bare))


@pytest.mark.parametrize(
    ("cedar", "words"),
    [
        ("forbid (principal", "Cedar can't parse it"),
        (NIGHT.replace("context.hour", "context.moon"), "against the schema"),
        (NIGHT.replace("context.hour < 6", 'context.ticket == "T"'), "against the schema"),
        (NIGHT.replace("context.hour < 6", "context.hour"), "against the schema"),
        (NIGHT + NIGHT, "once only"),
        (NIGHT.replace("no-night", "No Night"), "lower-case words"),
        (NIGHT.replace("2027-12-31", "next year"), "@expires is a date"),
        (NIGHT.replace("forbid", "permit"), "forbids only"),
        (NIGHT.replace("(principal,", "(principal == ?principal,"), "templates"),
    ],
)
def test_a_policy_that_can_not_be_used_is_refused_with_its_place(cedar: str, words: str) -> None:
    told = faults(files(cedar))

    assert words in told
    assert "mine.cedar" in told or "no-night" in told


def test_a_set_without_a_head_is_refused() -> None:
    assert "set.yaml" in faults({"mine.cedar": NIGHT, "tests.yaml": TESTS})


def test_a_set_that_is_too_large_is_refused() -> None:
    assert "larger than" in faults(files() | {"more.cedar": "// " + "x" * 600_000})


def test_every_fault_of_a_set_is_listed() -> None:
    with pytest.raises(RulesInvalidError) as caught:
        read_rules({"a.cedar": "forbid (", "b.cedar": "forbid ("})

    assert [one.place for one in caught.value.faults] == ["set.yaml", "a.cedar", "b.cedar"]


def test_a_test_that_expects_something_else_fails_the_set() -> None:
    assert "by day" in faults(files(tests=TESTS.replace("plate: allow", "plate: deny")))


def test_a_test_that_another_policy_answers_fails_the_set() -> None:
    assert "the policies that decided are no-night" in faults(files(tests=TESTS.replace("[no-night]", "[other]")))


def test_a_policy_that_no_test_makes_speak_fails_the_set() -> None:
    more = NIGHT + NIGHT.replace("no-night", "no-noon").replace("context.hour < 6", "context.hour == 13")

    assert "no test makes this policy speak" in faults(files(more))


def test_a_set_without_tests_is_refused() -> None:
    assert "there are no tests" in faults({"set.yaml": HEAD, "mine.cedar": NIGHT})


@pytest.mark.parametrize(
    "tests",
    [
        TESTS.replace("form: raw", "form: naked"),
        TESTS.replace("tier: 3", "tier: 9"),
        TESTS.replace("plate: deny", "plate: perhaps"),
        TESTS.replace("2026-03-02T03:00:00+08:00", "midnight"),
        TESTS + "- {name: no person}\n",
        "a: [",
        "just words",
    ],
)
def test_tests_that_can_not_be_read_are_refused(tests: str) -> None:
    assert "tests.yaml" in faults(files(tests=tests))


PERMIT_HEAD = HEAD.replace("restrict", "permit")
PERMIT = NIGHT.replace("forbid", "permit").replace("hour < 6", "hour >= 6")


def test_in_a_permitting_set_what_no_policy_permits_is_refused() -> None:
    rules = read_rules(files(PERMIT, PERMIT_HEAD, TESTS.replace("because: [no-night]", "")))

    assert rules.mode is Mode.PERMIT
    assert [dict(one.found) for one in require_tried(rules)] == [{"plate": "deny"}, {"plate": "allow"}]


def test_an_expired_permit_permits_nothing() -> None:
    rules = read_rules(files(PERMIT.replace("2027-12-31", "2026-03-01"), PERMIT_HEAD))

    assert [one.found["plate"] for one in try_rules(rules)] == ["deny", "deny"]


def test_an_expired_forbid_goes_on_forbidding_and_shows_as_overdue() -> None:
    rules = read_rules(files(NIGHT.replace("2027-12-31", "2026-03-01")))

    assert try_rules(rules)[0].found["plate"] == "deny"
    assert rules.overdue(date(2026, 3, 2)) == ("no-night",)
    assert rules.overdue(date(2026, 3, 1)) == ()


def test_the_files_that_ship_are_all_part_of_their_sets() -> None:
    assert set(shipped_files("house")) == {"set.yaml", "house.cedar", "tests.yaml"}


def reaching(cedar: str) -> bool:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    base = AccessRequest("lin", frozenset({"actuary"}), frozenset(), "p", "cars.owners", None, at)
    rules = read_rules(files(NOTE + cedar))
    return rules.scopes.reaching(base) == ("no-night",)


@pytest.mark.parametrize(
    ("scope", "reaches"),
    [
        ("principal, action, resource", True),
        ('principal in Role::"actuary", action, resource', True),
        ('principal in Role::"clerk", action, resource', False),
        ('principal == Person::"wu", action, resource', False),
        ('principal is Person in Role::"clerk", action, resource', True),  # left to Cedar
        ('principal, action == Action::"export", resource', False),
        ('principal, action in [Action::"export"], resource', True),  # left to Cedar
        ('principal, action, resource in Dataset::"cars.owners"', True),
        ('principal, action, resource in Dataset::"cars.claims"', False),
        ('principal, action, resource in Source::"cars"', True),
        ('principal, action, resource == Field::"cars.owners/plate"', True),
        ('principal, action, resource == Field::"cars.owner/plate"', False),
    ],
)
def test_only_policies_whose_scope_names_another_are_left_out(scope: str, *, reaches: bool) -> None:
    assert reaching(f"forbid ({scope});") is reaches
