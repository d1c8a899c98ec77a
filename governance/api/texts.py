"""Free text: mentions, anonymised text, and text restored for a purpose."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from governance.api.edge import CallerDep, HouseDep
from governance.journeys.text_documents import MOST_CHARACTERS
from governance.journeys.texts import serve_analysis, serve_anonymised, serve_restored

router = APIRouter(prefix="/text", tags=["text"])
Id = Annotated[str | int | None, Field(examples=["t1"])]
Purpose = Annotated[str | None, Field(max_length=64, examples=["claims_service"])]


class TextIn(BaseModel):
    """One text; `language` is zh or en."""

    id: Id = None
    text: str = Field(max_length=MOST_CHARACTERS, examples=["我是王芳，请回电13800008000。"])
    language: str | None = Field(None, max_length=20, examples=["zh"])


class AnonymizeIn(TextIn):
    """One text, and what is put in the place of each type: replace, mask, hash, keep-shape or token."""

    operators: dict[Annotated[str, Field(max_length=64)], Annotated[str, Field(max_length=20)]] = Field(
        default_factory=dict, max_length=100, examples=[{"DEFAULT": "replace", "PHONE": "mask"}]
    )
    purpose: Purpose = None


class RestoreIn(BaseModel):
    """A text with tokens, and why they are opened."""

    id: Id = None
    text: str = Field(max_length=MOST_CHARACTERS)
    purpose: Purpose = None
    case: str | None = Field(None, max_length=100)


@router.post("/analyze", name="text-analyze", summary="Find personal data in a text")
def post_analyze(house: HouseDep, caller: CallerDep, body: TextIn) -> dict[str, Any]:
    """Give the spans, as `mingjing text` does."""
    return serve_analysis(house, caller, body.model_dump())


@router.post("/anonymize", name="text-anonymize", summary="Replace personal data in a text")
def post_anonymize(house: HouseDep, caller: CallerDep, body: AnonymizeIn) -> dict[str, Any]:
    """Give the spans and the text without them, as `mingjing text --anonymize` does."""
    written = [f"{label}={name}" for label, name in body.operators.items()]
    return serve_anonymised(house, caller, body.model_dump(), written, body.purpose)


@router.post("/restore", name="text-restore", summary="Open the tokens in a text")
def post_restore(house: HouseDep, caller: CallerDep, body: RestoreIn) -> dict[str, Any]:
    """Give the text with those tokens opened that the purpose may see in clear."""
    return serve_restored(house, caller, [body.model_dump()], body.purpose, body.case)[0]
