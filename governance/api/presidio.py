"""Presidio's own REST contract: its clients work here unchanged, with our token.

Bodies, answers and `{"error": …}` are Presidio's. One difference: a request to `analyze` that can't be answered is
400, where Presidio's own server says 500 for what is the caller's mistake. A missing token is our problem document
with `error` beside its other members.
"""

import json
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.routing import APIRoute

from classification.errors import PresidioRequestError
from governance.api.edge import CallerDep, HouseDep, answer_problem
from governance.api.problems import MEDIA_TYPE, row_of
from governance.journeys.presidio import engines, serve
from storage.errors import ProductError


class PresidioRoute(APIRoute):
    """A route whose failures are told as Presidio's clients read them."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the route's handler."""
        handler = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handler(request)
            except RequestValidationError:
                return JSONResponse({"error": "Invalid request json"}, 400)
            except PresidioRequestError as error:
                return JSONResponse({"error": error.detail("en")}, row_of(type(error)).status)
            except ProductError as error:
                answer = answer_problem(request, error)
                document = json.loads(bytes(answer.body))
                return JSONResponse(document | {"error": document["detail"]}, answer.status_code, None, MEDIA_TYPE)

        return told


router = APIRouter(prefix="/presidio", tags=["presidio"], route_class=PresidioRoute)
Content = Annotated[Any, Body()]
LanguageQuery = Annotated[str | None, Query(max_length=20, description="zh or en; absent: both", examples=["en"])]
_ANALYZE = {"text": "My number is 212-555-0123", "language": "en"}
_ANONYMIZE = {
    "text": "My number is 212-555-0123",
    "anonymizers": {"DEFAULT": {"type": "replace", "new_value": "ANONYMIZED"}},
    "analyzer_results": [{"start": 13, "end": 25, "score": 0.8, "entity_type": "PHONE_NUMBER"}],
}


Analysis = Annotated[Any, Body(examples=[_ANALYZE])]
Anonymisation = Annotated[Any, Body(examples=[_ANONYMIZE])]


@router.post("/analyze", name="presidio-analyze", summary="Find personal data in a text or a list of texts")
def post_analyze(house: HouseDep, caller: CallerDep, body: Analysis) -> Response:
    """Answer as Presidio's analyzer does."""
    return _json(serve(house, caller, "analyze", body))


@router.post("/anonymize", name="presidio-anonymize", summary="Replace results in a text")
def post_anonymize(house: HouseDep, caller: CallerDep, body: Anonymisation) -> Response:
    """Answer as Presidio's anonymizer does."""
    return _json(serve(house, caller, "anonymize", body))


@router.post("/deanonymize", name="presidio-deanonymize", summary="Take encryption back with the client's key")
def post_deanonymize(house: HouseDep, caller: CallerDep, body: Content) -> Response:
    """Answer as Presidio's deanonymizer does."""
    return _json(serve(house, caller, "deanonymize", body))


@router.get("/recognizers", name="presidio-recognizers", summary="Names of recognisers")
def get_recognizers(house: HouseDep, caller: CallerDep, language: LanguageQuery = None) -> list[str]:
    """List the recognisers."""
    del caller  # whoever is signed in may know what is found
    return engines(house).recognizers(language)


@router.get("/supportedentities", name="presidio-entities", summary="Entities that are found")
def get_entities(house: HouseDep, caller: CallerDep, language: LanguageQuery = None) -> list[str]:
    """List the entities."""
    del caller  # likewise
    return engines(house).supported_entities(language)


@router.get("/anonymizers", name="presidio-anonymizers", summary="Operators of anonymize")
def get_anonymizers(house: HouseDep, caller: CallerDep) -> list[str]:
    """List the operators."""
    del caller  # likewise
    return engines(house).anonymizer.get_anonymizers()


@router.get("/deanonymizers", name="presidio-deanonymizers", summary="Operators of deanonymize")
def get_deanonymizers(house: HouseDep, caller: CallerDep) -> list[str]:
    """List the operators that take others back."""
    del caller  # likewise
    return engines(house).deanonymizer.get_deanonymizers()


@router.get("/health", name="presidio-health", summary="Presidio's probe", response_class=PlainTextResponse)
def get_health(caller: CallerDep) -> Response:
    """Answer the probe as Presidio does."""
    del caller  # our own probes are at the root
    return Response("Presidio Analyzer service is up", media_type="text/plain")


def _json(document: object) -> Response:
    # Escaped, so that what a client sent with half a character comes back as it was.
    return Response(json.dumps(document, sort_keys=True), media_type="application/json")
