"""Consent: record consent events, fold them to a state, issue receipts."""

from consent.bitmaps import ConsentBitmaps, Consents
from consent.errors import EventUnknownError
from consent.importing import import_rows
from consent.ledger import event_of, give, pseudonym, timeline, withdraw
from consent.model import BadRow, ConsentEvent, ConsentSet, ImportReport, Kind, Notice, Status
from consent.notices import current_versions, notices, publish
from consent.numbering import sequence
from consent.people import count_people, numbers_of, texts_of
from consent.receipts import PurposeTerms, Receipt, issue, keep_receipt, kept_receipt, receipt_key, verify_receipt
from consent.rules import Verdict
from consent.state import next_change_at, state_of, verdict_of

__all__ = [
    "BadRow",
    "ConsentBitmaps",
    "ConsentEvent",
    "ConsentSet",
    "Consents",
    "EventUnknownError",
    "ImportReport",
    "Kind",
    "Notice",
    "PurposeTerms",
    "Receipt",
    "Status",
    "Verdict",
    "count_people",
    "current_versions",
    "event_of",
    "give",
    "import_rows",
    "issue",
    "keep_receipt",
    "kept_receipt",
    "next_change_at",
    "notices",
    "numbers_of",
    "pseudonym",
    "publish",
    "receipt_key",
    "sequence",
    "state_of",
    "texts_of",
    "timeline",
    "verdict_of",
    "verify_receipt",
    "withdraw",
]
