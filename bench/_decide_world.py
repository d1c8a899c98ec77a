"""An invented deployment for the decision bench: a thousand access policies, and random requests against them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from policies import (
    AccessRequest,
    Action,
    Circumstances,
    DatasetFact,
    Facts,
    FieldFact,
    GrantFact,
    HolderKind,
    PoliciesVersion,
    Tier,
    load_policies,
    parse_form,
)
from policies.cedar import RuleSet, read_rules

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ROLES = [f"role{number}" for number in range(50)]
PURPOSES = ["pricing_study", "marketing", "claims", "risk_modelling", "policy_service", "actuarial_statistics"]
DATASETS = [f"source{number % 12}.table{number}" for number in range(40)]
CATEGORIES = ["name", "contact_phone", "demographics", "claims_record", "policy_contract", "address", None]
FORMS = ["raw", "mask:keep_first(1)", "token", "aggregate", "generalise:year", "deny"]
NAMES = tuple(f"f{number}" for number in range(10))
BOOK = load_policies().with_purposes([{"id": "pricing_study", "basis": "contract", "consent": "none"}])
HEAD = "id: bench\ntitle: {zh: 测, en: bench}\nmode: restrict\n"
NOTES = '@owner("officer") @basis("HOUSE") @expires("2030-12-31") @zh("测") @en("bench")'
EARLY = [
    "resource.tier >= 4",
    'context.form == "raw"',
    'resource has category && resource.category == "contact_phone"',
    'context.purpose == "marketing"',
    "resource.minors",
]
LIVE = ["context.hour < 7", "!(context has ticket)", "!(context has client)", "context.weekday > 5"]


def rule_set(count: int, *, narrow: bool = True) -> RuleSet:
    """Give a set of forbids, each for one role, and where it is narrow for one data set; some ask live."""
    random, texts = Random(20), []
    for number in range(count):
        parts = random.sample(EARLY, 2 if narrow else 1) + (
            [random.choice(LIVE)] if number % (10 if narrow else 3) == 0 else []
        )
        random.shuffle(parts)
        resource = f'resource in Dataset::"{random.choice(DATASETS)}"' if narrow else "resource"
        where = f'principal in Role::"{random.choice(ROLES)}", action, {resource}'
        texts.append(f'@id("p{number}") {NOTES} forbid ({where}) when {{ {" && ".join(parts)} }};')
    return read_rules({"set.yaml": HEAD, "bench.cedar": "\n".join(texts)})


def datasets(random: Random) -> dict[str, DatasetFact]:
    """Give forty data sets of ten fields."""
    found = {}
    for name in DATASETS:
        fields = {
            field: FieldFact(field, random.choice(CATEGORIES), random.choice([Tier.INTERNAL, *list(Tier)[1:4]]))
            for field in NAMES
        }
        found[name] = DatasetFact(name, fields, "f0", {"subject": random.choice([None, "applicant", "minor_14_to_17"])})
    return found


def grants(random: Random) -> dict[tuple[str, str, str], list[GrantFact]]:
    """Give grants of roles by role, purpose and data set, some expired and some approved."""
    found = {}
    for role in ROLES:
        for dataset in random.sample(DATASETS, 8):
            for purpose in random.sample(PURPOSES, 3):
                forms = {name: parse_form(random.choice(FORMS)) for name in random.sample(NAMES, 8)}
                ends = random.choice([None, NOW + timedelta(hours=random.randint(-3, 9)), NOW + timedelta(days=9)])
                conditions = random.choice([{}, {"approved_by": "wang"}])
                grant = GrantFact(
                    f"{role}-{dataset}-{purpose}", HolderKind.ROLE, role, purpose, dataset, forms, ends, conditions
                )
                found[role, purpose, dataset] = [grant]
    return found


def requests(random: Random, count: int, held: dict[tuple[str, str, str], list[GrantFact]]) -> list[AccessRequest]:
    """Give random requests, nine in ten of them for what a grant names."""
    keys = list(held)
    plain = AccessRequest("lin", frozenset(), frozenset(PURPOSES), None, "", None, NOW)
    found = []
    for _ in range(count):
        role, purpose, dataset = random.choice(keys)
        if random.random() < 0.1:
            purpose, dataset = random.choice([*PURPOSES, "unheard_of"]), random.choice(DATASETS)
        around = Circumstances(
            random.choice(list(Action)),
            ticket=random.choice([None, "T-1"]),
            client=random.choice([None, "10.0.0.9"]),
        )
        found.append(
            replace(
                plain,
                roles=frozenset({role}),
                purpose=purpose,
                dataset=dataset,
                fields=random.choice([None, tuple(random.sample(NAMES, 4))]),
                at=NOW + timedelta(minutes=random.randint(-300, 900)),
                case=random.choice([None, "C-1"]),
                around=around,
            )
        )
    return found


def known(
    version: PoliciesVersion,
    tables: dict[str, DatasetFact],
    held: dict[tuple[str, str, str], list[GrantFact]],
    request: AccessRequest,
) -> tuple[PoliciesVersion, Facts]:
    """Give what a request is decided from."""
    (role,) = request.roles
    return version, Facts(tables[request.dataset], held.get((role, str(request.purpose), request.dataset), []))
