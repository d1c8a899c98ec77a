from datetime import date

import pytest

from classification.validators import gb11643, gb16735, gb32100, luhn, network
from classification.validators.days import day_of

TODAY = date(2026, 3, 2)
# County 99 was never assigned.
BODY = "11019919900307721"


def citizen(body: str = BODY) -> str:
    return body + gb11643.check_character(body)


def test_an_identity_number_passes_with_its_check_and_fails_with_any_other() -> None:
    good = citizen()

    assert gb11643.is_identity_number(good, TODAY)
    assert not any(gb11643.is_identity_number(BODY + c, TODAY) for c in "0123456789X" if BODY + c != good)


@pytest.mark.parametrize("body", ["00019919900307721", "11019919900230721", "11019920990307721", "11019918500307721"])
def test_an_identity_number_of_no_province_or_of_no_day_is_refused(body: str) -> None:
    assert not gb11643.is_identity_number(citizen(body), TODAY)


def test_letters_and_short_numbers_are_no_identity_numbers() -> None:
    for text in ("", "1101991990030772", "ABCDEFGHIJKLMNOPQR", "１" * 18):
        assert not gb11643.is_identity_number(text, TODAY)


def test_a_residence_permit_and_a_permanent_residence_number_are_told_apart() -> None:
    permit, permanent = citizen("83000019900307721"), citizen("93115619900307721")

    assert gb11643.is_residence_permit(permit, TODAY)
    assert gb11643.is_foreigner_permanent(permanent, TODAY)
    assert not gb11643.is_identity_number(permanent, TODAY)
    assert gb11643.is_foreigner_permanent("ABC310190030712", TODAY)


def test_a_credit_code_passes_with_one_check_character_only() -> None:
    body = "91110199123456789"
    passing = [c for c in "0123456789ABCDEFGHJKLMNPQRTUWXY" if gb32100.is_credit_code(body + c)]

    assert len(passing) == 1
    assert not gb32100.is_credit_code("9111019912345678IO")


def test_the_published_example_of_a_vehicle_number_passes() -> None:
    # ISO 3779's often quoted example: check digit X at the ninth place.
    assert gb16735.is_vehicle_number("1M8GDM9AXKP042788")
    assert not gb16735.is_vehicle_number("1M8GDM9A1KP042788")
    assert not gb16735.is_vehicle_number("1M8GDM9AXKP04278O")


def test_the_published_card_numbers_of_schemes_pass_luhn() -> None:
    # Test numbers that card schemes publish.
    for number in ("4111111111111111", "5555555555554444", "378282246310005"):
        assert luhn.is_card(number)
        assert not luhn.is_card(number[:-1] + str((int(number[-1]) + 1) % 10))
    assert not luhn.passes_luhn("４１１１")


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("58.1.2.3", True),
        ("10.0.0.1:8080", True),
        ("256.1.1.1", False),
        ("2.4.11.0", False),
        ("2001:db8::1", True),
        ("::g", False),
    ],
)
def test_addresses_of_machines_are_told_from_release_numbers(text: str, passes: bool) -> None:
    assert network.is_address(text) is passes


@pytest.mark.parametrize(
    "text", ["1990-05-06", "1990/5/6", "19900506", "1990年5月6日", "1990-05-06 00:00:00", "05/06/1990"]
)
def test_a_day_is_read_in_every_written_form(text: str) -> None:
    assert day_of(text) == date(1990, 5, 6)


@pytest.mark.parametrize("text", ["1990-02-30", "199056", "1990-13-01", "tomorrow", "1890-01-01", "2020/01-01"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert day_of(text) is None
