from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from joserfc.jwk import RSAKey
from sqlalchemy import Engine

from governance.identity import SingleSignOnError, put_person
from governance.identity.oidc import Departure, Provider, SignOn, person_of
from storage import KeyRing, read_only, unit_of_work
from tests.store.oidc_provider import CLIENT, CLIENT_SECRET, ProviderSimulator, serve

CALLBACK = "http://127.0.0.1:8600/auth/callback"


@pytest.fixture
def simulator(now: datetime) -> Iterator[ProviderSimulator]:
    simulator = ProviderSimulator(now)
    with serve(simulator.app) as address:
        simulator.issuer = address
        yield simulator


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=10) as client:
        yield client


def client_of(simulator: ProviderSimulator, http: httpx.Client, keys: KeyRing, claim: str = "sub") -> SignOn:
    return SignOn(Provider(simulator.issuer, CLIENT, CLIENT_SECRET, CALLBACK, claim), http, keys)


def begin(sign_on: SignOn, engine: Engine, now: datetime) -> Departure:
    with unit_of_work(engine) as session:
        return sign_on.begin(session, now=now)


def round_trip(sign_on: SignOn, simulator: ProviderSimulator, engine: Engine, now: datetime) -> str:
    leaving = begin(sign_on, engine, now)
    back = simulator.visit(leaving.url)
    with unit_of_work(engine) as session:
        sign_on.spend_state(session, returned=back["state"], remembered=leaving.state, now=now)
    return sign_on.claim(code=back["code"], state=back["state"], now=now)


def test_the_subject_is_mapped_to_the_person_of_that_id(
    engine: Engine, now: datetime, keys: KeyRing, simulator: ProviderSimulator, http: httpx.Client
) -> None:
    with unit_of_work(engine) as session:
        put_person(session, "lin", name="林工", roles=[], now=now)
    claim = round_trip(client_of(simulator, http, keys), simulator, engine, now)
    with read_only(engine) as session:
        assert person_of(session, claim).id == "lin"


def test_a_confirmed_address_is_mapped_by_the_external_id(
    sqlite_engine: Engine, now: datetime, keys: KeyRing, simulator: ProviderSimulator, http: httpx.Client
) -> None:
    with unit_of_work(sqlite_engine) as session:
        put_person(session, "lin", name="林工", roles=[], now=now, external_id="lin@insurer.example")
    claim = round_trip(client_of(simulator, http, keys, "email"), simulator, sqlite_engine, now)
    with read_only(sqlite_engine) as session:
        assert person_of(session, claim).id == "lin"


@pytest.mark.parametrize(
    "spoil",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "somebody-else"},
        {"aud": [CLIENT, "somebody-else"]},
        {"iss": "https://other.example"},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"azp": "somebody-else"},
    ],
    ids=str,
)
def test_a_token_that_lies_is_refused(
    sqlite_engine: Engine,
    now: datetime,
    keys: KeyRing,
    simulator: ProviderSimulator,
    http: httpx.Client,
    spoil: dict[str, Any],
) -> None:
    simulator.spoil = spoil

    with pytest.raises(SingleSignOnError, match="failed its checks"):
        round_trip(client_of(simulator, http, keys), simulator, sqlite_engine, now)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_without_an_asymmetric_signature_is_refused(
    sqlite_engine: Engine,
    now: datetime,
    keys: KeyRing,
    simulator: ProviderSimulator,
    http: httpx.Client,
    algorithm: str,
) -> None:
    simulator.algorithm = algorithm

    with pytest.raises(SingleSignOnError, match="failed its checks"):
        round_trip(client_of(simulator, http, keys), simulator, sqlite_engine, now)


def test_a_token_signed_by_another_key_is_refused(
    sqlite_engine: Engine, now: datetime, keys: KeyRing, simulator: ProviderSimulator, http: httpx.Client
) -> None:
    sign_on = client_of(simulator, http, keys)
    published = simulator.keys()
    simulator.key = RSAKey.generate_key(2048, parameters={"kid": "k1"})
    http.event_hooks = {"response": [lambda answer: replace_keys(answer, published)]}

    with pytest.raises(SingleSignOnError, match="failed its checks"):
        round_trip(sign_on, simulator, sqlite_engine, now)


