"""Receipts of decisions: the decision, the entry that records it, and the proof that the entry is in the log.

Whoever has the log's verifier key checks one offline. The entry holds the digest of the decision, salted, so that
the open log tells nobody what was decided.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Final

from audit.errors import MalformedKeyError, ReceiptMismatchError
from audit.model import TreeHead
from audit.note import parse_vkey
from audit.proof import verify_proof
from storage.errors import Said

RECEIPT: Final = "mingjing/decision-receipt@v1"
_SAME: Final = (("id", "key"), ("person", "actor"), ("outcome", "outcome"))


@dataclass(frozen=True, slots=True)
class CheckedReceipt:
    """A receipt that holds: the decision, its place in the log, and whose key proved it."""

    decision: Mapping[str, Any]
    index: int
    head: TreeHead
    key: str
    is_key_from_receipt: bool


def decision_digest(decision: Mapping[str, object]) -> str:
    """Give the digest by which an entry names a decision: SHA-256 of its one form in bytes, in hexadecimal."""
    # As storage.canonical_json, which an outsider who only verifies need not load.
    text = json.dumps(decision, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def receipt_document(decision: Mapping[str, object], entry: bytes, proof: str, vkey: str) -> dict[str, object]:
    """Give a receipt.

    Args:
        decision: as recorded.
        entry: the bytes that were hashed.
        proof: C2SP tlog-proof of the entry.
        vkey: the log's verifier key, for whoever has none by another way.
    """
    return {"type": RECEIPT, "decision": dict(decision), "entry": entry.decode(), "proof": proof, "vkey": vkey}


def verify_receipt(document: object, vkey: str | None = None) -> CheckedReceipt:
    """Check a receipt.

    Args:
        document: as parsed from JSON.
        vkey: the log's verifier key, had by another way; without it the receipt's own is trusted, which shows that
            the receipt is whole but not whose log it is.

    Raises:
        VerificationError: the receipt, the proof or the signature does not hold.
        MalformedKeyError: `vkey` is no verifier key.

    Guarantee: passes only if the log that the key signs for holds an entry that names exactly this decision.
    """
    parts = _parts(document)
    key = parse_vkey(vkey) if vkey else _own_key(parts["vkey"])
    entry = parts["entry"].encode("utf-8", "replace")
    index, head = verify_proof(parts["proof"], entry, key)
    decision = _require_same(parts["decision"], entry)
    return CheckedReceipt(decision, index, head, str(key), is_key_from_receipt=not vkey)


def _parts(document: object) -> dict[str, Any]:
    wanted = {"decision": dict, "entry": str, "proof": str, "vkey": str}
    if not isinstance(document, dict) or document.get("type") != RECEIPT:
        raise ReceiptMismatchError(place=Said("不是决策回执", "it is no receipt of a decision"))
    for name, kind in wanted.items():
        if not isinstance(document.get(name), kind):
            raise ReceiptMismatchError(place=Said(f"缺少 `{name}`", f"`{name}` is missing"))
    return document


def _own_key(text: str) -> Any:  # noqa: ANN401 -- a verifier key
    try:
        return parse_vkey(text)
    except MalformedKeyError as error:
        raise ReceiptMismatchError(place=Said("`vkey` 不是验证公钥", "`vkey` is no verifier key")) from error


def _require_same(decision: Mapping[str, Any], entry: bytes) -> Mapping[str, Any]:
    recorded = json.loads(entry)
    stated = str(recorded.get("facts", {}).get("decision_digest", ""))
    try:
        digest = decision_digest(decision)
    except ValueError:
        digest = ""  # a number that JSON has no form for
    if not digest or not compare_digest(stated.encode("utf-8", "replace"), digest.encode()):
        raise ReceiptMismatchError(
            place=Said("条目所记的不是这项决策", "the entry records another decision than this one")
        )
    for name, other in _SAME:
        if decision.get(name) != recorded.get(other):
            raise ReceiptMismatchError(place=Said(f"`{name}` 与条目不符", f"`{name}` is not as the entry says"))
    return decision
