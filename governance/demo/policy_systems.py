"""Systems that keep contracts: core administration, agency, motor."""

# ruff: noqa: PLR2004 -- shares, sizes and hours of an invented story; a name for each would tell no more

import numpy as np

from governance.demo import identifiers, words
from governance.demo.dirt import blanked, ids_as_typed, muddied, phones_as_typed, pick
from governance.demo.facts import TERM_DAYS, Scene, line_of
from governance.demo.sheets import Column, Sheet, System

CORE, AGENCY, MOTOR = 1, 2, 3
MONEY = "DECIMAL(14,2)"


def core(scene: Scene) -> System:
    """Core policy administration: English columns, declared types, a SQLite file."""
    sheets = (_customers(scene), _policies(scene), _beneficiaries(scene), _products(scene))
    return System("core", "核心业务系统", "Policy administration", "operations", "core.db", "sqlite", sheets)


def agency(scene: Scene) -> System:
    """Agents and brokers: columns named by pinyin initials, a SQLite file."""
    sheets = (_agents(scene), _leads_of_agents(scene))
    return System("agency", "代理人系统", "Agents and brokers", "sales", "agency.db", "sqlite", sheets)


def motor(scene: Scene) -> System:
    """Motor: CSV files from an old mainframe whose columns are only numbered."""
    sheets = (_cars(scene), _trips(scene))
    return System("motor", "车险核心", "Motor core", "motor", "motor", "csv", sheets)


def _customers(scene: Scene) -> Sheet:
    rng, people, accounts = scene.draw(CORE), scene.people, scene.accounts
    who, count = accounts.person, accounts.size
    return Sheet(
        "customers",
        (
            Column("customer_no", accounts.numbers, ("CUSTOMER_NO",)),
            Column("full_name", muddied(rng, accounts.names, 0.006), ("PERSON",)),
            Column("id_type", ["居民身份证"] * count),
            Column("id_no", ids_as_typed(rng, [people.ids[i] for i in who]), ("ID_CARD",)),
            Column("birth_date", [str(people.births[i]) for i in who], ("DATE_OF_BIRTH",), "DATE"),
            Column("gender", ["男" if people.male[i] else "女" for i in who], ("GENDER",)),
            Column("marital_status", blanked(rng, [people.marital[i] for i in who], 0.06), ("MARITAL_STATUS",)),
            Column("mobile", phones_as_typed(rng, accounts.phones), ("PHONE",)),
            Column("email", muddied(rng, [people.mails[i] for i in who], 0.04), ("EMAIL",)),
            Column("address", blanked(rng, [people.addresses[i] for i in who], 0.05), ("ADDRESS",)),
            Column("occupation", blanked(rng, [people.occupations[i] for i in who], 0.08), ("OCCUPATION",)),
            Column("annual_income", blanked(rng, [int(people.incomes[i]) for i in who], 0.2), ("INCOME",), MONEY),
            Column("created_on", [str(day) for day in accounts.opened], sql="DATE"),
        ),
    )


def _policies(scene: Scene) -> Sheet:
    policies, people = scene.policies, scene.people
    ends = policies.start + np.timedelta64(TERM_DAYS, "D")
    names = [words.PRODUCTS[p][2] for p in policies.product]
    return Sheet(
        "policies",
        (
            Column("policy_no", policies.numbers, ("POLICY_NO",)),
            Column("customer_no", [scene.accounts.numbers[i] for i in policies.account], ("CUSTOMER_NO",)),
            Column("product_name", names),
            Column("product_line", [line_of(p) for p in policies.product]),
            Column("insured_name", [people.names[i] for i in policies.insured], ("PERSON",)),
            Column("insured_id_no", [people.ids[i] for i in policies.insured], ("ID_CARD",)),
            Column("sum_insured", [int(n) for n in policies.insured_sum], ("SUM_INSURED",), MONEY),
            Column("premium", [int(n) for n in policies.premium], ("PREMIUM",), MONEY),
            Column("start_on", [str(day) for day in policies.start], sql="DATE"),
            Column("end_on", [str(day) for day in ends], sql="DATE"),
            Column("status", policies.status),
            Column("agent_no", [scene.agents.numbers[i] for i in policies.agent], ("EMPLOYEE_NO",)),
        ),
    )


def _beneficiaries(scene: Scene) -> Sheet:
    rng, people, policies = scene.draw(CORE + 50), scene.people, scene.policies
    picked = np.flatnonzero(rng.random(len(policies.numbers)) < 0.35)
    who = rng.integers(0, people.size, len(picked))
    return Sheet(
        "beneficiaries",
        (
            Column("policy_no", [policies.numbers[i] for i in picked], ("POLICY_NO",)),
            Column("customer_no", [scene.accounts.numbers[policies.account[i]] for i in picked], ("CUSTOMER_NO",)),
            Column("beneficiary_name", [people.names[i] for i in who], ("PERSON",)),
            Column("relation", pick(rng, words.RELATIONS, len(picked)), ("RELATIONSHIP",)),
            Column("beneficiary_id_no", ids_as_typed(rng, [people.ids[i] for i in who]), ("ID_CARD",)),
            Column("share_percent", [int(n) for n in rng.choice([25, 50, 100], len(picked))], sql="INTEGER"),
        ),
    )


