"""Receipts of consent events: made, handed out, and verified by anybody without this service."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlmodel import Session

import consent
from audit import VerifierKey, parse_vkey
from consent import ConsentEvent, PurposeTerms, Receipt
from consent.errors import ReceiptInvalidError
from governance import register
from governance.errors import NotFoundError
from governance.house import House
from governance.identity import Caller
from governance.journeys.consent_rights import require_seeing_receipt
from policies import PolicyBook, Purpose
from storage import read_only, unit_of_work

# To whom the joint purposes give data: the partners of this kind that the deployment declared.
_RECIPIENT_KINDS: Mapping[str, str] = {"joint_modelling_medical": "medical", "joint_modelling_insurers": "insurer"}


@dataclass(frozen=True, slots=True)
class Checked:
    """A receipt that holds, and whether the key that says so came with the receipt itself."""

    record_id: str
    key: str
    is_key_from_receipt: bool


def receipt_of(house: House, caller: Caller, event_id: str, *, case: str | None = None) -> Receipt:
    """Give the receipt of an event: as it was signed, or signed now for an event that came by import.

    Raises:
        NotFoundError: there is no such event, or receipts are not for the caller.
        CaseNeededError: the caller's role sees receipts within a case alone.
    """
    require_seeing_receipt(caller, case, event_id)
    with read_only(house.engine) as session:
        event = _event(session, event_id)
        kept = consent.kept_receipt(session, event_id)
    if kept is not None:
        return kept
    with unit_of_work(house.engine) as session:
        made = made_receipt(house, session, event)
        consent.keep_receipt(session, made, house.clock())
    return made


def receipt_vkey(house: House) -> VerifierKey:
    """Give the key with which anybody verifies this deployment's receipts."""
    public = consent.receipt_key(house.keys).public_key().public_bytes_raw()
    return VerifierKey(f"{house.settings.origin}/consent-receipts", public)


def check_receipt(house: House, document: dict[str, Any]) -> None:
    """Check a receipt against this deployment's key.

    Raises:
        ReceiptInvalidError: says what does not hold.
    """
    consent.verify_receipt(document, consent.receipt_key(house.keys).public_key())


def verify_offline(document: dict[str, Any], vkey: str | None) -> Checked:
    """Check a receipt with nothing but itself and a key.

    Args:
        document: the receipt.
        vkey: the key to trust; None takes the one the receipt carries, which proves only that nobody changed it
            without signing it anew.

    Raises:
        MalformedKeyError: the text is no verifier key.
        ReceiptInvalidError: says what does not hold.
    """
    public = _carried_key(document) if vkey is None else parse_vkey(vkey).public
    consent.verify_receipt(document, Ed25519PublicKey.from_public_bytes(public))
    return Checked(str(document["record_id"]), vkey or public.hex(), is_key_from_receipt=vkey is None)


def made_receipt(house: House, session: Session, event: ConsentEvent) -> Receipt:
    """Sign the receipt of a recorded event."""
    book = house.book(session)
    history = consent.timeline(session, event.subject_id, event.purpose)
    notice = next((one for one in consent.notices(session, event.purpose) if one.version == event.notice_version), None)
    return consent.issue(
        event,
        [one for one in history if one.sequence <= event.sequence],
        principal=consent.pseudonym(house.keys, event.subject_id),
        controller=house.settings.controller,
        terms=_terms(book, book.purposes.get(event.purpose), event.purpose, _recipients(session, event.purpose)),
        notice=notice,
        key=consent.receipt_key(house.keys),
    )


def _carried_key(document: Mapping[str, Any]) -> bytes:
    signature = document.get("signature")
    carried = signature.get("public_key") if isinstance(signature, Mapping) else None
    try:
        public = b64decode(str(carried), validate=True)
        Ed25519PublicKey.from_public_bytes(public)
    except ValueError as error:
        raise ReceiptInvalidError(zh="没有附带可用的公钥", en="it carries no usable public key") from error
    return public


def _event(session: Session, event_id: str) -> ConsentEvent:
    try:
        return consent.event_of(session, event_id)
    except consent.EventUnknownError as error:
        raise NotFoundError(kind="receipt", id=event_id) from error


def _recipients(session: Session, purpose: str) -> list[str]:
    kind = _RECIPIENT_KINDS.get(purpose)
    return [] if kind is None else [one["name"] for one in register.partners(session) if one["kind"] == kind]


def _terms(book: PolicyBook, purpose: Purpose | None, name: str, recipients: list[str]) -> PurposeTerms:
    if purpose is None:
        return PurposeTerms(name, {"zh": name, "en": name}, [], [], "", recipients)
    rule = book.retention.get(purpose.retention or "")
    return PurposeTerms(
        id=purpose.id,
        title={"zh": purpose.title.zh, "en": purpose.title.en},
        lawful_basis=[basis.value for basis in purpose.basis],
        categories=sorted(purpose.allow),
        retention=purpose.retention or "",
        recipients=recipients,
        sensitive=sorted(one for one in purpose.allow if one in book.categories and book.categories[one].sensitive),
        retention_title={} if rule is None else {"zh": rule.title.zh, "en": rule.title.en},
    )
