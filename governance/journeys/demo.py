"""The demo: from nothing to a governed insurer. Every step is the journey that real work takes too.

Build twelve systems, declare them, scan them, let a steward approve a request, read for several roles and purposes,
train one model over three partners, seal the log and verify it offline.
"""

import csv
import os
import secrets
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from audit import export, verify_folder
from classification import catalogued, labels
from governance import register
from governance.demo import DemoRead, Insurer, Server, build_insurer, demo_reads, demo_request, waiting_requests
from governance.errors import AccessRefusedError
from governance.house import House
from governance.identity import Passwords, caller_for, list_people
from governance.journeys.access import Wish, approve, request_access
from governance.journeys.apply import apply_world
from governance.journeys.demo_story import MARK, DemoStory
from governance.journeys.identity import give_password
from governance.journeys.query import Answer, query
from governance.journeys.scan import scan_applied_source
from governance.journeys.scripts import check_file
from governance.journeys.sealing import wait_for_seal
from governance.journeys.sight import HOLDERS, Right
from governance.journeys.train import rehearse
from governance.world import resolve_url
from policies.scripts import load_library
from storage import read_only, unit_of_work

Tell = Callable[[str, str], None]
_PLAIN = {"raw", "aggregate"}


def run_demo(house: House, *, scale: int, tell: Tell, postgres_url: str | None = None) -> DemoStory:
    """Walk the whole journey once.

    Args:
        scale: customers of the invented insurer.
        tell: takes what is going on, in Chinese and English.
        postgres_url: where the hospital system goes, a password as `${NAME}`; None makes it a file.
    """
    began = time.monotonic()
    with unit_of_work(house.engine) as session:
        register.declare(session, MARK, {"scale": scale})
    tell("· 写出十二个业务系统的虚构数据", "· writing twelve systems of invented data")
    folder = house.settings.data_dir / "insurer"
    server = Server(postgres_url, resolve_url(postgres_url, os.environ, folder)) if postgres_url else None
    insurer = build_insurer(folder, scale=scale, postgres=server, as_of=house.clock().date())
    tell(
        "· 应用世界文件：数据源、人员、用途、授权、同意",
        "· applying the world file: sources, people, purposes, consents",
    )
    apply_world(house, "owner", insurer.world, allow_fixed_clock=True)
    passwords = _give_passwords(house)
    _scan(house, insurer, tell)
    tell("· 访问申请与审批，受控查询", "· an access request is approved; governed reads")
    reads = _reads(house, insurer)
    tell("· 检查销售话术", "· checking sales scripts")
    with insurer.talk.scripts.open(encoding="utf-8") as lines:
        checked = check_file(house, "owner", load_library(), lines)
    tell("· 三家机构联合训练，原始数据不出门", "· three partners train together, no record leaves home")
    trained = rehearse(house, "owner", insurer.job)
    tell("· 封存并离线核验存证日志", "· sealing the log and verifying it offline")
    document = {
        "seconds": 0.0,
        **_catalogue(house),
        "consents": _consents(insurer),
        "reads": _counts(reads),
        "scripts": checked,
        "federated": {"rounds": trained["rounds"], "metrics": trained["metrics"]},
        "audit": _verified(house),
    }
    document["seconds"] = round(time.monotonic() - began, 1)
    with unit_of_work(house.engine) as session:
        register.declare(session, MARK, {"scale": scale, "document": document, "reads": reads})
    return DemoStory(document, passwords, reads)


def _give_passwords(house: House) -> dict[str, str]:
    with read_only(house.engine) as session:
        people = list_people(session)
    given = {person.id: secrets.token_urlsafe(9) for person in people}
    hasher = Passwords()
    for person, password in given.items():
        give_password(house, "owner", person, password, hasher)
    return given


def _scan(house: House, insurer: Insurer, tell: Tell) -> None:
    rules = house.texts.rules(house.clock().date())
    for source in sorted(insurer.sources):
        tell(f"· 扫描分级 {source}", f"· scanning {source}")
        scan_applied_source(house, "owner", source, recognisers=rules, skip=insurer.unscanned)


