"""For operators: is it alive, is it ready, and its metrics."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from governance.api.edge import HouseDep
from storage import read_only

router = APIRouter(tags=["operations"])


@router.get("/health/live", summary="The process answers")
def live() -> dict[str, str]:
    """Tell that the process answers at all."""
    return {"status": "live"}


@router.get("/health/ready", summary="Database and log are there", responses={503: {"description": "not ready"}})
def ready(house: HouseDep) -> Response:
    """Tell whether governed answers can be given: the database answers and the log is being written."""
    parts = {"database": "up", "log": "up" if house.notary.is_running else "down"}
    try:
        with read_only(house.engine) as session:
            session.connection().execute(text("SELECT 1"))
    except SQLAlchemyError:
        parts["database"] = "down"
    good = set(parts.values()) == {"up"}
    return JSONResponse({"status": "ready" if good else "not ready", **parts}, 200 if good else 503)


@router.get("/metrics", summary="Metrics in Prometheus' text form", response_class=PlainTextResponse)
def metrics(request: Request) -> Response:
    """Give counters and times; no label holds a personal value."""
    return Response(request.app.state.watch.text(), media_type="text/plain; version=0.0.4")