def replace_keys(answer: httpx.Response, published: dict[str, Any]) -> None:
    if answer.request.url.path == "/keys":
        answer.read()
        answer._content = httpx.Response(200, json=published).content


def test_an_address_nobody_confirmed_is_refused(
    sqlite_engine: Engine, now: datetime, keys: KeyRing, simulator: ProviderSimulator, http: httpx.Client
) -> None:
    simulator.spoil = {"email_verified": False}

    with pytest.raises(SingleSignOnError, match="lacks the claim"):
        round_trip(client_of(simulator, http, keys, "email"), simulator, sqlite_engine, now)


def test_a_provider_that_answers_for_another_issuer_is_refused(
    sqlite_engine: Engine, now: datetime, keys: KeyRing, simulator: ProviderSimulator, http: httpx.Client
) -> None:
    simulator.stated_issuer = "https://other.example"

    with pytest.raises(SingleSignOnError, match="another issuer"):
        begin(client_of(simulator, http, keys), sqlite_engine, now)


def test_a_state_passes_once(
    engine: Engine, now: datetime, keys: KeyRing, simulator: ProviderSimulator, http: httpx.Client
) -> None:
    sign_on = client_of(simulator, http, keys)
    state = begin(sign_on, engine, now).state
    with unit_of_work(engine) as session:
        sign_on.spend_state(session, returned=state, remembered=state, now=now)

    with pytest.raises(SingleSignOnError, match="expired"), unit_of_work(engine) as session:
        sign_on.spend_state(session, returned=state, remembered=state, now=now)


@pytest.mark.parametrize(("remembered", "later"), [("", 0), ("another", 0), (None, 600)])
def test_a_state_of_another_browser_or_too_old_is_refused(
    sqlite_engine: Engine,
    now: datetime,
    keys: KeyRing,
    simulator: ProviderSimulator,
    http: httpx.Client,
    remembered: str | None,
    later: int,
) -> None:
    sign_on = client_of(simulator, http, keys)
    state = begin(sign_on, sqlite_engine, now).state
    mine = state if remembered is None else remembered

    with pytest.raises(SingleSignOnError), unit_of_work(sqlite_engine) as session:
        sign_on.spend_state(session, returned=state, remembered=mine, now=now + timedelta(seconds=later))


def test_a_code_of_another_sign_in_is_refused(
    sqlite_engine: Engine, now: datetime, keys: KeyRing, simulator: ProviderSimulator, http: httpx.Client
) -> None:
    sign_on = client_of(simulator, http, keys)
    stolen = simulator.visit(begin(sign_on, sqlite_engine, now).url)["code"]
    mine = begin(sign_on, sqlite_engine, now).state

    with pytest.raises(SingleSignOnError, match="did not answer"):
        sign_on.claim(code=stolen, state=mine, now=now)


def test_a_provider_without_encryption_elsewhere_is_refused(
    sqlite_engine: Engine, now: datetime, keys: KeyRing, http: httpx.Client
) -> None:
    sign_on = SignOn(Provider("http://sso.insurer.example", CLIENT, CLIENT_SECRET, CALLBACK), http, keys)

    with pytest.raises(SingleSignOnError, match="https"):
        begin(sign_on, sqlite_engine, now)


def test_a_provider_that_is_down_gives_our_error(
    sqlite_engine: Engine, now: datetime, keys: KeyRing, http: httpx.Client
) -> None:
    sign_on = SignOn(Provider("http://127.0.0.1:9", CLIENT, CLIENT_SECRET, CALLBACK), http, keys)

    with pytest.raises(SingleSignOnError, match="did not answer"):
        begin(sign_on, sqlite_engine, now)


def test_an_account_that_belongs_to_nobody_here_is_refused(sqlite_engine: Engine) -> None:
    with read_only(sqlite_engine) as session, pytest.raises(SingleSignOnError, match="nobody here"):
        person_of(session, "stranger")
