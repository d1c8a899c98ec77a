from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from classification.catalogue import set_label
from governance import register
from governance.errors import NotFoundError
from policies import Tier
from storage import read_only, unit_of_work
from tests.store.test_register import grant

COUNTED = ("catalogue_field", "policy_release", "register_dataset", "register_grant", "register_purpose")


class TakenBackError(Exception):
    pass


def change(session: Session, now: datetime, table: str) -> None:
    if table == "register_grant":
        register.put_grant(session, grant(now))
    elif table == "register_dataset":
        register.put_dataset(session, register.DatasetEntry("cars.owners", "cars", None, {}))
    elif table == "register_purpose":
        register.put_purpose(session, "study", {"id": "study"})
    elif table == "catalogue_field":
        set_label(session, "cars.owners", "city", "address", Tier.CONFIDENTIAL, decided_by="world", at=now)
    else:
        register.change_policy_release(session, register.PolicyRelease())
    session.flush()


def take_back(engine: Engine, now: datetime, table: str) -> None:
    with unit_of_work(engine) as session:
        change(session, now, table)
        raise TakenBackError


def sequence(engine: Engine) -> dict[str, int]:
    with read_only(engine) as session:
        return dict(register.policy_sequence(session))


def version(now: datetime, digest: str = "a" * 64) -> register.PolicyVersion:
    return register.PolicyVersion(
        digest=digest,
        name="mine",
        files={"set.yaml": "id: mine"},
        policies=1,
        tests=2,
        status="proposed",
        start={"share": 10},
        proposed_by="lin",
        proposed_at=now,
    )


def test_everything_that_decisions_rest_on_is_counted(engine: Engine) -> None:
    assert sequence(engine) == dict.fromkeys(COUNTED, 0)


@pytest.mark.parametrize("table", COUNTED)
def test_a_change_of_what_decisions_rest_on_is_counted_in_its_own_transaction(
    engine: Engine, now: datetime, table: str
) -> None:
    with pytest.raises(TakenBackError):
        take_back(engine, now, table)
    assert sequence(engine)[table] == 0
    with unit_of_work(engine) as session:
        change(session, now, table)

    assert sequence(engine)[table] > 0
    assert {name for name, value in sequence(engine).items() if value} == {table}


def test_a_statement_that_bypasses_the_program_is_counted_too(engine: Engine, now: datetime) -> None:
    with unit_of_work(engine) as session:
        register.put_grant(session, grant(now))
    before = sequence(engine)["register_grant"]
    with engine.begin() as connection:
        connection.execute(text("UPDATE register_grant SET revoked_at = created_at"))
    changed = sequence(engine)["register_grant"]
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM register_grant"))

    assert before < changed < sequence(engine)["register_grant"]


def test_until_something_is_published_the_shipped_version_decides(engine: Engine) -> None:
    with read_only(engine) as session:
        assert register.policy_release(session) == register.PolicyRelease(register.SHIPPED, None, None, {})


def test_a_release_is_kept_as_it_was_changed(engine: Engine) -> None:
    wanted = register.PolicyRelease("a" * 64, register.SHIPPED, "b" * 64, {"share": 10})
    with unit_of_work(engine) as session:
        register.change_policy_release(session, register.PolicyRelease())
        register.change_policy_release(session, wanted)

    with read_only(engine) as session:
        assert register.policy_release(session) == wanted


def test_a_version_is_kept_whole_and_carries_its_approval(engine: Engine, now: datetime) -> None:
    with unit_of_work(engine) as session:
        register.add_policy_version(session, version(now))
    with unit_of_work(engine) as session:
        approved = register.approve_policy_version(session, "a" * 64, "feng", now)

    with read_only(engine) as session:
        assert register.policy_version(session, "a" * 64) == approved
    assert (approved.status, approved.approved_by, approved.files) == ("approved", "feng", {"set.yaml": "id: mine"})


def test_the_newest_proposal_stands_first(engine: Engine, now: datetime) -> None:
    with unit_of_work(engine) as session:
        register.add_policy_version(session, version(now))
        register.add_policy_version(session, version(now + timedelta(seconds=1), "b" * 64))

    with read_only(engine) as session:
        assert [one.digest[0] for one in register.list_policy_versions(session)] == ["b", "a"]


def test_an_unknown_version_is_not_found(engine: Engine, now: datetime) -> None:
    with read_only(engine) as session, pytest.raises(NotFoundError):
        register.policy_version(session, "c" * 64)
    with unit_of_work(engine) as session, pytest.raises(NotFoundError):
        register.approve_policy_version(session, "c" * 64, "feng", now)
