"""`build_insurer`: write the whole invented insurer into a folder.

Guarantee: text, CSV, JSON and Parquet files are the same byte for byte for the same seed, scale and day; databases
have the same content.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from governance.demo import customer_systems, policy_systems, service_systems
from governance.demo.access import Access, write_access
from governance.demo.consents import CONTACT_HEADER, HEADER, Record, consent_records, contact_records
from governance.demo.facts import Scene, hire_agents, report_claims, sell_policies
from governance.demo.people import invent_people, open_accounts
from governance.demo.reads import StoryCase
from governance.demo.scripts import Talk, write_talk
from governance.demo.sheets import System
from governance.demo.training import write_training
from governance.demo.world_file import Written, write_world
from governance.demo.writers import Server, write_csv, write_system

AS_OF = date(2026, 3, 1)
UNSCANNED = ("campaign.leads_new",)
_LEAST_SCALE = 100
_SYSTEMS: tuple[Callable[[Scene], System], ...] = (
    policy_systems.core,
    service_systems.claims,
    customer_systems.crm,
    customer_systems.app,
    customer_systems.web,
    service_systems.callcentre,
    policy_systems.agency,
    service_systems.payments,
    service_systems.underwriting,
    policy_systems.motor,
    customer_systems.campaign,
    service_systems.hospital,
)


@dataclass(frozen=True, slots=True)
class Insurer:
    """What was built, and where it lies.

    Args:
        folder: holds everything; `sources` below it is all that a scan should see.
        truth: JSON from `dataset.column` to the expected entity types, the primary first.
        rows: rows by dataset id.
        duplicates: share of customer numbers that belong to a person who has another one already.
        unscanned: datasets that the story leaves out of the scan, so that reading them is a gap.
        case: the claim that the story follows.
        job: the federated job file.
    """

    folder: Path
    world: Path
    truth: Path
    consents: Path
    contacts: Path
    sources: dict[str, str]
    rows: dict[str, int]
    people: int
    customers: int
    duplicates: float
    consent_records: int
    talk: Talk
    access: Access
    job: Path
    unscanned: tuple[str, ...]
    case: StoryCase


def build_insurer(
    folder: Path,
    *,
    scale: int = 20_000,
    seed: int = 7,
    postgres: Server | None = None,
    as_of: date = AS_OF,
    fixed_clock: bool = False,
) -> Insurer:
    """Build the demo insurer.

    Args:
        folder: is made if need be; files of an earlier build are replaced.
        scale: how many people are customers; fewer than 100 count as 100.
        seed: chooses the invented people and everything they do.
        postgres: where the hospital settlement system goes; None makes it a SQLite file.
        as_of: the data's day; everything lies before it.
        fixed_clock: state the clock in the world file.
    """
    scale = max(scale, _LEAST_SCALE)
    sources = folder / "sources"
    sources.mkdir(parents=True, exist_ok=True)
    scene = _scene(scale, seed, as_of)
    systems = [make(scene) for make in _SYSTEMS]
    written = tuple(Written(system, write_system(system, sources, postgres)) for system in systems)
    consents, contacts = consent_records(scene), contact_records(scene)
    write_csv(folder / "consents.csv", HEADER, consents)
    write_csv(folder / "contact-history.csv", CONTACT_HEADER, contacts)
    return Insurer(
        folder=folder,
        world=write_world(folder, written, as_of, fixed_clock=fixed_clock),
        truth=_write_truth(folder / "answers" / "truth.json", systems),
        consents=folder / "consents.csv",
        contacts=folder / "contact-history.csv",
        sources={item.system.id: item.url for item in written},
        rows={f"{system.id}.{sheet.name}": sheet.rows for system in systems for sheet in system.sheets},
        people=scene.people.size,
        customers=scene.accounts.size,
        duplicates=1 - scene.people.size / scene.accounts.size,
        consent_records=len(consents),
        talk=write_talk(folder / "talk", folder / "answers"),
        access=write_access(folder / "monitoring", seed, scale, as_of),
        job=write_training(folder / "federated", scale, seed, as_of.year),
        unscanned=UNSCANNED,
        case=_story_case(scene, consents),
    )


def _scene(scale: int, seed: int, as_of: date) -> Scene:
    people = invent_people(np.random.default_rng([seed, 1]), scale, as_of)
    accounts = open_accounts(np.random.default_rng([seed, 2]), people, as_of)
    agents = hire_agents(np.random.default_rng([seed, 3]), max(12, scale // 100), as_of)
    policies = sell_policies(np.random.default_rng([seed, 4]), people, accounts, agents, as_of)
    claims = report_claims(np.random.default_rng([seed, 5]), people, policies, as_of)
    return Scene(seed, as_of, people, accounts, agents, policies, claims)


def _story_case(scene: Scene, consents: list[Record]) -> StoryCase:
    """Give the first claim whose customer agreed to claims handling and did not take it back."""
    state = {record[0]: record[2] for record in consents if record[1] == "claims"}
    told = zip(scene.claims.numbers, scene.claims.policy.tolist(), strict=True)
    cases = (
        StoryCase(number, scene.policies.numbers[policy], scene.accounts.numbers[scene.policies.account[policy]])
        for number, policy in told
    )
    return next(case for case in cases if state.get(case.customer_no) == "granted")


def _write_truth(path: Path, systems: list[System]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    truth = {
        f"{system.id}.{sheet.name}.{column.name}": list(column.truth)
        for system in systems
        for sheet in system.sheets
        for column in sheet.columns
    }
    path.write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    return path
