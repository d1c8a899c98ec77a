"""Jobs, rounds and models are kept alike on both engines."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from federated import (
    Outcome,
    Phase,
    find_job,
    list_jobs,
    list_models,
    parse_job,
    record_outcome,
    record_phase,
)
from storage import read_only, unit_of_work
from tests.federated_data import JOB

SPEC = parse_job(JOB.format(task="binary", model="{kind: gbdt}"), Path("job.yaml"))
RUN = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
DIGEST = "a" * 64


def outcome(run: str = RUN) -> Outcome:
    return Outcome(
        run_id=run,
        job="rehearsal",
        model_digest=DIGEST,
        model_file=Path("models") / f"{DIGEST}.json",
        metrics={"auc": 0.75},
        evaluated_on="test",
        rounds=1,
        sums=9,
        seconds=1.0,
        bytes_up=3 * 10**9,
        bytes_down=5,
        partners=(),
        epsilon_spent=None,
        fairness={},
        status="unreleased",
    )


def started(run: str = RUN) -> Phase:
    return Phase("started", 0, {"run": run, "partners": [{"id": "p1", "rows": 40, "key_fingerprint": "f"}]})


def test_a_job_runs_and_ends_with_a_model_in_the_registry(engine: Engine, now: datetime) -> None:
    facts = {
        "run": RUN,
        "digest_before": "b" * 64,
        "digest_after": DIGEST,
        "bytes_up": 3 * 10**9,
        "bytes_down": 1,
        "sums": 3,
    }
    with unit_of_work(engine) as session:
        record_phase(session, SPEC, started(), now)
        record_phase(session, SPEC, Phase("round", 1, facts), now)
        record_outcome(session, outcome(), now + timedelta(seconds=2))

    with read_only(engine) as session:
        job, models = find_job(session, RUN), list_models(session, 10)

    assert job is not None
    assert (job.status, job.model_digest, job.metrics) == ("done", DIGEST, {"auc": 0.75})
    assert job.ended_at == now + timedelta(seconds=2)
    assert [(model.job, model.digest, model.status) for model in models] == [(RUN, DIGEST, "unreleased")]


def test_a_run_that_failed_before_its_start_is_kept_too(engine: Engine, now: datetime) -> None:
    with unit_of_work(engine) as session:
        record_phase(session, SPEC, Phase("failed", 0, {"run": RUN, "error": "DataRefusedError"}), now)

    with read_only(engine) as session:
        job = find_job(session, RUN)

    assert job is not None
    assert (job.status, job.error) == ("failed", "DataRefusedError")


def test_two_jobs_may_lead_to_the_same_model(engine: Engine, now: datetime) -> None:
    other = RUN[:-1] + "W"
    with unit_of_work(engine) as session:
        for run in (RUN, other):
            record_phase(session, SPEC, started(run), now)
            record_outcome(session, outcome(run), now)

    with read_only(engine) as session:
        assert [model.job for model in list_models(session, 10)] == [other, RUN]
        assert [job.id for job in list_jobs(session, 10, after=other)] == [RUN]
        assert [model.job for model in list_models(session, 10, after=other)] == [RUN]
        assert find_job(session, "none") is None
