"""Sources, the catalogue and scans."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from classification import catalogued, labels
from classification.report import field_entry
from governance import register
from governance.api.edge import CallerDep, HouseDep, RepeatableRoute
from governance.errors import NotFoundError
from governance.journeys.depth import SAMPLE_ROWS, Depth
from governance.journeys.review import id_of_field
from governance.journeys.scanning import ask_for_scan
from governance.journeys.sight import Right, require
from governance.register import Scan
from storage import read_only

router = APIRouter(tags=["catalogue"], route_class=RepeatableRoute)


class ScanIn(BaseModel):
    """Which sources; none named means all."""

    sources: list[Annotated[str, Field(max_length=64)]] = Field(default_factory=list, examples=[["shop"]])
    full: bool = Field(default=False, description="Every row instead of a sample")
    sample: int = Field(default=SAMPLE_ROWS, ge=1, le=1_000_000, description="Rows to draw at most per table")
    again: bool = Field(default=False, description="Read tables too that have not changed since the last scan")


@router.get("/sources", name="sources", summary="Declared sources")
def get_sources(house: HouseDep, caller: CallerDep) -> list[dict[str, Any]]:
    """List the sources, without their addresses."""
    del caller  # whoever is signed in may know which systems there are
    with read_only(house.engine) as session:
        found = register.sources(session)
    return [{"id": one.id, "title": dict(one.title), "owner": one.owner} for one in found]


@router.get("/datasets", name="datasets", summary="Catalogued datasets")
def get_datasets(house: HouseDep, caller: CallerDep) -> list[dict[str, Any]]:
    """List what has been scanned or decided: counts and tiers, never values."""
    del caller  # likewise
    with read_only(house.engine) as session:
        return [asdict(one) | {"tier": int(one.tier)} for one in catalogued(session)]


@router.get("/datasets/{dataset_id}/fields", name="fields", summary="Fields of a dataset")
def get_fields(house: HouseDep, caller: CallerDep, dataset_id: str) -> list[dict[str, Any]]:
    """List a dataset's labels with their evidence, which holds masked samples only."""
    del caller  # likewise
    with read_only(house.engine) as session:
        found = labels(session, dataset_id)
    if not found:
        raise NotFoundError(kind="dataset", id=dataset_id)
    return [{"id": id_of_field(dataset_id, label.field), **field_entry(label)} for label in found]


@router.post("/scans", name="scan", summary="Scan declared sources", status_code=202)
def post_scan(house: HouseDep, caller: CallerDep, body: ScanIn) -> dict[str, Any]:
    """Ask for a scan; it goes on where it stood if the service is killed."""
    require(caller, Right.SCAN)
    depth = Depth(full=body.full, sample=body.sample, again=body.again)
    return _out(ask_for_scan(house, caller, body.sources, depth))


@router.get("/scans/{scan_id}", name="scan-progress", summary="How far a scan is")
def get_scan(house: HouseDep, caller: CallerDep, scan_id: str) -> dict[str, Any]:
    """Show which sources were read and which could not be."""
    require(caller, Right.SCAN)
    with read_only(house.engine) as session:
        return _out(register.scan_by_id(session, scan_id))


def _out(scan: Scan) -> dict[str, Any]:
    return {
        "id": scan.id,
        "sources": list(scan.sources),
        "full": scan.full,
        "sample": scan.sample,
        "again": scan.again,
        "status": scan.status,
        "done": [dict(part) for part in scan.done],
        "problems": [dict(part) for part in scan.problems],
        "created_at": scan.created_at.isoformat(),
        "ended_at": scan.ended_at.isoformat() if scan.ended_at else None,
    }
