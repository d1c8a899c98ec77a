"""The tests that stand beside access policies: a person, a purpose, fields and circumstances, and what must come of it.

They judge the policies alone: each field arrives in the form that register and grants gave it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from policies.cedar.errors import Fault, RulesInvalidError
from policies.cedar.model import SHANGHAI
from policies.cedar.reading import TESTS, fault_of, load_yaml
from policies.cedar.rules import RuleSet
from policies.documents import Node
from policies.errors import RegisterInvalidError
from policies.facts import AccessRequest, Circumstances, DatasetFact, FieldFact
from policies.fields import FieldDecision
from policies.forms.grammar import Form, FormKind, parse_form
from policies.purposes import ConsentNeed, Purpose, Title
from policies.reasons import because
from policies.vocabulary import Action, ConsentKind, FormClass, LawfulBasis, Outcome, Tier
from storage.errors import Said

_KEYS: Final = ("name", "person", "purpose", "grounds", "dataset", "fields", "action", "case", "context", "expect")
_NOON: Final = datetime(2026, 3, 2, 12, 0, tzinfo=SHANGHAI)
_FORMS: Final = {
    FormClass.RAW: Form(FormKind.RAW),
    FormClass.MASKED: parse_form("mask:all"),
    FormClass.TOKENISED: Form(FormKind.TOKEN),
    FormClass.AGGREGATED: Form(FormKind.AGGREGATE),
}


@dataclass(frozen=True, slots=True)
class Trial:
    """One test: the request and facts it makes, what it expects of each field, and which policies must say so."""

    name: str
    request: AccessRequest
    purpose: Purpose
    dataset: DatasetFact
    fields: tuple[FieldDecision, ...]
    expect: Mapping[str, Outcome]
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one test; `problem_zh` and `problem_en` are empty for one that passed."""

    name: str
    found: Mapping[str, Outcome]
    policies: tuple[str, ...]
    problem_zh: str = ""
    problem_en: str = ""

    @property
    def passed(self) -> bool:
        """Tell whether the policies did what the test expects."""
        return not self.problem_en


def try_rules(rules: RuleSet) -> tuple[Tried, ...]:
    """Run a set's tests.

    Raises:
        RulesInvalidError: the tests can't be read.
    """
    return tuple(_tried(rules, trial) for trial in read_trials(rules.files.get(TESTS, "[]")))


def require_tried(rules: RuleSet) -> tuple[Tried, ...]:
    """Give the results of a set whose tests all pass and make every policy speak.

    Raises:
        RulesInvalidError: a test fails, there is none, or a policy decides in none of them.
    """
    results = try_rules(rules)
    faults = [Fault(f"{TESTS}#{one.name}", one.problem_zh, one.problem_en) for one in results if not one.passed]
    spoken = {policy for one in results for policy in one.policies}
    faults += [
        Fault(name, "没有测试用例触发此策略", "no test makes this policy speak")
        for name in rules.rules
        if name not in spoken
    ]
    if not results:
        faults.append(Fault(TESTS, "没有测试用例", "there are no tests"))
    if faults:
        raise RulesInvalidError(tuple(faults))
    return results


def read_trials(text: str) -> tuple[Trial, ...]:
    """Read `tests.yaml`.

    Raises:
        RulesInvalidError: a test lacks something or holds a word that is not known.
    """
    try:
        document = {"tests": load_yaml(text, TESTS) or []}
        return tuple(_trial(node) for node in Node(document, TESTS, ("tests",)).nodes("tests", (*_KEYS, "because")))
    except RegisterInvalidError as error:
        raise RulesInvalidError((fault_of(error),)) from None


def _trial(node: Node) -> Trial:
    dataset, fields = _data(node)
    return Trial(
        name=node.text("name"),
        request=_request(node, dataset.id),
        purpose=_purpose(node),
        dataset=dataset,
        fields=fields,
        expect={name: _outcome(node, value) for name, value in node.items("expect")},
        because=node.texts("because") if node.has("because") else (),
    )


