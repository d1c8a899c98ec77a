"""Who may record what a person said, and who may see it: by role, some within a case alone, and never by purpose.

Stating a purpose is reading for it; whoever reads must not be able to make the consent they read by.
"""

from governance.errors import CaseNeededError, EvidenceNeededError, NotFoundError
from governance.identity import Caller
from governance.journeys.sight import Right, may, require
from storage import KeyRing
from storage.errors import Said


def require_recording(caller: Caller, case: str | None) -> None:
    """Refuse a caller who may not record what people say.

    Raises:
        CaseNeededError: their role records within a case alone, and none is named.
        WrongRoleError: their roles don't record at all; names one that does.
    """
    _require(caller, Right.RECORD_CONSENTS, case)


def require_seeing(caller: Caller, case: str | None) -> None:
    """Refuse a caller who may not see a person's consents; raises as `require_recording` does."""
    _require(caller, Right.SEE_CONSENTS, case)


def require_seeing_receipt(caller: Caller, case: str | None, event_id: str) -> None:
    """Refuse a caller who may not see consents, as if the receipt were not there.

    Raises:
        CaseNeededError: their role sees receipts within a case alone, and none is named.
        NotFoundError: their roles don't see receipts at all.
    """
    if not may(caller, Right.SEE_CONSENTS) and not may(caller, Right.RECORD_CONSENTS_OF_CASE):
        raise NotFoundError(kind="receipt", id=event_id)
    require_seeing(caller, case)


def require_evidence(caller: Caller, evidence: str | None) -> None:
    """Refuse a consent whose proof lies nowhere; the owner of the data folder answers for themselves.

    A withdrawal needs none: it is to be as easy as giving (PIPL 15), and wrong it opens nothing.

    Raises:
        EvidenceNeededError: no evidence is referred to.
    """
    if caller.via != "owner" and not (evidence and evidence.strip()):
        raise EvidenceNeededError(name="evidence", reason=Said("为空", "empty"))


def case_pseudonym(keys: KeyRing, case: str | None) -> str | None:
    """Give the name under which a case stands in entries: 32 hex digits of a keyed hash, or None."""
    stated = (case or "").strip()
    return keys.keyed_hash("case-pseudonym", stated.encode()).hex()[:32] if stated else None


def _require(caller: Caller, right: Right, case: str | None) -> None:
    if may(caller, right):
        return
    if not may(caller, Right.RECORD_CONSENTS_OF_CASE):
        require(caller, right)
    if not (case and case.strip()):
        raise CaseNeededError
