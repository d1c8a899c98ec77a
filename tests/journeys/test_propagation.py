"""A withdrawal is told to every subscriber until they acknowledge, and each end of it is proven by an entry."""

import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

import consent
from audit import Event, entry, head
from consent.errors import SubscriptionUnknownError
from consent.propagation import Subscription, working_days_after
from governance.errors import InputInvalidError, NotFoundError, WrongRoleError
from governance.house import House, open_house
from governance.identity import Caller
from governance.journeys import consent as acts
from governance.journeys import propagation as journeys
from governance.journeys.callers import OWNER
from governance.journeys.consent import Said
from governance.journeys.consent_import import import_file
from governance.settings import Settings
from storage import read_only, unit_of_work

HEADER = "subject_id,purpose,status,notice_version,at,expires_at,evidence"
MARKETER = Caller("zhao", "赵", roles=("marketer",), purposes=("marketing",), via="token")
SAID = Said("C00001", "marketing", evidence="call 17")
START = datetime(2026, 3, 2, 1, tzinfo=UTC)
HOSPITAL = Subscription(
    "hospital", "市一院", "https://hospital.example/withdrawals", None, 15, is_active=True, at=START
)


@dataclass
class Subscriber:
    """The other party, in place of the network: keeps what it is told and answers as it was set to."""

    status: int = 200
    told: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        self.told.append((url, body, headers))
        return self.status


@dataclass
class Clock:
    at: datetime = START

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    with open_house(Settings(data_dir=tmp_path / "var"), clock=clock) as found:
        with unit_of_work(found.engine) as session:
            consent.publish(session, consent.Notice("marketing", "1", "ab" * 32, current=True, at=START))
        journeys.put_subscription(found, OWNER, HOSPITAL)
        yield found


def kinds(house: House) -> list[Event]:
    with read_only(house.engine) as session:
        found = [entry(session, index).event for index in range(head(session).size)]
    return [event for event in found if event.kind.startswith("consent.propag")]


def states(house: House) -> dict[str, int]:
    return journeys.overview(house, OWNER).counts.get("hospital", {})


def test_a_withdrawal_is_told_with_ids_alone_and_signed(house: House) -> None:
    recorded = acts.withdraw(house, OWNER, SAID)
    other = Subscriber()
    assert journeys.tell_withdrawals(house, other) == 1

    ((url, body, headers),) = other.told
    assert url == HOSPITAL.url
    message = json.loads(body)
    assert (message["event"], message["subject_id"], message["purpose"]) == (recorded.event.id, "C00001", "marketing")
    assert b"call 17" not in body
    key = Ed25519PublicKey.from_public_bytes(journeys.webhook_vkey(house).public)
    signature = b64decode(headers["Mingjing-Signature"].removeprefix("ed25519="))
    key.verify(signature, body)
    with pytest.raises(InvalidSignature):
        key.verify(signature, body.replace(b"C00001", b"C00002"))


def test_an_acknowledgement_is_an_entry_that_names_nobody_and_ends_the_telling(house: House) -> None:
    acts.withdraw(house, OWNER, SAID)
    other = Subscriber()
    journeys.tell_withdrawals(house, other)
    journeys.tell_withdrawals(house, other)

    (event,) = kinds(house)
    assert (event.kind, event.facts["subscriber"], len(other.told)) == ("consent.propagated", "hospital", 1)
    assert "C00001" not in repr(event)
    assert states(house) == {"acknowledged": 1}


def test_a_consent_is_not_told(house: House) -> None:
    acts.give(house, OWNER, SAID)
    other = Subscriber()
    journeys.tell_withdrawals(house, other)

    assert other.told == []


@pytest.mark.parametrize("status", [0, 202, 302, 500])
def test_without_an_acknowledgement_it_is_told_again_after_a_growing_wait(
    house: House, clock: Clock, status: int
) -> None:
    acts.withdraw(house, OWNER, SAID)
    other, times = Subscriber(status), []
    for minute in range(16):
        clock.at = START + timedelta(minutes=minute)
        before = len(other.told)
        journeys.tell_withdrawals(house, other)
        times += [minute] * (len(other.told) - before)

    assert times == [0, 1, 3, 7, 15]
    assert kinds(house) == []
    other.status = 200
    clock.at = START + timedelta(hours=7)
    assert journeys.tell_withdrawals(house, other) == 1