def _reads(house: House, insurer: Insurer) -> list[dict[str, str]]:
    wish = demo_request()
    story = [_read(house, wish.before, expected="denied")]
    with read_only(house.engine) as session:
        asker = caller_for(session, wish.person, "as")
        others = [
            person.id
            for person in list_people(session)
            if set(HOLDERS[Right.DECIDE_REQUESTS]) & set(person.roles) and person.id != wish.approver
        ]
        stewards = [caller_for(session, person, "as") for person in (wish.approver, *others)]
    asked = request_access(house, asker, Wish(wish.dataset, wish.purpose, wish.forms, wish.days, wish.reason))
    for steward in stewards:  # what touches tier 4 needs two
        if asked.status == "pending":
            asked = approve(house, steward, asked.id, version=asked.version)
    story.append(_read(house, wish.after, expected=wish.after.kind))
    _leave_waiting(house)
    return story + [_read(house, read, expected=read.kind) for read in demo_reads(insurer.case)]


def _leave_waiting(house: House) -> None:
    """Ask for what stewards decide when they first open the console; a demo that goes on asks once."""
    with read_only(house.engine) as session:
        asked = {(one.requester, one.dataset) for one in register.list_requests(session, status="pending")}
    for one in waiting_requests():
        if (one.person, one.dataset) in asked:
            continue
        with read_only(house.engine) as session:
            caller = caller_for(session, one.person, "as")
        request_access(house, caller, Wish(one.dataset, one.purpose, one.forms, one.days, one.reason))


def _read(house: House, read: DemoRead, *, expected: str) -> dict[str, str]:
    """Make one read of the story; `outcome` is what really came of it."""
    with read_only(house.engine) as session:
        caller = caller_for(session, read.person, "as")
    row = {"person": read.person, "purpose": read.purpose, "zh": read.why_zh, "en": read.why_en, "expected": expected}
    try:
        answer = query(house, caller, read.sql, purpose=read.purpose, case=read.case)
    except AccessRefusedError as refused:
        outcome = "gap" if refused.outcome == "gap" else "denied"
        return {**row, "outcome": outcome, "said_zh": refused.detail("zh"), "said_en": refused.detail("en")}
    said = str(answer.result.rows)
    return {**row, "outcome": _kind(answer), "said_zh": f"{said} 行", "said_en": f"{said} rows"}


def _kind(answer: Answer) -> str:
    forms = {
        str(one["form"])
        for dataset in answer.recorded.body["datasets"]  # type: ignore[attr-defined]  # a list, made by recording
        for one in dataset["fields"]
    }
    return "allowed" if forms <= _PLAIN else "masked"


def _counts(reads: list[dict[str, str]]) -> dict[str, int]:
    found = Counter(read["outcome"] for read in reads)
    return {kind: found[kind] for kind in ("allowed", "masked", "denied", "gap")}


def _catalogue(house: House) -> dict[str, Any]:
    with read_only(house.engine) as session:
        sources = len(register.sources(session))
        listed = catalogued(session)
        tiers = Counter(str(int(label.tier)) for one in listed for label in labels(session, one.id))
    return {
        "sources": sources,
        "datasets": len(listed),
        "fields": sum(one.fields for one in listed),
        "tiers": {tier: tiers[tier] for tier in "12345"},
    }


def _consents(insurer: Insurer) -> Mapping[str, int]:
    with insurer.consents.open(encoding="utf-8", newline="") as file:
        found = Counter(row["status"] for row in csv.DictReader(file))
    return {"granted": found["granted"], "withdrawn": found["withdrawn"]}


def _verified(house: House) -> dict[str, Any]:
    wait_for_seal(house)
    with tempfile.TemporaryDirectory() as folder:
        exported = export(house.engine, Path(folder))
        verify_folder(Path(folder), str(house.notary.vkey))
    head = exported.head
    return {"entries": head.size, "checkpoint": f"{head.origin} {head.size} {head.root.hex()}", "verified": True}
