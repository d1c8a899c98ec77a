"""Rehearse a federated training on this machine: train, notarise every phase, keep job, rounds and model.

It passes no gate of purpose, consent or approval: the entries say `rehearsal`, and the model stays unreleased.
"""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from audit import Event, append
from federated import Outcome, Phase, read_job, record_outcome, record_phase, train
from governance.house import House
from storage import canonical_json, unit_of_work

Progress = Callable[[Phase], None]

KINDS = {"started": "training.started", "round": "round.finished", "finished": "training.finished"}


def rehearse(house: House, actor: str, path: Path, progress: Progress = lambda _: None) -> dict[str, Any]:
    """Train the job of a file and wait until its last entry is durable.

    Returns:
        The document of interface 3.5.

    Raises:
        JobInvalidError: the job file is wrong; nothing is recorded, since no job can be named.
        FederatedError: the data was refused, or the run failed; that is recorded, and no model was written.
        NotarisationTimeoutError: the entries were not durable in time.
    """
    job = read_job(path)
    entries: list[str] = []
    finished: list[Phase] = []

    def keep(phase: Phase) -> None:
        progress(phase)
        if phase.kind == "finished":
            finished.append(phase)  # recorded with the outcome, in one transaction
            return
        with unit_of_work(house.engine) as session:
            record_phase(session, job, phase, house.clock())
            entries.append(append(session, _event(house, actor, job.purpose, phase, entries)))

    outcome = train(
        job, now=house.clock(), entropy=secrets.token_bytes, folder=house.settings.data_dir / "models", on_event=keep
    )
    with unit_of_work(house.engine) as session:
        record_outcome(session, outcome, house.clock())
        entries.append(append(session, _event(house, actor, job.purpose, finished[0], entries)))
    house.notarised(entries[-1])
    return document(outcome, entries)


def document(outcome: Outcome, entries: list[str]) -> dict[str, Any]:
    """Give what the command and the demo show: the outcome, and the first and last entry that notarise it."""
    audit = {"first_entry": entries[0], "last_entry": entries[-1]}
    return outcome.document() | {"audit": audit, "model_file": str(outcome.model_file.resolve())}


def _event(house: House, actor: str, purpose: str, phase: Phase, entries: list[str]) -> Event:
    failed = "round.failed" if entries else "training.refused"
    return house.event(
        KINDS.get(phase.kind, failed),
        actor,
        canonical_json([phase.facts["run"], phase.kind, phase.round]),
        outcome="deny" if phase.kind == "failed" else None,
        purpose=purpose,
        facts=_exact({"round": phase.round, **phase.facts}),
        parent=entries[0] if entries else None,
    )


def _exact(value: Any) -> Any:  # noqa: ANN401 -- any JSON value
    """Give the value with fractions as text: entries hold no floats."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return {name: _exact(inner) for name, inner in value.items()}
    return [_exact(inner) for inner in value] if isinstance(value, list) else value
