"""A small service desk: forty invented people in two tables, an agent and an analyst; shared by tests of programs."""

import sqlite3
from pathlib import Path

WORLD = """\
world: desk
sources: [{id: desk, title: {zh: 柜面, en: Desk}, url: "sqlite:///desk.db", owner: desk}]
datasets:
  - id: desk.customers
    subject: customer_no
    meta: {subject: applicant}
    fields:
      customer_no: {category: policy_contract, tier: 2}
      name: {category: name, tier: 3}
      phone: {category: contact_phone, tier: 3}
      id_no: {category: gov_id, tier: 3}
      city: {category: address, tier: 2}
      income: {category: occupation_income, tier: 3}
  - id: desk.policies
    subject: customer_no
    meta: {subject: applicant}
    fields:
      policy_no: {category: policy_contract, tier: 2}
      customer_no: {category: policy_contract, tier: 2}
      product: {category: policy_contract, tier: 2}
      premium: {category: payment_txn, tier: 2}
people:
  - {id: zhou, name: 周客服, roles: [agent]}
  - {id: lin, name: 林分析, roles: [analyst]}
  - {id: wu, name: 吴管家, roles: [steward]}
roles:
  agent: {purposes: [care, outreach, policy_service]}
  analyst: {purposes: [study]}
purposes:
  - {id: care, title: {zh: 客户服务, en: Customer care}, basis: contract, min_cell: 5}
  - {id: outreach, title: {zh: 回访, en: Outreach}, basis: consent, consent: general, min_cell: 5}
  - {id: study, title: {zh: 研究, en: Study}, basis: contract, min_cell: 5}
notices: [{purpose: outreach, version: "1", text_file: outreach.md, current: true}]
grants:
  - role: agent
    purpose: care
    dataset: desk.customers
    fields: {customer_no: raw, name: raw, phone: "mask:keep_ends(3,4)", id_no: "mask:keep_last(4)", income: aggregate}
  - role: agent
    purpose: care
    dataset: desk.policies
    fields: {policy_no: raw, customer_no: raw, product: raw, premium: raw}
  - role: agent
    purpose: outreach
    dataset: desk.customers
    fields: {customer_no: raw, name: raw, phone: "mask:keep_ends(3,4)"}
  - role: agent
    purpose: policy_service
    dataset: desk.customers
    fields: {customer_no: raw, name: raw, phone: raw}
  - role: agent
    purpose: policy_service
    dataset: desk.policies
    fields: {policy_no: raw, customer_no: raw, product: raw}
  - role: analyst
    purpose: study
    dataset: desk.customers
    fields: {customer_no: token, phone: token, city: raw, income: aggregate}
  - role: analyst
    purpose: study
    dataset: desk.policies
    fields: {customer_no: token, premium: raw}
consents: {file: consents.csv}
"""
PEOPLE = 40
SHARED_PHONE = "13900000038"  # of the last two people


def customer(number: int) -> str:
    """Give a customer number."""
    return f"K{number:05d}"


def phone(number: int) -> str:
    """Give a customer's phone number; the last two people share one."""
    return SHARED_PHONE if number >= PEOPLE - 2 else f"139{number:08d}"


def lay_out_desk(folder: Path) -> Path:
    """Write the world with its tables and consents; give its path."""
    folder.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(folder / "desk.db") as database:
        database.execute(
            "CREATE TABLE customers (customer_no TEXT, name TEXT, phone TEXT, id_no TEXT, city TEXT, income INTEGER)"
        )
        database.execute("CREATE TABLE policies (policy_no TEXT, customer_no TEXT, product TEXT, premium REAL)")
        database.executemany(
            "INSERT INTO customers VALUES (?, ?, ?, ?, ?, ?)",
            [(customer(n), f"某{n}", phone(n), f"000000{n:011d}X", f"城{n % 3}", 1000 * n) for n in range(PEOPLE)],
        )
        database.executemany(
            "INSERT INTO policies VALUES (?, ?, ?, ?)",
            [(f"B{n:04d}-{m}", customer(n), f"险种{m}", 100.5 * n) for n in range(PEOPLE) for m in range(2)],
        )
    database.close()
    (folder / "outreach.md").write_text("为回访使用联系方式。\n", encoding="utf-8")
    lines = ["subject_id,purpose,status,notice_version,at,expires_at,evidence"]
    lines += [f"{customer(n)},outreach,granted,1,2026-01-10T10:00:00+08:00,,form" for n in (1, 2, 3, 38)]
    (folder / "consents.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    world = folder / "world.yaml"
    world.write_text(WORLD, encoding="utf-8")
    return world
