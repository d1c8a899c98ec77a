import csv
import hashlib
import json
import re
import sqlite3
from pathlib import Path

import duckdb
import pytest
import yaml

from governance.demo import AS_OF, Insurer, build_insurer, demo_reads, demo_request, waiting_requests
from governance.demo.identifiers import is_identity_number
from governance.sources import SourceSpec, open_source
from governance.world.reading import read_world
from policies import DatasetFact, check_grant, load_policies, parse_form
from policies.facts import FieldFact, GrantFact
from policies.vocabulary import HolderKind, Tier

SCALE = 300
# Category of each entity type, as the outward interface fixes it.
CATEGORY = {
    "PERSON": "name", "ID_CARD": "gov_id", "PHONE": "contact_phone", "PHONE_MASKED": "contact_phone",
    "EMAIL": "contact_email", "WECHAT": "contact_email", "QQ": "contact_email", "ADDRESS": "address",
    "DATE_OF_BIRTH": "demographics", "GENDER": "demographics", "MARITAL_STATUS": "demographics",
    "SCHOOL": "demographics", "OCCUPATION": "occupation_income", "INCOME": "occupation_income",
    "POLICY_NO": "policy_contract", "SUM_INSURED": "policy_contract", "CUSTOMER_NO": "policy_contract",
    "PREMIUM": "payment_txn", "BANK_CARD": "payment_account", "CLAIM_NO": "claims_record",
    "CLAIM_AMOUNT": "claims_record", "MEDICAL": "medical_record", "HOSPITAL": "medical_record",
    "HEALTH_DECLARATION": "health_disclosure", "PLATE": "vehicle_driving", "VIN": "vehicle_driving",
    "IP": "device_behaviour", "MAC": "device_behaviour", "IMEI": "device_behaviour", "URL": "device_behaviour",
    "HASH": "device_behaviour", "GEO": "location_trace", "RELATIONSHIP": "relationship",
    "AUTH_SECRET": "auth_secret", "EMPLOYEE_NO": "staff_data", "LICENSE_NO": "staff_data",
    "FREE_TEXT": "conversation", "USCC": None, "ORGANIZATION": None, "NONE": None,
}  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Insurer:
    return build_insurer(tmp_path_factory.mktemp("insurer"), scale=SCALE)


def test_the_same_seed_scale_and_day_give_the_same_bytes(built: Insurer, tmp_path: Path) -> None:
    again = build_insurer(tmp_path, scale=SCALE)

    assert _digests(again.folder) == _digests(built.folder)


def test_databases_of_two_builds_hold_the_same_rows(built: Insurer, tmp_path: Path) -> None:
    again = build_insurer(tmp_path, scale=SCALE)

    assert _contents(again.folder) == _contents(built.folder)


def test_another_seed_gives_other_people(built: Insurer, tmp_path: Path) -> None:
    other = build_insurer(tmp_path, scale=SCALE, seed=8)

    assert _contents(other.folder) != _contents(built.folder)


def test_twelve_systems_open_through_their_own_readers(built: Insurer) -> None:
    found = {}
    for source_id, url in built.sources.items():
        source = open_source(SourceSpec(source_id, url, built.folder))
        for ref in source.datasets():
            found[f"{source_id}.{ref.table}"] = source.read(ref.name).num_rows
        source.close()

    assert len(built.sources) == 12
    assert found == built.rows


def test_declared_types_of_sqlite_are_real_ones(built: Insurer) -> None:
    source = open_source(SourceSpec("core", built.sources["core"], built.folder))
    types = {column.name: column.declared_type.upper() for column in source.columns("policies")}
    source.close()

    assert types["start_on"].startswith("DATE")
    assert types["premium"].startswith("DECIMAL")


def test_identity_numbers_pass_their_check_and_name_no_county(built: Insurer) -> None:
    numbers = [
        str(number) for (number,) in _rows(built, "core.db", "SELECT beneficiary_id_no FROM beneficiaries") if number
    ]
    clean = [number for number in numbers if re.fullmatch(r"[0-9]{17}[0-9X]", number)]

    assert len(clean) > len(numbers) * 0.8
    assert all(is_identity_number(number) and number[2:6] == "0199" for number in clean)


def test_phones_carry_the_mark_of_synthetic_numbers(built: Insurer) -> None:
    phones = [
        str(phone) for (phone,) in _rows(built, "agency.db", "SELECT sjh FROM dlrxx UNION ALL SELECT sjh FROM khxx")
    ]
    clean = [phone for phone in phones if re.fullmatch(r"1[0-9]{10}", phone)]

    assert len(clean) > len(phones) * 0.8
    assert all(phone[3:7] == "0000" for phone in clean)


