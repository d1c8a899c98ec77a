from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, inspect

from governance.identity import (
    PersonUnknownError,
    RoleUnknownError,
    SessionLimits,
    caller_for,
    find_person,
    issue_token,
    lift_restriction,
    list_people,
    list_roles,
    list_tokens,
    open_session,
    put_person,
    put_role,
    restrict,
    revoke_token,
    session_caller,
    verify_token,
)
from governance.identity.tables import ServiceTokenRow
from storage import KeyRing, metadata, read_only, unit_of_work

HOUR = timedelta(hours=1)


@pytest.fixture
def house(engine: Engine, now: datetime) -> Engine:
    with unit_of_work(engine) as session:
        put_role(session, "actuary", ["pricing_study", "actuarial_statistics"])
        put_role(session, "steward", ["access_review"])
        put_person(session, "lin", name="林工", roles=["actuary"], now=now)
    return engine


def test_the_migration_makes_the_tables_the_code_uses(engine: Engine) -> None:
    found = inspect(engine)
    for name in ("person", "role", "role_holding", "service_token", "console_session", "sign_in_trial", "sign_on"):
        table = metadata().tables[name]

        assert {column["name"] for column in found.get_columns(name)} == set(table.columns.keys())
        assert {column["name"] for column in found.get_columns(name) if not column["nullable"]} == {
            column.name for column in table.columns if not column.nullable
        }
        assert {index["name"] for index in found.get_indexes(name) if not index.get("duplicates_constraint")} == {
            index.name for index in table.indexes
        }


def test_a_person_may_state_the_purposes_of_all_their_roles(house: Engine, now: datetime) -> None:
    with unit_of_work(house) as session:
        put_person(session, "lin", name="林工", roles=["actuary", "steward"], now=now)
    with read_only(house) as session:
        caller = caller_for(session, "lin", "as")

    assert caller.roles == ("actuary", "steward")
    assert caller.purposes == ("access_review", "actuarial_statistics", "pricing_study")


def test_putting_the_same_again_changes_nothing(house: Engine, now: datetime) -> None:
    with unit_of_work(house) as session:
        person = put_person(session, "lin", name="林工", roles=["actuary"], now=now + HOUR)
        role = put_role(session, "actuary", ["actuarial_statistics", "pricing_study"])

    assert (person, role) == ("same", "same")


def test_a_role_that_nobody_defined_is_refused(house: Engine, now: datetime) -> None:
    with pytest.raises(RoleUnknownError), unit_of_work(house) as session:
        put_person(session, "wu", name="吴", roles=["emperor"], now=now)


def test_an_unknown_person_is_refused(house: Engine) -> None:
    with read_only(house) as session, pytest.raises(PersonUnknownError):
        find_person(session, "nobody")


def test_a_role_given_twice_over_time_keeps_both_holdings(house: Engine, now: datetime) -> None:
    with unit_of_work(house) as session:
        put_person(session, "lin", name="林工", roles=[], now=now + HOUR)
        put_person(session, "lin", name="林工", roles=["actuary"], now=now + 2 * HOUR)
        person = find_person(session, "lin")

    assert person.roles == ("actuary",)
    assert person.session_epoch == 2


def test_people_and_roles_are_listed_by_id(house: Engine) -> None:
    with read_only(house) as session:
        assert [person.id for person in list_people(session)] == ["lin"]
        assert [role.id for role in list_roles(session)] == ["actuary", "steward"]


def test_a_restricted_person_loses_the_open_session_and_keeps_the_mark(
    house: Engine, now: datetime, keys: KeyRing
) -> None:
    with unit_of_work(house) as session:
        opened = open_session(session, "lin", limits=SessionLimits(), now=now, keys=keys)
        restrict(session, "lin", now + HOUR)
    with read_only(house) as session:
        caller, _ = session_caller(session, opened.token, limits=SessionLimits(), now=now, keys=keys)

        assert caller is None
        assert find_person(session, "lin").restricted_at == now + HOUR
    with unit_of_work(house) as session:
        assert lift_restriction(session, "lin").restricted_at is None


def test_a_token_stands_for_its_owner_until_it_expires(house: Engine, now: datetime, keys: KeyRing) -> None:
    with unit_of_work(house) as session:
        issued = issue_token(session, "lin", lifetime=HOUR, now=now, keys=keys)
    with read_only(house) as session:
        caller = verify_token(session, issued.token, now=now + HOUR - timedelta(seconds=1), keys=keys)

        assert caller is not None
        assert (caller.person_id, caller.via) == ("lin", "token")
        assert verify_token(session, issued.token, now=now + HOUR, keys=keys) is None


def test_a_token_is_stored_only_as_its_keyed_hash(house: Engine, now: datetime, keys: KeyRing) -> None:
    with unit_of_work(house) as session:
        issued = issue_token(session, "lin", lifetime=HOUR, now=now, keys=keys)
        row = session.get_one(ServiceTokenRow, issued.id)

    assert issued.token.startswith(f"mj_{row.prefix}")
    assert len(issued.token) == 3 + 8 + 43
    assert row.token_hash == keys.keyed_hash("service-token", issued.token.encode())
    assert issued.token not in repr(row)


@pytest.mark.parametrize("spoil", ["", "mj_", "Bearer x", "mj_" + "a" * 51, "\x00", "mj_😀"])
def test_a_token_of_another_form_is_nobodys(house: Engine, now: datetime, keys: KeyRing, spoil: str) -> None:
    with read_only(house) as session:
        assert verify_token(session, spoil, now=now, keys=keys) is None


def test_a_token_with_one_changed_letter_is_nobodys(house: Engine, now: datetime, keys: KeyRing) -> None:
    with unit_of_work(house) as session:
        token = issue_token(session, "lin", lifetime=HOUR, now=now, keys=keys).token
    with read_only(house) as session:
        for place in range(len(token)):
            other = "A" if token[place] != "A" else "B"
            assert verify_token(session, token[:place] + other + token[place + 1 :], now=now, keys=keys) is None


def test_a_token_under_another_master_key_is_nobodys(house: Engine, now: datetime, keys: KeyRing) -> None:
    with unit_of_work(house) as session:
        token = issue_token(session, "lin", lifetime=HOUR, now=now, keys=keys).token
    with read_only(house) as session:
        assert verify_token(session, token, now=now, keys=KeyRing(b"x" * 32, b"l" * 32)) is None


def test_a_revoked_token_is_nobodys_and_stays_listed(house: Engine, now: datetime, keys: KeyRing) -> None:
    with unit_of_work(house) as session:
        issued = issue_token(session, "lin", lifetime=HOUR, now=now, keys=keys)
        revoke_token(session, issued.id, now)
    with read_only(house) as session:
        assert verify_token(session, issued.token, now=now, keys=keys) is None
        assert [record.revoked_at for record in list_tokens(session, "lin")] == [now]


def test_a_token_of_somebody_who_left_is_nobodys(house: Engine, now: datetime, keys: KeyRing) -> None:
    with unit_of_work(house) as session:
        issued = issue_token(session, "lin", lifetime=HOUR, now=now, keys=keys)
        put_person(session, "lin", name="林工", roles=["actuary"], now=now, is_active=False)
    with read_only(house) as session:
        assert verify_token(session, issued.token, now=now, keys=keys) is None


def test_nobody_gets_a_token_for_an_unknown_person(house: Engine, now: datetime, keys: KeyRing) -> None:
    with pytest.raises(PersonUnknownError), unit_of_work(house) as session:
        issue_token(session, "nobody", lifetime=HOUR, now=now, keys=keys)