def _request(node: Node, dataset: str) -> AccessRequest:
    person = node.node("person", ("id", "roles", "branch", "devices"))
    around = node.node("context", ("at", "ticket", "device", "client", "branch")) if node.has("context") else None
    said = {key: around.text(key) for key in ("ticket", "device", "client", "branch") if around and around.has(key)}
    purpose = node.text("purpose")
    return AccessRequest(
        person=person.text("id"),
        roles=frozenset(person.texts("roles")) if person.has("roles") else frozenset(),
        role_purposes=frozenset({purpose}),
        purpose=purpose,
        dataset=dataset,
        fields=None,
        at=_instant(around, node) if around is not None and around.has("at") else _NOON,
        case=node.text("case") if node.has("case") else None,
        around=Circumstances(node.choice("action", Action) if node.has("action") else Action.READ, **said),
        branch=person.text("branch") if person.has("branch") else None,
        devices=frozenset(person.texts("devices")) if person.has("devices") else frozenset(),
    )


def _instant(around: Node, node: Node) -> datetime:
    value = around.raw("at")
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise node.wrong(
            "context.at",
            Said("应为时间，例如 2026-03-02T10:00:00+08:00", "an instant such as 2026-03-02T10:00:00+08:00 is needed"),
        ) from None
    # YAML reads an instant with a zone into one without, in UTC.
    return at if at.utcoffset() is not None else at.replace(tzinfo=UTC)


def _data(node: Node) -> tuple[DatasetFact, tuple[FieldDecision, ...]]:
    told = node.node("dataset", ("id", "branch", "important", "minors"))
    facts: dict[str, object] = {"important_data_catalogue": told.flag("important")}
    if told.has("branch"):
        facts["branch"] = told.text("branch")
    if told.flag("minors"):
        facts["subject"] = "minor_under_14"
    labels: dict[str, FieldFact] = {}
    decided = []
    for name, value in node.items("fields"):
        one = Node(value, f"{node.place}.fields.{name}", ("category", "tier", "form"))
        tier, form = one.count("tier"), one.choice("form", FormClass)
        if tier not in set(Tier) or form not in _FORMS:
            raise one.wrong(
                "form",
                Said("应为 1 至 5 级，且形式不为 denied", "a tier from 1 to 5 and a form other than denied are needed"),
            )
        labels[name] = FieldFact(name, one.text("category") if one.has("category") else None, Tier(tier))
        given = because("granted", field=name, grant="test", given=form.value)
        decided.append(FieldDecision(name, _FORMS[form], Outcome.ALLOW, (given,)))
    return DatasetFact(told.text("id"), labels, None, facts), tuple(decided)


def _purpose(node: Node) -> Purpose:
    name = node.text("purpose")
    none = ConsentKind.NONE
    grounds = node.choices("grounds", LawfulBasis) if node.has("grounds") else ()
    return Purpose(name, Title(name, name), grounds, ConsentNeed(none, none, none), {}, 1, matrix=False)


def _outcome(node: Node, value: object) -> Outcome:
    if value not in (Outcome.ALLOW, Outcome.DENY):
        raise node.wrong("expect", Said("应为 allow 或 deny", "allow or deny is needed"))
    return Outcome(str(value))


def _tried(rules: RuleSet, trial: Trial) -> Tried:
    decided = rules.restrict(trial.request, trial.purpose, trial.dataset, trial.fields)
    found = {one.name: one.outcome for one in decided}
    spoken: dict[str, Any] = dict.fromkeys(
        dict(reason.values)["policy"] for one in decided for reason in one.reasons if reason.code == "policy-forbids"
    )
    permits = rules.permitting(trial.request, trial.purpose, trial.dataset, trial.fields)
    wrong = sorted(name for name, outcome in trial.expect.items() if found.get(name) is not outcome)
    problem = ("", "")
    if wrong:
        shown = ", ".join(f"{name}: {found.get(name, 'absent')}" for name in wrong)
        problem = (f"与预期不符：{shown}", f"not as expected: {shown}")
    elif trial.because and tuple(spoken) != trial.because:
        named = ", ".join(spoken) or "-"
        problem = (f"实际作出判断的策略：{named}", f"the policies that decided are {named}")
    return Tried(trial.name, found, (*spoken, *permits), *problem)
