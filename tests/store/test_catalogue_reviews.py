"""What people decide on fields is kept on both engines."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine

from classification.catalogue import catalogued
from classification.model import DatasetLabel
from classification.reviews import FieldFilter, decide_field, field_state, field_states, reviews_of
from policies.vocabulary import LabelStatus, Tier
from storage import read_only, unit_of_work
from tests.store.test_catalogue import FOUND, PHONE, scan


def test_a_decision_is_kept_with_what_was_before(engine: Engine, now: datetime) -> None:
    scan(engine, FOUND, now)
    for tier in (Tier.SENSITIVE, Tier.INTERNAL):
        with unit_of_work(engine) as session:
            state = field_state(session, "crm.people", "f01", lock=True)
            assert state is not None
            decide_field(
                session, state, category="name", tier=tier, person="shen", at=now, reason="seen", confirmed=False
            )
    with read_only(engine) as session:
        kept = reviews_of(session, "crm.people", "f01")
        listed = catalogued(session)

    assert [(one.tier_before, one.tier) for one in kept] in (
        [(Tier.SENSITIVE, Tier.INTERNAL), (Tier.CONFIDENTIAL, Tier.SENSITIVE)],
        [(Tier.CONFIDENTIAL, Tier.SENSITIVE), (Tier.SENSITIVE, Tier.INTERNAL)],
    )
    assert listed[0].tier == Tier.INTERNAL


def test_an_escalated_table_stays_up_when_its_fields_come_down(engine: Engine, now: datetime) -> None:
    scan(engine, replace(FOUND, tier=Tier.CRITICAL, reasons=("identity_with_health",)), now)
    with unit_of_work(engine) as session:
        state = field_state(session, "crm.people", "f01")
        assert state is not None
        decide_field(
            session, state, category=None, tier=Tier.PUBLIC, person="shen", at=now, reason="seen", confirmed=False
        )
    with read_only(engine) as session:
        assert catalogued(session)[0].tier == Tier.CRITICAL


def test_fields_are_found_by_each_filter(engine: Engine, now: datetime) -> None:
    other = replace(PHONE, field="f02", category=None, tier=Tier.PUBLIC, status=LabelStatus.REVIEW)
    scan(engine, replace(FOUND, fields=(PHONE, other)), now)
    scan(engine, DatasetLabel("crm_old.people", 10, 10, Tier.CONFIDENTIAL, (PHONE,), rules="insurance-v1"), now)
    with read_only(engine) as session:
        counts = [
            len(field_states(session, wanted))
            for wanted in (
                FieldFilter(),
                FieldFilter(source="crm"),
                FieldFilter(dataset="crm_old.people"),
                FieldFilter(status="review"),
                FieldFilter(category="none"),
                FieldFilter(category="contact_phone", tier=3),
                FieldFilter(tier=5),
            )
        ]

    assert counts == [3, 2, 1, 1, 1, 2, 0]
