"""Consent: what people said, and their receipts."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime, BaseModel, Field

from governance.api.edge import CallerDep, HouseDep, RepeatableRoute
from governance.journeys import consent as journeys
from governance.journeys import consent_receipts
from governance.journeys.consent_documents import recorded_document, shown_document

router = APIRouter(tags=["consent"], route_class=RepeatableRoute)


class WithdrawalIn(BaseModel):
    """A person takes consent to one purpose back."""

    subject_id: str = Field(min_length=1, max_length=200, examples=["C00001"])
    purpose: str = Field(min_length=1, max_length=64, examples=["loyalty_study"])
    evidence: str | None = Field(None, max_length=2000, examples=["call 2026-03-01/17"])
    channel: str | None = Field(None, max_length=64, examples=["phone"])
    case: str | None = Field(None, max_length=100, description="call, request or policy; some roles need one")


class ConsentIn(WithdrawalIn):
    """A person consents to one purpose, under the notice they saw."""

    notice_version: str | None = Field(None, max_length=100, examples=["2026-1"])
    kind: str | None = Field(None, max_length=10, examples=["separate"])
    expires_at: AwareDatetime | None = None


SubjectPath = Annotated[str, Path(max_length=200)]
ReceiptPath = Annotated[str, Path(max_length=64)]
CaseQuery = Annotated[str | None, Query(max_length=100, description="call, request or policy; some roles need one")]


def _said(body: WithdrawalIn, notice: str | None, kind: str | None, expires_at: datetime | None) -> journeys.Said:
    return journeys.Said(
        body.subject_id, body.purpose, notice, kind, expires_at, body.evidence, body.channel, body.case
    )


@router.post("/consents", name="give_consent", summary="Record a consent", status_code=201)
def give_consent(house: HouseDep, caller: CallerDep, body: ConsentIn) -> dict[str, Any]:
    """Record a consent; the answer holds the person's signed receipt."""
    said = _said(body, body.notice_version, body.kind, body.expires_at)
    return recorded_document(journeys.give(house, caller, said))


@router.post("/consents/withdraw", name="withdraw_consent", summary="Record a withdrawal", status_code=201)
def withdraw_consent(house: HouseDep, caller: CallerDep, body: WithdrawalIn) -> dict[str, Any]:
    """Record a withdrawal; it holds from the next read on."""
    return recorded_document(journeys.withdraw(house, caller, _said(body, None, None, None)))


@router.get("/subjects/{subject_id}/consents", name="subject_consents", summary="A person's consent records")
def subject_consents(
    house: HouseDep, caller: CallerDep, subject_id: SubjectPath, case: CaseQuery = None
) -> dict[str, Any]:
    """Give a person's records, and for each purpose whether consent counts now or why not."""
    return shown_document(journeys.show(house, caller, subject_id, case=case))


@router.get("/receipts/{receipt_id}", name="consent_receipt", summary="A consent receipt")
def consent_receipt(
    house: HouseDep, caller: CallerDep, receipt_id: ReceiptPath, case: CaseQuery = None
) -> dict[str, Any]:
    """Give the signed receipt of a consent event."""
    return dict(consent_receipts.receipt_of(house, caller, receipt_id, case=case).document)
