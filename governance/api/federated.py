"""Federated work as far as a service without a coordinator shows it: the jobs that ran, and the registry of models."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from federated import JobRecord, ModelRecord, find_job, list_jobs, list_models
from governance.api.edge import CallerDep, CursorQuery, HouseDep, LimitQuery, open_cursor, seal_cursor
from governance.errors import NotFoundError
from storage import read_only

router = APIRouter(tags=["federated"])


class JobOut(BaseModel):
    """One run of a job; partners are ids, row counts and key fingerprints."""

    id: str
    job: str
    purpose: str
    kind: str
    rehearsal: bool
    status: str
    spec_digest: str
    model_digest: str | None
    metrics: dict[str, float] | None
    partners: list[dict[str, Any]]
    error: str | None
    started_at: datetime
    ended_at: datetime | None


class ModelOut(BaseModel):
    """One model of the registry."""

    job_id: str
    model_digest: str
    kind: str
    status: str
    metrics: dict[str, float]
    fairness: dict[str, Any]
    created_at: datetime


class JobPage(BaseModel):
    """A page of jobs, newest first; `next` is empty on the last."""

    items: list[JobOut]
    next: str


class ModelPage(BaseModel):
    """A page of models, newest first; `next` is empty on the last."""

    items: list[ModelOut]
    next: str


@router.get("/jobs", summary="Federated jobs, newest first")
def get_jobs(house: HouseDep, caller: CallerDep, limit: LimitQuery = 50, cursor: CursorQuery = "") -> JobPage:
    """List jobs."""
    del caller  # whoever is signed in may see them: they hold counts and digests only
    with read_only(house.engine) as session:
        found = list_jobs(session, limit + 1, open_cursor(house.keys, "jobs", cursor))
    more = seal_cursor(house.keys, "jobs", found[limit - 1].id) if len(found) > limit else ""
    return JobPage(items=[_job(record) for record in found[:limit]], next=more)


@router.get("/jobs/{job_id}", summary="One federated job")
def get_job(house: HouseDep, caller: CallerDep, job_id: str) -> JobOut:
    """Show a job."""
    del caller  # likewise
    with read_only(house.engine) as session:
        found = find_job(session, job_id)
    if found is None:
        raise NotFoundError(kind="job", id=job_id)
    return _job(found)


@router.get("/models", summary="The registry of models, newest first")
def get_models(house: HouseDep, caller: CallerDep, limit: LimitQuery = 50, cursor: CursorQuery = "") -> ModelPage:
    """List models."""
    del caller  # likewise
    with read_only(house.engine) as session:
        found = list_models(session, limit + 1, open_cursor(house.keys, "models", cursor))
    more = seal_cursor(house.keys, "models", found[limit - 1].job) if len(found) > limit else ""
    return ModelPage(items=[_model(record) for record in found[:limit]], next=more)


def _job(record: JobRecord) -> JobOut:
    return JobOut(
        id=record.id,
        job=record.name,
        purpose=record.purpose,
        kind=record.kind,
        rehearsal=record.rehearsal,
        status=record.status,
        spec_digest=record.spec_digest,
        model_digest=record.model_digest,
        metrics=record.metrics,
        partners=list(record.partners),
        error=record.error,
        started_at=record.started_at,
        ended_at=record.ended_at,
    )


def _model(record: ModelRecord) -> ModelOut:
    return ModelOut(
        job_id=record.job,
        model_digest=record.digest,
        kind=record.kind,
        status=record.status,
        metrics=record.metrics,
        fairness=record.fairness,
        created_at=record.created_at,
    )
