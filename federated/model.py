"""Values of a federated run: the job, the model's settings, the facts of a phase, the outcome."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

JSON = Any  # a JSON value; typing has no recursive form that canonical_json accepts
Task = Literal["binary", "regression"]
Kind = Literal["gbdt", "logistic", "linear"]

MIN_PARTNERS = 3
MISSING = "(missing)"  # the group of a missing protected value
MIN_ROWS = 20  # smallest node, smallest partner, smallest group that is reported


@dataclass(frozen=True, slots=True)
class BoostingSettings:
    """Settings of exact histogram boosting; the defaults are XGBoost's.

    Args:
        bins: at most so many bins a feature, the missing one not counted.
        min_rows: summed rows in each child of a split, never under 20.
    """

    trees: int = 100
    depth: int = 6
    learning_rate: float = 0.3
    bins: int = 256
    reg_lambda: float = 1.0
    gamma: float = 0.0
    min_child_weight: float = 1.0
    min_rows: int = MIN_ROWS


@dataclass(frozen=True, slots=True)
class LinearSettings:
    """Settings of the generalised linear models: standardised features clipped to ±`clip`, ridge penalty `l2`."""

    clip: float = 5.0
    l2: float = 0.0
    iterations: int = 50


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """The kind of model and its settings."""

    kind: Kind
    boosting: BoostingSettings = field(default_factory=BoostingSettings)
    linear: LinearSettings = field(default_factory=LinearSettings)


@dataclass(frozen=True, slots=True)
class PartnerSpec:
    """A partner and its file, readable by that partner alone."""

    id: str
    data: Path


@dataclass(frozen=True, slots=True)
class Job:
    """A checked training job (interface 3.5).

    Args:
        features: names in order, or None for every column but the label.
        spec_digest: SHA-256 of the job document's canonical form, hex.
    """

    name: str
    purpose: str
    task: Task
    label: str
    features: tuple[str, ...] | None
    model: ModelSpec
    partners: tuple[PartnerSpec, ...]
    evaluate: Path | None
    protected: tuple[str, ...]
    seed: int
    spec_digest: str


@dataclass(frozen=True, slots=True)
class Phase:
    """What happened in one phase, for the log: counts and digests, never data.

    Args:
        kind: `started`, `round`, `finished` or `failed`.
        round: number of the training round (tree or iteration); 0 for the others.
    """

    kind: Literal["started", "round", "finished", "failed"]
    round: int
    facts: Mapping[str, JSON]


OnEvent = Callable[[Phase], None]


@dataclass(frozen=True, slots=True)
class PartnerShare:
    """What one partner brought: rows, and bytes it sent."""

    id: str
    rows: int
    bytes_up: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a run; sizes in bytes, `rounds` = trees or iterations, `sums` = secure sums taken."""

    run_id: str
    job: str
    model_digest: str
    model_file: Path
    metrics: Mapping[str, float]
    evaluated_on: Literal["test", "training"]
    rounds: int
    sums: int
    seconds: float
    bytes_up: int
    bytes_down: int
    partners: tuple[PartnerShare, ...]
    epsilon_spent: float | None
    fairness: Mapping[str, JSON]
    status: Literal["unreleased", "released", "blocked"]

    def document(self) -> dict[str, JSON]:
        """Give the JSON of interface 3.5; `audit` is added by whoever notarised the phases."""
        return {
            "job": self.job,
            "model_digest": self.model_digest,
            "metrics": dict(self.metrics),
            "evaluated_on": self.evaluated_on,
            "rounds": self.rounds,
            "secure_sums": self.sums,
            "seconds": round(self.seconds, 3),
            "bytes_up": self.bytes_up,
            "bytes_down": self.bytes_down,
            "partners": [{"id": one.id, "rows": one.rows, "bytes_up": one.bytes_up} for one in self.partners],
            "epsilon_spent": self.epsilon_spent,
            "fairness": dict(self.fairness),
            "status": self.status,
            "model_file": str(self.model_file),
        }
