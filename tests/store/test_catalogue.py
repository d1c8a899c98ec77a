from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Engine

from classification.catalogue import catalogued, known_fingerprint, label_of, labels, record_scan, set_label
from classification.model import DatasetLabel, EntityShare, Label
from policies.vocabulary import LabelStatus, Tier
from storage import read_only, unit_of_work

PHONE = Label(
    field="f01",
    entity_types=("PHONE",),
    entities=(EntityShare("PHONE", 0.98, 0.99),),
    category="contact_phone",
    tier=Tier.CONFIDENTIAL,
    confidence=0.99,
    status=LabelStatus.AUTO,
    evidence=("98% of values are mobile numbers",),
)
FOUND = DatasetLabel(
    id="crm.people", rows=10, sampled=10, tier=Tier.CONFIDENTIAL, fields=(PHONE,), rules="insurance-v1"
)


def scan(engine: Engine, found: DatasetLabel, at: datetime) -> DatasetLabel:
    with unit_of_work(engine) as session:
        return record_scan(session, found, fingerprint="f1", at=at)


def test_a_label_comes_back_as_it_was_found(engine: Engine, now: datetime) -> None:
    scan(engine, FOUND, now)

    with read_only(engine) as session:
        assert labels(session, "crm.people") == (PHONE,)
        assert known_fingerprint(session, "crm.people") == ("f1", "insurance-v1")


def test_a_persons_decision_stands_against_a_later_scan(engine: Engine, now: datetime) -> None:
    scan(engine, FOUND, now)
    with unit_of_work(engine) as session:
        set_label(session, "crm.people", "f01", None, 1, decided_by="shen", at=now)
    scan(engine, FOUND, now + timedelta(days=1))

    with read_only(engine) as session:
        kept = label_of(session, "crm.people", "f01")
    assert kept is not None
    assert (kept.category, kept.tier, kept.status) == (None, Tier.PUBLIC, LabelStatus.OVERRIDDEN)


def test_a_tier_rises_by_a_scan_and_never_falls_by_one(engine: Engine, now: datetime) -> None:
    low = replace(FOUND, tier=Tier.INTERNAL, fields=(replace(PHONE, tier=Tier.INTERNAL, category="device_behaviour"),))
    scan(engine, low, now)
    risen = scan(engine, FOUND, now).fields[0]
    fallen = scan(engine, low, now).fields[0]

    assert (risen.tier, risen.status) == (Tier.CONFIDENTIAL, LabelStatus.AUTO)
    assert (fallen.tier, fallen.status, fallen.category) == (Tier.CONFIDENTIAL, LabelStatus.REVIEW, "contact_phone")


def test_a_column_that_is_gone_leaves_unless_a_person_decided_it(engine: Engine, now: datetime) -> None:
    scan(engine, replace(FOUND, fields=(PHONE, replace(PHONE, field="f02"))), now)
    with unit_of_work(engine) as session:
        set_label(session, "crm.people", "f02", "name", 3, decided_by="shen", at=now)
    scan(engine, replace(FOUND, fields=(replace(PHONE, field="f03"),)), now)

    with read_only(engine) as session:
        assert {label.field for label in labels(session, "crm.people")} == {"f02", "f03"}


def test_the_list_counts_what_waits_for_review(engine: Engine, now: datetime) -> None:
    scan(engine, replace(FOUND, fields=(PHONE, replace(PHONE, field="f02", status=LabelStatus.REVIEW))), now)

    with read_only(engine) as session:
        (one,) = catalogued(session)
    assert (one.id, one.fields, one.in_review, one.tier) == ("crm.people", 2, 1, Tier.CONFIDENTIAL)


def test_a_field_decided_before_any_scan_is_known(engine: Engine, now: datetime) -> None:
    with unit_of_work(engine) as session:
        set_label(session, "cars.owners", "plate", "vehicle_driving", 3, decided_by="world", at=now)

    with read_only(engine) as session:
        assert [one.id for one in catalogued(session)] == ["cars.owners"]
        assert label_of(session, "cars.owners", "nothing") is None
