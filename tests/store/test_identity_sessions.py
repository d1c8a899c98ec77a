from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from time import perf_counter

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine
from sqlmodel import select

from governance.identity import (
    Caller,
    CsrfRefusedError,
    Passwords,
    PasswordTooWeakError,
    SessionLimits,
    SignInBlockedError,
    SignInRefusedError,
    check_csrf,
    csrf_token,
    end_session,
    new_guest,
    open_session,
    put_person,
    session_caller,
    set_password,
    sign_in,
    touch,
)
from governance.identity.tables import SignInTrialRow
from storage import KeyRing, read_only, unit_of_work

LIMITS = SessionLimits()
CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
SECRET = "an invented password"


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    return Passwords(CHEAP)


@pytest.fixture
def house(engine: Engine, now: datetime, passwords: Passwords) -> Engine:
    with unit_of_work(engine) as session:
        put_person(session, "lin", name="林工", roles=[], now=now)
        set_password(session, "lin", SECRET, passwords=passwords)
    return engine


def who(engine: Engine, token: str, now: datetime, keys: KeyRing) -> Caller | None:
    with read_only(engine) as session:
        return session_caller(session, token, limits=LIMITS, now=now, keys=keys)[0]


def enter(engine: Engine, password: str, now: datetime, keys: KeyRing, passwords: Passwords, **more: str) -> str:
    name, client = more.get("name", "lin"), more.get("client", "192.0.2.1")
    return sign_in(engine, name, password, client=client, passwords=passwords, limits=LIMITS, now=now, keys=keys).token


def test_the_right_password_opens_a_session(house: Engine, now: datetime, keys: KeyRing, passwords: Passwords) -> None:
    caller = who(house, enter(house, SECRET, now, keys, passwords), now, keys)

    assert caller is not None
    assert (caller.person_id, caller.via) == ("lin", "session")


@pytest.mark.parametrize(("name", "password"), [("lin", "wrong password"), ("nobody", SECRET), ("\x00", SECRET)])
def test_wrong_and_unknown_get_the_same_answer(
    house: Engine, now: datetime, keys: KeyRing, passwords: Passwords, name: str, password: str
) -> None:
    with pytest.raises(SignInRefusedError) as refusal:
        enter(house, password, now, keys, passwords, name=name)

    assert str(refusal.value) == "name or password is wrong"


def test_unknown_and_wrong_cost_about_the_same(sqlite_engine: Engine, now: datetime, keys: KeyRing) -> None:
    passwords = Passwords(PasswordHasher(time_cost=4, memory_cost=16384, parallelism=1))
    with unit_of_work(sqlite_engine) as session:
        put_person(session, "lin", name="林工", roles=[], now=now)
        set_password(session, "lin", SECRET, passwords=passwords)

    def cost(name: str) -> float:
        begun = perf_counter()
        with pytest.raises(SignInRefusedError):
            enter(sqlite_engine, "wrong password", now, keys, passwords, name=name)
        return perf_counter() - begun

    known = min(cost("lin") for _ in range(4))
    unknown = min(cost("nobody") for _ in range(4))

    assert 0.4 < unknown / known < 2.5


def test_after_five_wrong_trials_the_name_waits_ever_longer(
    house: Engine, now: datetime, keys: KeyRing, passwords: Passwords
) -> None:
    waits = []
    at = now
    for _ in range(9):
        with pytest.raises(SignInRefusedError):
            enter(house, "wrong password", at, keys, passwords)
        try:
            enter(house, "wrong password", at, keys, passwords)
        except SignInBlockedError as block:
            waits.append(block.values["seconds"])
            at += timedelta(seconds=int(str(block.values["seconds"])))
        except SignInRefusedError:
            pass

    assert waits[:4] == [1, 2, 4, 8]


def test_a_blocked_name_is_refused_even_with_the_right_password(
    house: Engine, now: datetime, keys: KeyRing, passwords: Passwords
) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefusedError):
            enter(house, "wrong password", now, keys, passwords)

    with pytest.raises(SignInBlockedError):
        enter(house, SECRET, now, keys, passwords)
    assert enter(house, SECRET, now + timedelta(seconds=2), keys, passwords)


def test_unknown_names_are_blocked_like_known_ones(
    house: Engine, now: datetime, keys: KeyRing, passwords: Passwords
) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefusedError):
            enter(house, "wrong password", now, keys, passwords, name="nobody")

    with pytest.raises(SignInBlockedError):
        enter(house, "wrong password", now, keys, passwords, name="nobody")


def test_one_address_can_not_try_many_names(house: Engine, now: datetime, keys: KeyRing, passwords: Passwords) -> None:
    for number in range(20):
        with pytest.raises(SignInRefusedError):
            enter(house, "wrong password", now, keys, passwords, name=f"n{number}")

    with pytest.raises(SignInBlockedError):
        enter(house, SECRET, now, keys, passwords)
    assert enter(house, SECRET, now, keys, passwords, client="192.0.2.2")


