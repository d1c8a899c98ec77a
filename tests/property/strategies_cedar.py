"""Random access policies: scopes and conditions that often apply, some that ask for live context, some that fail."""

from typing import Final

from hypothesis import strategies as st

from policies import Action, Circumstances
from policies.cedar import RuleSet, read_rules

PRINCIPALS: Final = ["principal"] * 3 + ['principal in Role::"actuary"', 'principal in Role::"nobody"']
PRINCIPALS_MORE: Final = [
    "principal is Person",
    'principal is Person in Role::"clerk"',
    'principal == Person::"lin"',
]
ACTIONS: Final = [
    "action",
    "action",
    'action == Action::"read"',
    'action == Action::"export"',
    'action in [Action::"read", Action::"export"]',
]
RESOURCES: Final = [
    *["resource"] * 3,
    'resource in Dataset::"cars.owners"',
    'resource in Source::"claims"',
    'resource == Field::"cars.owners/a"',
    "resource is Field",
    'resource is Field in Dataset::"cars.owners"',
    'resource in Field::"cars.owners/b"',
]
EARLY: Final = [
    "resource.tier >= 3",
    "resource.personal",
    'resource has category && resource.category == "contact_phone"',
    'resource.name == "b"',
    'context.form == "raw"',
    'context.purpose == "pricing_study"',
    'context.grounds.contains("consent")',
    "principal.has_devices",
    'principal has branch && principal.branch == "shanghai"',
    "resource.tier * 9223372036854775807 > 1",  # fails from tier 2 on
]
LIVE: Final = [
    "context has ticket",
    "context.hour < 12",
    "context.weekday > 5",
    'context has client && context.client.isInRange(ip("10.0.0.0/8"))',
    "context has device && context.device.registered",
    'context has case && context.case == "C-1"',
    "context has branch && principal has branch && context.branch == principal.branch",
    'context.at < datetime("2026-03-02T02:00:00Z")',
    "context.hour * 9223372036854775807 > 1",  # fails from two o'clock on
]
_NOTE: Final = '@owner("officer") @basis("HOUSE") @expires("{day}") @zh("测试") @en("test")'


def clauses() -> st.SearchStrategy[str]:
    part = st.lists(st.sampled_from([*EARLY, *LIVE]), min_size=1, max_size=3).map(
        lambda parts: " && ".join(f"({one})" for one in parts)
    )
    return st.lists(st.builds("{} {{ {} }}".format, st.sampled_from(["when", "when", "unless"]), part), max_size=2).map(
        " ".join
    )


def policy_texts(effects: tuple[str, ...] = ("forbid",)) -> st.SearchStrategy[str]:
    days = st.sampled_from(["2027-12-31", "2027-12-31", "2026-03-01"])
    scope = st.builds(
        "({}, {}, {})".format,
        st.sampled_from(PRINCIPALS + PRINCIPALS_MORE),
        st.sampled_from(ACTIONS),
        st.sampled_from(RESOURCES),
    )
    return st.builds(
        lambda day, effect, where, when: f"{_NOTE.format(day=day)} {effect} {where} {when};",
        days,
        st.sampled_from(effects),
        scope,
        clauses(),
    )


def made(mode: str, texts: list[str]) -> RuleSet:
    """Give the set of these policies, named p0, p1 and so on."""
    named = "\n".join(f'@id("p{index}") {text}' for index, text in enumerate(texts))
    head = f"id: random\ntitle: {{zh: 随机, en: random}}\nmode: {mode}\n"
    return read_rules({"set.yaml": head, "random.cedar": named})


def restricting() -> st.SearchStrategy[list[str]]:
    return st.lists(policy_texts(), max_size=5)


def rule_sets() -> st.SearchStrategy[RuleSet]:
    permitting = st.lists(policy_texts(("permit", "permit", "forbid")), min_size=1, max_size=5)
    return st.one_of(
        restricting().map(lambda texts: made("restrict", texts)), permitting.map(lambda texts: made("permit", texts))
    )


def circumstances() -> st.SearchStrategy[Circumstances]:
    return st.builds(
        Circumstances,
        action=st.sampled_from(Action),
        ticket=st.sampled_from([None, "T-1", " "]),
        device=st.sampled_from([None, "lin-laptop", "another"]),
        client=st.sampled_from([None, "10.1.2.3", "203.0.113.9", "no address", "fe80::1%eth0"]),
        branch=st.sampled_from([None, "shanghai", "beijing"]),
    )
