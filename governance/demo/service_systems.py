"""Systems of service and money: claims, call centre, underwriting, payments, hospital settlement."""

# ruff: noqa: PLR2004 -- shares, sizes and hours of an invented story; a name for each would tell no more

import numpy as np

from governance.demo import health, identifiers, words
from governance.demo.dirt import blanked, muddied, phones_as_typed, pick
from governance.demo.facts import Scene
from governance.demo.people import ADULT_YEARS
from governance.demo.sheets import Column, Sheet, System
from governance.demo.talk import fill

CLAIMS, CALLS, UNDERWRITING, PAYMENTS, HOSPITAL = 21, 22, 23, 24, 25
MONEY = "DECIMAL(14,2)"


def claims(scene: Scene) -> System:
    """Claims: a SQLite file with declared types."""
    sheets = (_claims(scene), _documents(scene))
    return System("claims", "理赔系统", "Claims", "claims", "claims.db", "sqlite", sheets)


def callcentre(scene: Scene) -> System:
    """The call centre: Parquet files with the free text that agents typed."""
    sheets = (_calls(scene), _complaints(scene))
    return System("callcentre", "呼叫中心", "Call centre", "service", "callcentre", "parquet", sheets)


def underwriting(scene: Scene) -> System:
    """Underwriting: health declarations and decisions, Parquet files."""
    sheets = (_declarations(scene), _decisions(scene))
    return System("underwriting", "核保与健康告知", "Underwriting", "underwriting", "underwriting", "parquet", sheets)


def payments(scene: Scene) -> System:
    """The payment gateway: CSV exports with a byte order mark."""
    sheets = (_transactions(scene), _mandates(scene))
    return System("payments", "支付网关", "Payment gateway", "finance", "payments", "csv", sheets, encoding="utf-8-sig")


def hospital(scene: Scene) -> System:
    """Settlement with hospitals: a partner database."""
    sheets = (_settlements(scene), _institutions(scene))
    return System("hospital", "医院直付结算", "Hospital settlement", "partners", "hospital.db", "database", sheets)


def _claims(scene: Scene) -> Sheet:
    rng, told = scene.draw(CLAIMS), scene.claims
    policies = scene.policies
    count = len(told.numbers)
    lag = rng.integers(0, 30, count).astype("timedelta64[D]")
    account = policies.account[told.policy]
    return Sheet(
        "claims",
        (
            Column("claim_no", told.numbers, ("CLAIM_NO",)),
            Column("policy_no", [policies.numbers[i] for i in told.policy], ("POLICY_NO",)),
            Column("customer_no", [scene.accounts.numbers[i] for i in account], ("CUSTOMER_NO",)),
            Column("insured_name", [scene.people.names[policies.insured[i]] for i in told.policy], ("PERSON",)),
            Column("loss_on", [str(day) for day in told.reported - lag], sql="DATE"),
            Column("reported_on", [str(day) for day in told.reported], sql="DATE"),
            Column("cause", pick(rng, health.CAUSES, count, skew=0.3)),
            Column("diagnosis", blanked(rng, [health.DIAGNOSES[i][1] for i in told.illness], 0.08), ("MEDICAL",)),
            Column("hospital", [health.HOSPITALS[i] for i in told.hospital], ("HOSPITAL",)),
            Column("claim_amount", [int(n) for n in told.amount], ("CLAIM_AMOUNT",), MONEY),
            Column("paid_amount", [int(n) for n in told.paid], ("CLAIM_AMOUNT",), MONEY),
            Column("status", told.status),
            Column("handler_no", pick(rng, scene.agents.numbers, count), ("EMPLOYEE_NO",)),
        ),
    )


def _documents(scene: Scene) -> Sheet:
    rng, told = scene.draw(CLAIMS + 50), scene.claims
    picked = rng.integers(0, len(told.numbers), int(len(told.numbers) * 1.6))
    account = scene.policies.account[told.policy[picked]]
    return Sheet(
        "documents",
        (
            Column("claim_no", [told.numbers[i] for i in picked], ("CLAIM_NO",)),
            Column("customer_no", [scene.accounts.numbers[i] for i in account], ("CUSTOMER_NO",)),
            Column("kind", pick(rng, ("发票", "病历", "身份证明", "事故证明"), len(picked))),
            Column("ocr_text", fill(rng, scene, health.OCR_TEXTS, account), ("FREE_TEXT",)),
            Column("file_hash", identifiers.hex_texts(rng, len(picked), 32), ("HASH",)),
        ),
    )