def test_success_clears_the_name_but_not_the_address(
    house: Engine, now: datetime, keys: KeyRing, passwords: Passwords
) -> None:
    for number in range(19):
        with pytest.raises(SignInRefusedError):
            enter(house, "wrong password", now, keys, passwords, name=f"n{number}")
    enter(house, SECRET, now + timedelta(hours=1), keys, passwords)
    with pytest.raises(SignInRefusedError):
        enter(house, "wrong password", now, keys, passwords, name="n20")

    with pytest.raises(SignInBlockedError):
        enter(house, SECRET, now, keys, passwords)


def test_trials_made_at_once_are_all_counted(house: Engine, now: datetime, keys: KeyRing, passwords: Passwords) -> None:
    def trial(_: int) -> str:
        try:
            enter(house, "wrong password", now, keys, passwords)
        except SignInRefusedError as error:
            return type(error).__name__
        return "entered"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(trial, range(12)))

    assert answers.count("SignInRefusedError") == 5
    assert answers.count("SignInBlockedError") == 7


def test_names_and_addresses_of_trials_are_stored_only_as_hashes(
    house: Engine, now: datetime, keys: KeyRing, passwords: Passwords
) -> None:
    with pytest.raises(SignInRefusedError):
        enter(house, "wrong password", now, keys, passwords)
    with read_only(house) as session:
        rows = session.exec(select(SignInTrialRow)).all()

    assert len(rows) == 2
    assert all(len(bytes.fromhex(row.scope_hash)) == 32 for row in rows)


def test_somebody_who_left_can_not_sign_in(house: Engine, now: datetime, keys: KeyRing, passwords: Passwords) -> None:
    with unit_of_work(house) as session:
        put_person(session, "lin", name="林工", roles=[], now=now, is_active=False)

    with pytest.raises(SignInRefusedError):
        enter(house, SECRET, now, keys, passwords)


def test_a_short_password_is_refused(house: Engine, passwords: Passwords) -> None:
    with pytest.raises(PasswordTooWeakError), unit_of_work(house) as session:
        set_password(session, "lin", "short", passwords=passwords)


def test_a_new_password_ends_open_sessions(house: Engine, now: datetime, keys: KeyRing, passwords: Passwords) -> None:
    token = enter(house, SECRET, now, keys, passwords)
    with unit_of_work(house) as session:
        set_password(session, "lin", "another password", passwords=passwords)

    assert who(house, token, now, keys) is None


def test_a_session_ends_by_rest(house: Engine, now: datetime, keys: KeyRing) -> None:
    with unit_of_work(house) as session:
        token = open_session(session, "lin", limits=LIMITS, now=now, keys=keys).token

    assert who(house, token, now + timedelta(minutes=29), keys) is not None
    assert who(house, token, now + timedelta(minutes=30), keys) is None


def test_use_keeps_a_session_alive_but_not_beyond_its_span(house: Engine, now: datetime, keys: KeyRing) -> None:
    with unit_of_work(house) as session:
        token = open_session(session, "lin", limits=LIMITS, now=now, keys=keys).token
    at = now
    while at < now + LIMITS.lifetime:
        assert who(house, token, at, keys) is not None
        with unit_of_work(house) as session:
            touch(session, token, now=at, keys=keys)
        at += timedelta(minutes=20)

    assert who(house, token, now + LIMITS.lifetime, keys) is None


def test_rest_is_written_down_at_most_once_a_minute(house: Engine, now: datetime, keys: KeyRing) -> None:
    with unit_of_work(house) as session:
        token = open_session(session, "lin", limits=LIMITS, now=now, keys=keys).token
    with read_only(house) as session:
        soon = session_caller(session, token, limits=LIMITS, now=now + timedelta(seconds=59), keys=keys)
        later = session_caller(session, token, limits=LIMITS, now=now + timedelta(seconds=60), keys=keys)

    assert (soon[1], later[1]) == (False, True)


def test_sign_out_ends_the_session(house: Engine, now: datetime, keys: KeyRing) -> None:
    with unit_of_work(house) as session:
        token = open_session(session, "lin", limits=LIMITS, now=now, keys=keys).token
        end_session(session, token, now=now, keys=keys)

    assert who(house, token, now, keys) is None


@pytest.mark.parametrize("token", ["", "x", "\x00", "😀" * 100])
def test_an_invented_cookie_is_nobodys(house: Engine, now: datetime, keys: KeyRing, token: str) -> None:
    assert who(house, token, now, keys) is None


def test_a_form_token_fits_only_its_own_session(keys: KeyRing) -> None:
    mine, other = new_guest(), new_guest()
    check_csrf(keys, mine, csrf_token(keys, mine))

    for given in ("", csrf_token(keys, other), "é"):
        with pytest.raises(CsrfRefusedError):
            check_csrf(keys, mine, given)
    with pytest.raises(CsrfRefusedError):
        check_csrf(keys, "", csrf_token(keys, ""))
