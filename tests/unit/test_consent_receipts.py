import json
from base64 import b64decode
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.note import verifier_key
from consent import ConsentEvent, Notice, PurposeTerms, issue, pseudonym, receipt_key, verify_receipt
from consent.errors import ReceiptInvalidError
from governance.journeys.consent_receipts import verify_offline
from storage import KeyRing

TERMS = PurposeTerms(
    "marketing", {"zh": "营销", "en": "Marketing"}, ["consent"], ["name", "contact_phone"], "RT-MKT", ["hospital-a"]
)


def receipt(now: datetime, keys: KeyRing) -> dict[str, Any]:
    event = ConsentEvent("C1", "marketing", "granted", now, notice_version="1", id="01E", sequence=1)
    notice = Notice("marketing", "1", "ab" * 32, current=True, at=now)
    made = issue(
        event,
        [event],
        principal=pseudonym(keys, "C1"),
        controller="Mingjing Example",
        terms=TERMS,
        notice=notice,
        key=receipt_key(keys),
    )
    return dict(made.document)


def test_a_receipt_verifies_with_the_issuers_key(now: datetime, keys: KeyRing) -> None:
    verify_receipt(receipt(now, keys), receipt_key(keys).public_key())


def test_a_receipt_states_what_the_standard_asks(now: datetime, keys: KeyRing) -> None:
    document = receipt(now, keys)

    purpose = document["pii_processing"]["purposes"][0]
    assert document["schema_version"] == "ISO/IEC TS 27560:2023"
    assert document["record_id"] == "01E"
    assert document["pii_controllers"] == [{"name": "Mingjing Example"}]
    assert document["pii_processing"]["privacy_notice"]["text_digest"] == f"sha256:{'ab' * 32}"
    assert (purpose["lawful_basis"], purpose["retention"]) == (["consent"], "RT-MKT")
    assert document["pii_processing"]["withdrawal_method"]["zh"]
    assert [event["state"] for event in document["events"]] == ["granted"]


def test_a_receipt_names_the_person_by_pseudonym_alone(now: datetime, keys: KeyRing) -> None:
    document = receipt(now, keys)

    assert document["pii_principal_id"] == pseudonym(keys, "C1")
    assert "C1" not in str(document)


def test_a_pseudonym_depends_on_the_key(keys: KeyRing) -> None:
    assert pseudonym(keys, "C1") != pseudonym(KeyRing(b"x" * 32, b"l" * 32), "C1")


def test_a_withdrawal_has_a_receipt_without_a_notice(now: datetime, keys: KeyRing) -> None:
    event = ConsentEvent("C1", "marketing", "withdrawn", now, id="01F", sequence=2)
    made = issue(event, [event], principal="p", controller="c", terms=TERMS, notice=None, key=receipt_key(keys))

    verify_receipt(made.document, receipt_key(keys).public_key())
    assert made.document["pii_processing"]["privacy_notice"] is None


@pytest.mark.parametrize("member", ["record_id", "pii_principal_id", "pii_controllers", "events", "schema_version"])
def test_a_changed_or_missing_member_is_refused(member: str, now: datetime, keys: KeyRing) -> None:
    changed, short = receipt(now, keys), receipt(now, keys)
    changed[member] = "else"
    del short[member]

    for document in (changed, short):
        with pytest.raises(ReceiptInvalidError):
            verify_receipt(document, receipt_key(keys).public_key())


def test_an_added_member_is_refused(now: datetime, keys: KeyRing) -> None:
    with pytest.raises(ReceiptInvalidError):
        verify_receipt(receipt(now, keys) | {"more": 1}, receipt_key(keys).public_key())


@pytest.mark.parametrize(
    "signature",
    [None, "text", {}, {"algorithm": "none"}, {"algorithm": "Ed25519"}, {"value": "!!"}, {"value": ""}],
)
def test_a_broken_signature_is_refused(signature: object, now: datetime, keys: KeyRing) -> None:
    document = deepcopy(receipt(now, keys))
    whole = document["signature"]
    keeps_key = isinstance(signature, dict) and "value" in signature
    document["signature"] = whole | signature if keeps_key and isinstance(signature, dict) else signature

    with pytest.raises(ReceiptInvalidError):
        verify_receipt(document, receipt_key(keys).public_key())


def test_another_key_is_refused(now: datetime, keys: KeyRing) -> None:
    other = receipt_key(KeyRing(b"x" * 32, b"l" * 32)).public_key()

    with pytest.raises(ReceiptInvalidError):
        verify_receipt(receipt(now, keys), other)


def test_what_json_cannot_say_is_refused(now: datetime, keys: KeyRing) -> None:
    with pytest.raises(ReceiptInvalidError):
        verify_receipt(receipt(now, keys) | {"events": float("nan")}, receipt_key(keys).public_key())


def test_a_receipt_verifies_with_nothing_but_a_key(now: datetime, keys: KeyRing) -> None:
    document = receipt(now, keys)
    vkey = str(verifier_key("mingjing.example/consent-receipts", receipt_key(keys)))

    assert verify_offline(document, vkey).is_key_from_receipt is False
    assert verify_offline(document, None).is_key_from_receipt is True


def test_a_receipt_signed_anew_by_somebody_else_fails_by_the_issuers_key(now: datetime, keys: KeyRing) -> None:
    forged = receipt(now, KeyRing(b"x" * 32, b"l" * 32))
    vkey = str(verifier_key("mingjing.example/consent-receipts", receipt_key(keys)))

    verify_offline(forged, None)
    with pytest.raises(ReceiptInvalidError):
        verify_offline(forged, vkey)


@pytest.mark.parametrize("carried", [None, "", "!!", "AAAA"])
def test_a_receipt_without_a_usable_key_of_its_own_is_refused(carried: object, now: datetime, keys: KeyRing) -> None:
    document = receipt(now, keys)
    document["signature"] = document["signature"] | {"public_key": carried}

    with pytest.raises(ReceiptInvalidError):
        verify_offline(document, None)


@given(place=st.integers(0, 2000), bit=st.integers(0, 7))
def test_any_flipped_bit_of_a_receipts_file_is_refused_or_read_the_same(place: int, bit: int) -> None:
    keys = KeyRing(b"m" * 32, b"l" * 32)
    document = receipt(datetime(2026, 3, 2, 1, tzinfo=UTC), keys)
    content = bytearray(json.dumps(document).encode())
    content[place % len(content)] ^= 1 << bit
    try:
        changed = json.loads(content)
        verify_offline(changed, str(verifier_key("k", receipt_key(keys))))
    except (ReceiptInvalidError, ValueError, AttributeError):
        return

    hints = {"public_key"}
    assert {name: value for name, value in changed.items() if name != "signature"} == {
        name: value for name, value in document.items() if name != "signature"
    }
    assert {n: v for n, v in changed["signature"].items() if n not in hints} == {
        n: v for n, v in document["signature"].items() if n not in hints
    } or b64decode(changed["signature"]["value"]) == b64decode(document["signature"]["value"])