def _products(scene: Scene) -> Sheet:
    launched = scene.day(np.arange(len(words.PRODUCTS), dtype=np.int64) * 97 + 400)
    return Sheet(
        "products",
        (
            Column("product_code", [item[0] for item in words.PRODUCTS]),
            Column("product_line", [item[1] for item in words.PRODUCTS]),
            Column("product_name", [item[2] for item in words.PRODUCTS]),
            Column("launched_on", launched, sql="DATE"),
        ),
    )


def _agents(scene: Scene) -> Sheet:
    rng, agents = scene.draw(AGENCY), scene.agents
    count = len(agents.numbers)
    companies = [f"明镜保险示例{region[2][:-1]}分公司" for region in pick(rng, words.REGIONS, count)]
    return Sheet(
        "dlrxx",
        (
            Column("gh", agents.numbers, ("EMPLOYEE_NO",)),
            Column("xm", agents.names, ("PERSON",)),
            Column("zyzh", agents.licences, ("LICENSE_NO",)),
            Column("sfzh", agents.ids, ("ID_CARD",)),
            Column("sjh", phones_as_typed(rng, agents.phones), ("PHONE",)),
            Column("jgmc", companies, ("ORGANIZATION",)),
            Column("rzrq", [str(day) for day in agents.joined], sql="DATE"),
        ),
    )


def _leads_of_agents(scene: Scene) -> Sheet:
    rng, people, accounts = scene.draw(AGENCY + 50), scene.people, scene.accounts
    picked = rng.permutation(accounts.size)[: max(10, accounts.size // 4)]
    who = accounts.person[picked]
    return Sheet(
        "khxx",
        (
            Column("khh", [accounts.numbers[i] for i in picked], ("CUSTOMER_NO",)),
            Column("xm", muddied(rng, [accounts.names[i] for i in picked], 0.01), ("PERSON",)),
            Column("sfzh", ids_as_typed(rng, [people.ids[i] for i in who]), ("ID_CARD",)),
            Column("sjh", phones_as_typed(rng, [accounts.phones[i] for i in picked]), ("PHONE",)),
            Column("lxdz", [people.addresses[i] for i in who], ("ADDRESS",)),
            Column("zy", [people.occupations[i] for i in who], ("OCCUPATION",)),
            Column("nsr", blanked(rng, [int(people.incomes[i]) for i in who], 0.1), ("INCOME",), MONEY),
            Column("dlrgh", pick(rng, scene.agents.numbers, len(picked)), ("EMPLOYEE_NO",)),
        ),
    )


def _cars(scene: Scene) -> Sheet:
    rng, people, policies = scene.draw(MOTOR), scene.people, scene.policies
    picked = np.flatnonzero([line_of(p) == "车险" for p in policies.product])
    account = policies.account[picked]
    who, count = scene.accounts.person[account], len(picked)
    return Sheet(
        "t01",
        (
            Column("f01", [policies.numbers[i] for i in picked], ("POLICY_NO",)),
            Column("f02", [scene.accounts.numbers[i] for i in account], ("CUSTOMER_NO",)),
            Column("f03", [people.names[i] for i in who], ("PERSON",)),
            Column("f04", phones_as_typed(rng, [people.phones[i] for i in who]), ("PHONE",)),
            Column("f05", ids_as_typed(rng, [people.ids[i] for i in who]), ("ID_CARD",)),
            Column("f06", identifiers.plates(rng, count), ("PLATE",)),
            Column("f07", identifiers.frame_numbers(rng, count), ("VIN",)),
            Column("f08", pick(rng, words.CAR_BRANDS, count)),
            Column("f09", [int(policies.premium[i]) for i in picked], ("PREMIUM",), MONEY),
            Column("f10", [str(policies.start[i]) for i in picked], sql="DATE"),
            Column("f11", [int(n) for n in rng.integers(0, 3, count)], sql="INTEGER"),
        ),
    )


def _trips(scene: Scene) -> Sheet:
    rng = scene.draw(MOTOR + 50)
    motor_policies = np.flatnonzero([line_of(p) == "车险" for p in scene.policies.product])
    picked = rng.choice(motor_policies, len(motor_policies) * 3)
    count = len(picked)
    places = zip(rng.uniform(22.5, 40.0, count), rng.uniform(104.0, 121.5, count), strict=True)
    return Sheet(
        "t02",
        (
            Column("f01", [scene.accounts.numbers[scene.policies.account[i]] for i in picked], ("CUSTOMER_NO",)),
            Column("f02", scene.moments(rng, count, 90)),
            Column("f03", [f"{lat:.5f},{lon:.5f}" for lat, lon in places], ("GEO",)),
            Column("f04", [int(n) for n in rng.integers(40, 100, count)], sql="INTEGER"),
            Column("f05", [round(float(n), 1) for n in rng.gamma(2, 9, count)], sql="REAL"),
        ),
    )
