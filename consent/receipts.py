"""Consent receipts: the signed copy of a record that the person keeps (ISO/IEC TS 27560:2023, clause 6).

The document is canonical JSON, signed with Ed25519 (RFC 8032) without its `signature` member; anybody with the public
key verifies it offline. The person stands in it under a pseudonym.
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlmodel import Session

from consent.errors import ReceiptInvalidError
from consent.model import ConsentEvent, Notice
from consent.tables import ReceiptRow
from storage import KeyRing, canonical_json

SCHEMA_VERSION = "ISO/IEC TS 27560:2023"
ALGORITHM = "Ed25519"
_NEEDED = {"schema_version", "record_id", "pii_principal_id", "pii_controllers", "pii_processing", "events"}


@dataclass(frozen=True, slots=True)
class PurposeTerms:
    """What a receipt says of a purpose: its name, ground, categories of data, retention and who receives data.

    `sensitive` are those of the categories that PIPL article 28 names.
    """

    id: str
    title: Mapping[str, str]
    lawful_basis: Sequence[str]
    categories: Sequence[str]
    retention: str
    recipients: Sequence[str] = ()
    sensitive: Sequence[str] = ()
    retention_title: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A signed receipt; `id` is the event's, `document` the whole JSON with its signature."""

    id: str
    document: Mapping[str, Any]


def receipt_key(keys: KeyRing) -> Ed25519PrivateKey:
    """Give the deployment's key for receipts, which signs nothing else."""
    return Ed25519PrivateKey.from_private_bytes(keys.derive("consent-receipt"))


def issue(
    event: ConsentEvent,
    history: Sequence[ConsentEvent],
    *,
    principal: str,
    controller: str,
    terms: PurposeTerms,
    notice: Notice | None,
    key: Ed25519PrivateKey,
) -> Receipt:
    """Sign the receipt of a recorded event.

    Args:
        event: the event, as recorded.
        history: all events of that person and purpose up to this one, oldest first.
        principal: the person's pseudonym.
        controller: who decides purpose and means.
        terms: what is said of the purpose.
        notice: the notice the person saw; None for a withdrawal that names none.
        key: the key that signs.
    """
    document: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "record_id": event.id,
        "jurisdiction": "CN",
        "pii_principal_id": principal,
        "pii_controllers": [{"name": controller}],
        "pii_processing": {
            "privacy_notice": None if notice is None else _notice(notice),
            "purposes": [_purpose(terms)],
            "withdrawal_method": {
                "zh": "随时可撤回，与给予同样方便：在本人页面、客服热线或柜台提出",
                "en": "withdraw at any time, as easily as given: on your page, by phone or at a counter",
            },
        },
        "events": [_event(each) for each in history],
    }
    public = key.public_key().public_bytes_raw()
    value = key.sign(canonical_json(document).encode())
    document["signature"] = {
        "algorithm": ALGORITHM,
        "key_id": _key_id(public),
        "public_key": b64encode(public).decode(),  # a hint: who verifies brings a key they trust
        "value": b64encode(value).decode(),
    }
    return Receipt(event.id, document)


def verify_receipt(document: Mapping[str, Any], public_key: Ed25519PublicKey) -> None:
    """Check a receipt's form and signature; returns only if it holds.

    Guarantee: any changed, added or missing member outside `signature`, another key, or a flipped bit of the signature
    is refused.

    Raises:
        ReceiptInvalidError: says what does not hold.
    """
    signature = document.get("signature")
    body = {name: value for name, value in document.items() if name != "signature"}
    if not isinstance(signature, Mapping) or not body.keys() >= _NEEDED or body.get("schema_version") != SCHEMA_VERSION:
        raise ReceiptInvalidError(zh="结构不完整或版本不符", en="it is incomplete or of another version")
    if signature.get("algorithm") != ALGORITHM:
        raise ReceiptInvalidError(zh="签名算法不受支持", en="its signature algorithm is not supported")
    wanted = _key_id(public_key.public_bytes_raw())
    if not hmac.compare_digest(str(signature.get("key_id")).encode(), wanted.encode()):
        raise ReceiptInvalidError(zh="由另一把密钥签署", en="another key signed it")
    try:
        public_key.verify(b64decode(str(signature.get("value")), validate=True), canonical_json(body).encode())
    except (InvalidSignature, ValueError, TypeError, RecursionError) as error:
        raise ReceiptInvalidError(zh="内容与签名不符", en="its content does not match its signature") from error


def keep_receipt(session: Session, receipt: Receipt, at: datetime) -> None:
    """Keep a receipt as it was signed; one that is kept already stays as it is."""
    if session.get(ReceiptRow, receipt.id) is None:
        session.add(ReceiptRow(id=receipt.id, body=dict(receipt.document), at=at))
        session.flush()


def kept_receipt(session: Session, receipt_id: str) -> Receipt | None:
    """Give a kept receipt, or None."""
    row = session.get(ReceiptRow, receipt_id)
    return None if row is None else Receipt(row.id, row.body)


def _key_id(public: bytes) -> str:
    return sha256(public).hexdigest()[:16]


def _notice(notice: Notice) -> dict[str, object]:
    return {"version": notice.version, "title": dict(notice.title), "text_digest": f"sha256:{notice.text_digest}"}


def _purpose(terms: PurposeTerms) -> dict[str, object]:
    return {
        "id": terms.id,
        "title": dict(terms.title),
        "lawful_basis": list(terms.lawful_basis),
        "pii_categories": list(terms.categories),
        "sensitive_pii_categories": list(terms.sensitive),
        "retention": terms.retention,
        "retention_title": dict(terms.retention_title),
        "recipients": list(terms.recipients),
    }


def _event(event: ConsentEvent) -> dict[str, object]:
    return {
        "id": event.id,
        "state": event.status,
        "kind": event.kind,
        "notice_version": event.notice_version,
        "at": _instant(event.at),
        "expires_at": None if event.expires_at is None else _instant(event.expires_at),
        "channel": event.channel,
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