def test_bank_cards_pass_luhn_under_the_invented_issuer(built: Insurer) -> None:
    cards = [row["card_no"] for row in _csv(built, "payments/transactions.csv", "utf-8-sig") if row["card_no"]]

    assert all(card.startswith("629999") and _luhn(card) for card in cards)


def test_every_mail_address_lies_in_the_example_domain(built: Insurer) -> None:
    mails = [row["mail"] for row in _csv(built, "campaign/leads_new.csv", "utf-8")]

    assert mails
    assert all(mail.endswith(".example") for mail in mails)


def test_about_two_in_five_customer_numbers_are_duplicates(built: Insurer) -> None:
    assert 0.3 <= built.duplicates <= 0.5
    assert built.people == SCALE


def test_some_values_are_dirty_and_some_missing(built: Insurer) -> None:
    phones = [row[0] for row in _rows(built, "core.db", "SELECT mobile FROM customers")]

    assert any(phone is None for phone in phones)
    assert any(phone and not phone.isascii() for phone in phones)
    assert any(phone and " " in phone for phone in phones)


def test_juniors_are_under_fourteen(built: Insurer) -> None:
    births = [row["child_birth"] for row in _csv(built, "web/juniors.csv", "gb18030")]

    assert births
    assert all(birth > f"{AS_OF.year - 14}-{AS_OF.month:02d}-{AS_OF.day:02d}" for birth in births)


def test_consents_are_well_formed_and_in_order_of_time(built: Insurer) -> None:
    with built.consents.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    assert len(rows) == built.consent_records
    assert {row["status"] for row in rows} == {"granted", "withdrawn"}
    assert {row["kind"] for row in rows} >= {"general", "separate", "guardian"}
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    assert all(row["at"] < str(AS_OF) for row in rows)
    assert any(row["expires_at"] and row["expires_at"] < str(AS_OF) for row in rows)
    assert {row["notice_version"] for row in rows} == {"2026-1", "2025-1"}


def test_every_withdrawal_follows_a_grant_of_the_same_person_and_purpose(built: Insurer) -> None:
    seen = set()
    with built.consents.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            key = (row["subject_id"], row["purpose"])
            assert row["status"] == "granted" or key in seen
            seen.add(key)


def test_the_world_file_holds_in_every_point(built: Insurer) -> None:
    world = read_world(built.world, {})

    assert len(world.sources) == 12
    assert {person.id for person in world.people} >= {
        "lin",
        "qian",
        "sun",
        "zhao",
        "zhou",
        "wu",
        "zheng",
        "feng",
        "wang",
    }
    assert {
        "world",
        "sources",
        "datasets",
        "people",
        "roles",
        "notices",
        "grants",
        "consents",
        "partners",
        "contacts",
    } <= set(yaml.safe_load(built.world.read_text(encoding="utf-8")))


def test_the_clock_stands_in_the_world_only_when_asked_for(built: Insurer, tmp_path: Path) -> None:
    fixed = build_insurer(tmp_path, scale=SCALE, fixed_clock=True)

    assert "clock" not in yaml.safe_load(built.world.read_text(encoding="utf-8"))
    assert read_world(fixed.world, {}, allow_fixed_clock=True).clock is not None


def test_no_grant_asks_for_more_than_the_shipped_purposes_allow(built: Insurer) -> None:
    book, truth = load_policies(), json.loads(built.truth.read_text(encoding="utf-8"))
    world = read_world(built.world, {})
    declared = {dataset.id: dataset for dataset in world.datasets}
    found = {}
    for grant in world.grants:
        dataset = declared[grant.dataset]
        labels = {
            name.removeprefix(f"{grant.dataset}."): types
            for name, types in truth.items()
            if name.startswith(f"{grant.dataset}.")
        }
        assert set(grant.forms) <= set(labels), grant.dataset
        fields = {name: _fact(name, types, dataset.fields.get(name)) for name, types in labels.items()}
        forms = {name: parse_form(form) for name, form in grant.forms.items()}
        fact = GrantFact("g", HolderKind.ROLE, grant.holder, grant.purpose, grant.dataset, forms, grant.expires_at)
        found[grant.holder, grant.dataset] = check_grant(
            book, fact, DatasetFact(grant.dataset, fields, dataset.subject, dataset.meta)
        )

    assert {key: reasons for key, reasons in found.items() if reasons} == {}