def _calls(scene: Scene) -> Sheet:
    rng, accounts = scene.draw(CALLS), scene.accounts
    picked = rng.integers(0, accounts.size, max(40, accounts.size // 2))
    count = len(picked)
    return Sheet(
        "calls",
        (
            Column("call_id", [f"CALL{n:08d}" for n in range(count)]),
            Column("customer_no", [accounts.numbers[i] for i in picked], ("CUSTOMER_NO",)),
            Column("caller", phones_as_typed(rng, [accounts.phones[i] for i in picked]), ("PHONE",)),
            Column("agent_no", pick(rng, scene.agents.numbers, count), ("EMPLOYEE_NO",)),
            Column("started_at", scene.moments(rng, count, 180), sql="TIMESTAMP"),
            Column("seconds", [int(n) for n in rng.gamma(2, 120, count)], sql="INTEGER"),
            Column("note", muddied(rng, fill(rng, scene, health.CALL_NOTES, picked), 0.01), ("FREE_TEXT",)),
        ),
    )


def _complaints(scene: Scene) -> Sheet:
    rng, accounts = scene.draw(CALLS + 50), scene.accounts
    picked = rng.integers(0, accounts.size, max(10, accounts.size // 30))
    count = len(picked)
    return Sheet(
        "complaints",
        (
            Column("complaint_no", [f"TS{n:07d}" for n in range(count)]),
            Column("customer_no", [accounts.numbers[i] for i in picked], ("CUSTOMER_NO",)),
            Column("opened_on", scene.day(rng.integers(1, 200, count)), sql="DATE"),
            Column("content", fill(rng, scene, health.COMPLAINTS, picked), ("FREE_TEXT",)),
            Column("state", pick(rng, ("已办结", "处理中", "已受理"), count)),
        ),
    )


def _declarations(scene: Scene) -> Sheet:
    rng, people, policies = scene.draw(UNDERWRITING), scene.people, scene.policies
    picked = np.flatnonzero(policies.product < 9)
    who, count = policies.insured[picked], len(picked)
    return Sheet(
        "declarations",
        (
            Column("application_no", [f"AP{n:09d}" for n in range(count)]),
            Column("customer_no", [scene.accounts.numbers[policies.account[i]] for i in picked], ("CUSTOMER_NO",)),
            Column("insured_name", [people.names[i] for i in who], ("PERSON",)),
            Column("insured_birth", [str(people.births[i]) for i in who], ("DATE_OF_BIRTH",), "DATE"),
            Column("smoker", ["是" if n else "否" for n in rng.random(count) < 0.22], ("HEALTH_DECLARATION",)),
            Column("height_cm", [int(n) for n in rng.normal(167, 8, count)], ("HEALTH_DECLARATION",), "INTEGER"),
            Column("weight_kg", [int(n) for n in rng.normal(64, 11, count)], ("HEALTH_DECLARATION",), "INTEGER"),
            Column("disclosure", pick(rng, health.DISCLOSURES, count), ("HEALTH_DECLARATION",)),
            Column("family_history", pick(rng, health.FAMILY, count), ("HEALTH_DECLARATION",)),
        ),
    )


def _decisions(scene: Scene) -> Sheet:
    rng, policies, people = scene.draw(UNDERWRITING + 50), scene.policies, scene.people
    picked = np.flatnonzero(policies.product < 9)
    risk = people.risk[policies.insured[picked]]
    score = np.round(1 / (1 + np.exp(-risk)), 3)
    verdict = np.select([score > 0.93, score > 0.8], ["拒保", "加费承保"], "标准承保")
    return Sheet(
        "decisions",
        (
            Column("application_no", [f"AP{n:09d}" for n in range(len(picked))]),
            Column("customer_no", [scene.accounts.numbers[policies.account[i]] for i in picked], ("CUSTOMER_NO",)),
            Column("product_code", [words.PRODUCTS[policies.product[i]][0] for i in picked]),
            Column("risk_score", [float(n) for n in score], sql="REAL"),
            Column("decision", [str(word) for word in verdict]),
            Column("decided_on", scene.day(rng.integers(1, 1400, len(picked))), sql="DATE"),
        ),
    )


def _transactions(scene: Scene) -> Sheet:
    rng, people, policies = scene.draw(PAYMENTS), scene.people, scene.policies
    picked = rng.integers(0, len(policies.numbers), int(len(policies.numbers) * 1.5))
    account = policies.account[picked]
    who, count = scene.accounts.person[account], len(picked)
    return Sheet(
        "transactions",
        (
            Column("txn_no", [f"TX{n:010d}" for n in range(count)]),
            Column("customer_no", [scene.accounts.numbers[i] for i in account], ("CUSTOMER_NO",)),
            Column("policy_no", [policies.numbers[i] for i in picked], ("POLICY_NO",)),
            Column("card_no", blanked(rng, [people.cards[i] for i in who], 0.05), ("BANK_CARD",)),
            Column("holder", [people.names[i] for i in who], ("PERSON",)),
            Column("premium_paid", [int(policies.premium[i]) for i in picked], ("PREMIUM",), MONEY),
            Column("paid_at", scene.moments(rng, count, 1000)),
            Column("result", pick(rng, ("SUCCESS", "FAILED", "REFUND"), count, skew=2.2)),
            Column("client_ip", identifiers.addresses_of_machines(rng, count), ("IP",)),
        ),
    )


def _mandates(scene: Scene) -> Sheet:
    rng, people, accounts = scene.draw(PAYMENTS + 50), scene.people, scene.accounts
    grown = np.flatnonzero(people.ages[accounts.person] >= ADULT_YEARS)
    picked = grown[rng.random(len(grown)) < 0.3]
    who = accounts.person[picked]
    spaced = [" ".join(people.cards[i][k : k + 4] for k in range(0, 19, 4)) for i in who]
    return Sheet(
        "mandates",
        (
            Column("customer_no", [accounts.numbers[i] for i in picked], ("CUSTOMER_NO",)),
            Column("bank_account", spaced, ("BANK_CARD",)),
            Column("reserved_mobile", [people.phones[i] for i in who], ("PHONE",)),
            Column("signed_on", scene.day(rng.integers(10, 1500, len(picked))), sql="DATE"),
        ),
    )


def _settlements(scene: Scene) -> Sheet:
    rng, told, people = scene.draw(HOSPITAL), scene.claims, scene.people
    picked = np.flatnonzero(rng.random(len(told.numbers)) < 0.5)
    insured = scene.policies.insured[told.policy[picked]]
    account = scene.policies.account[told.policy[picked]]
    stay = rng.integers(1, 21, len(picked)).astype("timedelta64[D]")
    return Sheet(
        "settlements",
        (
            Column("settle_no", [f"HS{n:08d}" for n in range(len(picked))]),
            Column("claim_no", [told.numbers[i] for i in picked], ("CLAIM_NO",)),
            Column("customer_no", [scene.accounts.numbers[i] for i in account], ("CUSTOMER_NO",)),
            Column("patient_name", [people.names[i] for i in insured], ("PERSON",)),
            Column("patient_id", [people.ids[i] for i in insured], ("ID_CARD",)),
            Column("hospital", [health.HOSPITALS[told.hospital[i]] for i in picked], ("HOSPITAL",)),
            Column("department", pick(rng, health.DEPARTMENTS, len(picked))),
            Column("icd10", [health.DIAGNOSES[told.illness[i]][0] for i in picked], ("MEDICAL",)),
            Column("diagnosis", [health.DIAGNOSES[told.illness[i]][1] for i in picked], ("MEDICAL",)),
            Column("admitted_on", [str(day) for day in told.reported[picked] - stay], sql="DATE"),
            Column("total_cost", [int(told.amount[i]) for i in picked], ("CLAIM_AMOUNT",), MONEY),
        ),
    )


def _institutions(scene: Scene) -> Sheet:
    rng = scene.draw(HOSPITAL + 50)
    return Sheet(
        "institutions",
        (
            Column("hospital", list(health.HOSPITALS), ("ORGANIZATION",)),
            Column("uscc", identifiers.company_codes(rng, len(health.HOSPITALS)), ("USCC",)),
            Column("grade", pick(rng, ("三级甲等", "三级乙等", "二级甲等"), len(health.HOSPITALS))),
        ),
    )
