"""The store of federated work: jobs, rounds, models. The caller's transaction commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from federated.model import Job, Outcome, Phase
from federated.tables import JobRow, ModelRow, RoundRow


@dataclass(frozen=True, slots=True)
class JobRecord:
    """One run as stored; `status` is running, done or failed."""

    id: str
    name: str
    spec_digest: str
    purpose: str
    kind: str
    rehearsal: bool
    status: str
    partners: tuple[dict[str, Any], ...]
    model_digest: str | None
    metrics: dict[str, float] | None
    error: str | None
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """One model of the registry; `status` is unreleased, released or blocked."""

    job: str
    digest: str
    kind: str
    file: str
    status: str
    metrics: dict[str, float]
    fairness: dict[str, Any]
    created_at: datetime


def record_phase(session: Session, job: Job, phase: Phase, at: datetime) -> None:
    """Keep what a phase told: a new job, a round, or a failure. A refusal before the start is a job that failed."""
    run = str(phase.facts["run"])
    if phase.kind == "round":
        session.add(_round(run, phase, at))
        return
    row = session.get(JobRow, run)
    if row is None:
        row = _job(run, job, at)
        session.add(row)
    if phase.kind == "started":
        row.partners = list(phase.facts["partners"])
    elif phase.kind == "failed":
        row.status, row.error, row.ended_at = "failed", str(phase.facts["error"]), at
    session.flush()


def _job(run: str, job: Job, at: datetime) -> JobRow:
    return JobRow(
        id=run,
        name=job.name,
        spec_digest=job.spec_digest,
        purpose=job.purpose,
        kind=job.model.kind,
        rehearsal=True,
        status="running",
        partners=[],
        started_at=at,
    )


def _round(run: str, phase: Phase, at: datetime) -> RoundRow:
    facts = phase.facts
    return RoundRow(
        job=run,
        number=phase.round,
        digest_before=facts["digest_before"],
        digest_after=facts["digest_after"],
        bytes_up=facts["bytes_up"],
        bytes_down=facts["bytes_down"],
        sums=facts["sums"],
        at=at,
    )


def record_outcome(session: Session, outcome: Outcome, at: datetime) -> None:
    """Close a job and enter its model in the registry."""
    row = session.get_one(JobRow, outcome.run_id)
    row.status, row.ended_at = "done", at
    row.model_digest, row.metrics = outcome.model_digest, dict(outcome.metrics)
    session.add(
        ModelRow(
            job=outcome.run_id,
            digest=outcome.model_digest,
            kind=row.kind,
            file=str(outcome.model_file),
            status=outcome.status,
            metrics=dict(outcome.metrics),
            fairness=dict(outcome.fairness),
            created_at=at,
        )
    )
    session.flush()


def list_jobs(session: Session, limit: int, after: str = "") -> Sequence[JobRecord]:
    """Give jobs, newest first; `after` is the last id of the page before."""
    query = select(JobRow).order_by(col(JobRow.id).desc()).limit(limit)
    if after:
        query = query.where(col(JobRow.id) < after)
    return [_job_record(row) for row in session.exec(query)]


def find_job(session: Session, run: str) -> JobRecord | None:
    """Give one job, or None."""
    row = session.get(JobRow, run)
    return None if row is None else _job_record(row)


def _job_record(row: JobRow) -> JobRecord:
    return JobRecord(
        id=row.id,
        name=row.name,
        spec_digest=row.spec_digest,
        purpose=row.purpose,
        kind=row.kind,
        rehearsal=row.rehearsal,
        status=row.status,
        partners=tuple(row.partners),
        model_digest=row.model_digest,
        metrics=row.metrics,
        error=row.error,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


def list_models(session: Session, limit: int, after: str = "") -> Sequence[ModelRecord]:
    """Give the registry, newest first; `after` is the last job of the page before."""
    query = select(ModelRow).order_by(col(ModelRow.job).desc()).limit(limit)
    if after:
        query = query.where(col(ModelRow.job) < after)
    return [
        ModelRecord(
            job=row.job,
            digest=row.digest,
            kind=row.kind,
            file=row.file,
            status=row.status,
            metrics=row.metrics,
            fairness=row.fairness,
            created_at=row.created_at,
        )
        for row in session.exec(query)
    ]