def test_after_the_deadline_it_is_a_dead_letter_until_a_person_settles_it(house: House, clock: Clock) -> None:
    recorded = acts.withdraw(house, OWNER, SAID)
    clock.at = working_days_after(START, 15)
    other = Subscriber()
    journeys.tell_withdrawals(house, other)
    (dead,) = journeys.overview(house, OWNER).dead
    journeys.acknowledge(house, OWNER, "hospital", recorded.event.id)

    assert other.told == []
    assert dead.event_id == recorded.event.id
    assert [event.kind for event in kinds(house)] == ["consent.propagation_failed", "consent.propagated"]
    assert states(house) == {"acknowledged": 1}


def test_imported_withdrawals_are_told_too(house: House, tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    lines = [f"C{n},marketing,{word},1,2026-02-01T00:00:00Z,," for n, word in enumerate(("withdrawn", "granted"))]
    file.write_text("\n".join([HEADER, *lines, ""]))
    import_file(house, OWNER, file, accept_valid=False)
    other = Subscriber()
    journeys.tell_withdrawals(house, other)

    assert [json.loads(body)["subject_id"] for _, body, _ in other.told] == ["C0"]


def test_who_acts_for_another_purpose_or_no_more_is_not_told(house: House) -> None:
    journeys.put_subscription(house, OWNER, replace(HOSPITAL, purpose="claims"))
    acts.withdraw(house, OWNER, SAID)
    journeys.put_subscription(house, OWNER, replace(HOSPITAL, is_active=False))
    acts.withdraw(house, OWNER, SAID)

    assert states(house) == {}


def test_in_demo_mode_nothing_is_ever_sent(house: House) -> None:
    acts.withdraw(house, OWNER, SAID)
    house.settings = house.settings.model_copy(update={"demo": True})
    other = Subscriber()

    assert journeys.tell_withdrawals(house, other) == 0
    assert other.told == []
    assert journeys.overview(house, OWNER).is_sending is False


@pytest.mark.parametrize(
    "change",
    [
        {"url": "http://hospital.example/w"},
        {"url": "ftp://hospital.example/w"},
        {"url": "https://u:p@hospital.example/w"},
        {"url": "https://["},
        {"url": "nothing"},
        {"id": "Hospital A"},
        {"working_days": 0},
        {"working_days": 16},
    ],
)
def test_a_subscription_that_can_not_be_used_is_refused(house: House, change: dict[str, object]) -> None:
    with pytest.raises(InputInvalidError):
        journeys.put_subscription(house, OWNER, replace(HOSPITAL, **change))  # type: ignore[arg-type]  # one field each


def test_a_subscription_to_an_unknown_purpose_is_refused(house: House) -> None:
    with pytest.raises(NotFoundError):
        journeys.put_subscription(house, OWNER, replace(HOSPITAL, purpose="none_such"))


def test_who_has_no_right_neither_sees_nor_settles_nor_subscribes(house: House) -> None:
    recorded = acts.withdraw(house, OWNER, SAID)

    with pytest.raises(WrongRoleError):
        journeys.overview(house, MARKETER)
    with pytest.raises(WrongRoleError):
        journeys.acknowledge(house, MARKETER, "hospital", recorded.event.id)
    with pytest.raises(WrongRoleError):
        journeys.put_subscription(house, MARKETER, HOSPITAL)
    assert kinds(house) == []


def test_an_acknowledgement_of_nothing_is_refused(house: House) -> None:
    recorded = acts.withdraw(house, OWNER, SAID)

    with pytest.raises(SubscriptionUnknownError):
        journeys.acknowledge(house, OWNER, "stranger", recorded.event.id)
    for event_id in ("01NONE", "\x00"):
        with pytest.raises(NotFoundError):
            journeys.acknowledge(house, OWNER, "hospital", event_id)


def test_working_days_pass_over_weekends() -> None:
    friday = datetime(2026, 3, 6, 1, tzinfo=UTC)

    assert working_days_after(friday, 1) == datetime(2026, 3, 9, 1, tzinfo=UTC)
    assert working_days_after(friday, 15) == datetime(2026, 3, 27, 1, tzinfo=UTC)
