"""The phases of one run, told as counts and digests; each round's digest covers all rounds before it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from federated.export import digest_of
from federated.model import JSON, Job, OnEvent, Outcome, Phase
from storage.columns import canonical_json

if TYPE_CHECKING:
    from federated.flower import GridFederation


class Rounds:
    """Tells `on_event` what happened, in order."""

    def __init__(self, job: Job, run: str, federation: "GridFederation", on_event: OnEvent) -> None:
        """Take the run's facts and the federation whose traffic is counted."""
        self._job = job
        self._run = run
        self._on_event = on_event
        self._federation = federation
        self._digest = digest_of(b"")
        self._up = self._down = self._sums = 0
        self.number = 0

    def _tell(self, kind: Literal["started", "round", "finished"], facts: dict[str, JSON]) -> None:
        roster = {"run": self._run, "roster_digest": self._federation.roster_digest}
        self._on_event(Phase(kind, self.number, roster | facts))

    def started(self, features: int, rows: Mapping[str, int]) -> None:
        """Tell who takes part, with which keys, in which job; `rows` by partner."""
        job = self._job
        shown = self._federation.fingerprints
        partners = [{"id": name, "rows": count, "key_fingerprint": shown.get(name)} for name, count in rows.items()]
        facts = {
            "job": job.name,
            "spec_digest": job.spec_digest,
            "purpose": job.purpose,
            "task": job.task,
            "kind": job.model.kind,
            "features": features,
            "partners": partners,
            "secure_aggregation": bool(shown),
            "rehearsal": True,
        }
        self._tell("started", facts)

    def finished(self, number: int, added: JSON) -> None:
        """Tell one round; `added` is what it added to the model."""
        self.number = number
        before = self._digest
        self._digest = digest_of(canonical_json([before, added]).encode())
        traffic = self._federation.traffic
        facts = {
            "digest_before": before,
            "digest_after": self._digest,
            "bytes_up": traffic.up_total - self._up,
            "bytes_down": traffic.down - self._down,
            "sums": traffic.sums - self._sums,
        }
        self._up, self._down, self._sums = traffic.up_total, traffic.down, traffic.sums
        self._tell("round", facts)

    def closed(self, outcome: Outcome) -> None:
        """Tell the end."""
        facts = {
            "model_digest": outcome.model_digest,
            "metrics": dict(outcome.metrics),
            "evaluated_on": outcome.evaluated_on,
            "rounds": outcome.rounds,
            "sums": outcome.sums,
            "bytes_up": outcome.bytes_up,
            "bytes_down": outcome.bytes_down,
            "status": outcome.status,
        }
        self._tell("finished", facts)