def test_truth_lies_outside_what_a_scan_sees(built: Insurer) -> None:
    assert (built.folder / "sources") not in built.truth.parents
    assert not list((built.folder / "sources").rglob("*.json"))


def test_truth_names_every_column_of_every_dataset(built: Insurer) -> None:
    truth = json.loads(built.truth.read_text(encoding="utf-8"))

    assert {name.rpartition(".")[0] for name in truth} == set(built.rows)
    assert {kind for kinds in truth.values() for kind in kinds} <= set(CATEGORY)


def test_scripts_have_an_answer_each_and_violations_of_every_category(built: Insurer) -> None:
    lines = [json.loads(line) for line in built.talk.scripts.read_text(encoding="utf-8").splitlines()]
    known = json.loads((built.folder / "answers" / "scripts.json").read_text(encoding="utf-8"))

    assert {line["id"] for line in lines} == set(known["scripts"])
    assert len({category for found in known["scripts"].values() for category in found}) == 29


def test_access_events_are_in_order_and_hold_the_known_attacks(built: Insurer) -> None:
    events = [json.loads(line) for line in built.access.events.read_text(encoding="utf-8").splitlines()]
    attacks = json.loads(built.access.answers.read_text(encoding="utf-8"))
    ids = {event["id"] for event in events}

    assert [event["ts"] for event in events] == sorted(event["ts"] for event in events)
    assert set(attacks) == {"bulk_export", "enumeration", "canary", "denied_burst", "odd_hours_new_network"}
    assert all(found and set(found) <= ids for found in attacks.values())


def test_three_uneven_partners_share_the_columns_of_the_test_set(built: Insurer) -> None:
    job = yaml.safe_load(built.job.read_text(encoding="utf-8"))
    files = [built.job.parent / partner["data"] for partner in job["partners"]]
    heads = {path.read_text(encoding="utf-8").splitlines()[0] for path in [*files, built.job.parent / "test.csv"]}
    sizes = [len(path.read_text(encoding="utf-8").splitlines()) for path in files]

    assert len(heads) == 1
    assert sizes[0] > sizes[1] > sizes[2]


def test_the_story_has_every_kind_of_outcome(built: Insurer) -> None:
    world = read_world(built.world, {})
    people = {person.id for person in world.people}
    reads = demo_reads(built.case)

    assert {read.kind for read in reads} == {"allowed", "masked", "denied", "gap"}
    assert {read.person for read in reads} <= people


def test_what_waits_for_the_stewards_is_asked_by_people_of_the_house_about_its_own_systems(built: Insurer) -> None:
    world = read_world(built.world, {})

    assert {one.person for one in waiting_requests()} <= {person.id for person in world.people}
    assert {one.dataset.partition(".")[0] for one in waiting_requests()} <= {one.id for one in world.sources}


def test_the_requested_access_is_granted_to_nobody_yet(built: Insurer) -> None:
    request = demo_request()

    assert all(
        (grant.purpose, grant.dataset) != (request.purpose, request.dataset)
        for grant in read_world(built.world, {}).grants
    )


def _fact(name: str, types: list[str], decided: object) -> FieldFact:
    category = getattr(decided, "category", None) if decided is not None else CATEGORY[types[0]]
    return FieldFact(name, category, Tier.SENSITIVE if category else Tier.PUBLIC)


def _luhn(card: str) -> bool:
    digits = [int(sign) for sign in reversed(card)]
    return (sum(digits[::2]) + sum(sum(divmod(digit * 2, 10)) for digit in digits[1::2])) % 10 == 0


def _rows(built: Insurer, file: str, query: str) -> list[tuple[str | None, ...]]:
    connection = sqlite3.connect(built.folder / "sources" / file)
    rows = connection.execute(query).fetchall()
    connection.close()
    return rows


def _csv(built: Insurer, file: str, encoding: str) -> list[dict[str, str]]:
    with (built.folder / "sources" / file).open(encoding=encoding, newline="") as stream:
        return list(csv.DictReader(stream))


def _digests(folder: Path) -> dict[str, str]:
    kept = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix not in {".db", ".duckdb"}]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in kept}


def _contents(folder: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    for path in sorted((folder / "sources").glob("*.db")):
        connection = sqlite3.connect(path)
        found[path.name] = list(connection.iterdump())
        connection.close()
    with duckdb.connect(str(folder / "sources" / "crm.duckdb"), read_only=True) as connection:
        found["crm"] = connection.execute("SELECT * FROM customers").fetchall()
    return found
