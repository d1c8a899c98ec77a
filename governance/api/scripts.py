"""Sales scripts and dialogues."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from governance.api.edge import CallerDep, HouseDep
from governance.journeys.scripts import check_one, note_checks
from policies.scripts import CHANNELS, MOST_CHARACTERS, MOST_TURNS, load_library
from storage import canonical_json

router = APIRouter(tags=["scripts"])
Word = Annotated[str, StringConstraints(max_length=64)]
Id = Annotated[str | int, Field(description="comes back in the answer")]
Channel = Annotated[Word, Field(json_schema_extra={"enum": list(CHANNELS)})]
Speaker = Literal["agent", "bot", "copy", "customer"]
Figure = Annotated[float | None, Field(allow_inf_nan=False)]
Count = Annotated[int | None, Field(ge=0)]


class Stated(BaseModel):
    """A body that is taken as it was written: no text becomes a number, and what is not named here is left aside."""

    model_config = ConfigDict(strict=True)

    def document(self) -> dict[str, Any]:
        """Give it as the command line reads it."""
        return self.model_dump(exclude_unset=True)


class ProductFactsIn(Stated):
    """What is true of the product that is sold."""

    guaranteed_renewal_years: Figure = None
    minimum_rate: Figure = None
    deductible: Figure = None
    official_withdrawal_date: str | None = Field(None, json_schema_extra={"format": "date"})
    total_premium: Figure = None


class UtteranceIn(Stated):
    """One text, where and by whom it is said; an unknown product counts as `general`."""

    id: Id = ""
    text: str = Field(max_length=MOST_CHARACTERS, examples=["这款产品保本保息"])
    channel: Channel = "phone"
    speaker: Speaker = "agent"
    product_type: Word | None = Field(None, examples=["general"])
    product_facts: ProductFactsIn | None = None


class TurnIn(Stated):
    """One turn of a conversation; without `turn` they are counted from 1."""

    turn: int = 1
    speaker: Speaker = "agent"
    text: str = Field(max_length=MOST_CHARACTERS, examples=["您好，我是明镜保险的智能助理"])


class CallIn(Stated):
    """What is known of the call."""

    call_time: str | None = Field(
        None, max_length=40, examples=["2026-03-02 10:00"], description="YYYY-MM-DD HH:MM in Shanghai, or ISO 8601"
    )
    customer_age: Count = None
    customer_initiated: bool | None = None
    do_not_disturb: bool | None = None
    monthly_cap: Count = None
    prior_marketing_contacts_this_month: Count = None


class DialogueIn(Stated):
    """One conversation."""

    id: Id = ""
    kind: Literal["agent", "bot"] = "agent"
    stage: Literal["opening_only", "pitch", "closing"] | None = None
    product_type: Word | None = Field(None, examples=["general"])
    channel: Channel = "phone"
    meta: CallIn | None = None
    product_facts: ProductFactsIn | None = None
    turns: list[TurnIn] = Field(min_length=1, max_length=MOST_TURNS)


class ViolationOut(BaseModel):
    """One breach; offsets refer to the text as it was sent."""

    category: str
    severity: Literal["red", "yellow", "blue"]
    start: int
    end: int
    text: str
    normalized: str
    rule: str
    basis: list[str]
    advice: str
    confidence: float


class VerdictOut(BaseModel):
    """A text's verdict."""

    id: str
    verdict: Literal["pass", "warn", "block"]
    violations: list[ViolationOut]
    signals: list[str]
    library: str


class TurnViolationOut(ViolationOut):
    """One breach in a conversation."""

    turn: int


class DialogueOut(BaseModel):
    """A conversation's verdict."""

    id: str
    verdict: Literal["pass", "warn", "block"]
    stage: str
    violations: list[TurnViolationOut]
    required: list[str]
    missing_required: list[str]
    contact_breaches: list[str]
    signals: list[str]
    library: str


@router.post("/scripts/check", name="check-script", summary="Check one text")
def post_check(house: HouseDep, caller: CallerDep, body: UtteranceIn) -> VerdictOut:
    """Check a text in the form of the interface, section 3.2."""
    return VerdictOut(**_checked(house, caller, "check", body))


@router.post("/scripts/dialogue", name="check-dialogue", summary="Check one dialogue")
def post_dialogue(house: HouseDep, caller: CallerDep, body: DialogueIn) -> DialogueOut:
    """Check a dialogue in the form of the interface, section 3.3."""
    return DialogueOut(**_checked(house, caller, "dialogue", body))


def _checked(house: HouseDep, caller: CallerDep, kind: str, body: Stated) -> dict[str, Any]:
    document = body.document()
    found = check_one(load_library(), kind, document)
    note_checks(house, caller.person_id, kind, [canonical_json(document)], [str(found["verdict"])])
    return found
