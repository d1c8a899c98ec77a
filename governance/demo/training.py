"""Training data of three partner institutions and one test set, for the demo's federated round."""

# ruff: noqa: PLR2004 -- shares, sizes and hours of an invented story; a name for each would tell no more

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from governance.demo.writers import write_csv

FEATURES = (
    "age", "sum_insured_log", "premium_ratio", "claims_3y", "mileage",
    "night_share", "bmi", "smoker", "tenure", "late_payments",
)  # fmt: skip
TOPIC = 41
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Partner:
    """One institution: how many rows it has, and how its customers differ from the others'."""

    id: str
    share: float
    shift: tuple[float, float, float]  # added to age, claims and mileage, in standard deviations


PARTNERS = (
    Partner("insurer-a", 0.5, (0.0, 0.0, 0.0)),
    Partner("insurer-b", 0.32, (0.7, 0.4, -0.5)),
    Partner("hospital-a", 0.18, (1.1, 0.6, -0.8)),
)
JOB = """job: claim-risk-{year}Q1
purpose: joint_modelling_insurers
task: binary
label: y
features: all
model: {{kind: gbdt, trees: 20, depth: 3, learning_rate: 0.3, bins: 64}}
privacy: {{secure_aggregation: true, dp: null}}
partners: [{partners}]
evaluate: {{data: test.csv}}
protected: []
seed: {seed}
"""


def write_training(folder: Path, scale: int, seed: int, year: int) -> Path:
    """Write partner files, test file and job, and give the job's path. At scale 20000 there are 18000 rows in all."""
    folder.mkdir(parents=True, exist_ok=True)
    total = max(600, int(scale * 0.9))
    for number, partner in enumerate(PARTNERS):
        rng = np.random.default_rng([seed, TOPIC, number])
        _write(folder / f"{partner.id}.csv", _draw(rng, int(total * partner.share), partner.shift))
    rng = np.random.default_rng([seed, TOPIC, 99])
    _write(folder / "test.csv", np.vstack([_draw(rng, max(200, int(total * p.share / 4)), p.shift) for p in PARTNERS]))
    job = folder / "job.yaml"
    named = ", ".join(f"{{id: {partner.id}, data: {partner.id}.csv}}" for partner in PARTNERS)
    job.write_text(JOB.format(year=year, partners=named, seed=seed), encoding="utf-8", newline="\n")
    return job


def _draw(rng: np.random.Generator, rows: int, shift: tuple[float, float, float]) -> Floats:
    """Draw features and a label whose log-odds bend and interact, so that trees have something to find."""
    z = rng.normal(0, 1, (rows, len(FEATURES)))
    z[:, 0] += shift[0]
    z[:, 3] += shift[1]
    z[:, 4] += shift[2]
    smoker = z[:, 7] > 0.8
    hazard = 1.25 * (
        0.9 * z[:, 3]
        + 0.5 * np.abs(z[:, 0])
        + 0.7 * smoker * (z[:, 6] > 0)
        + 0.6 * np.where(z[:, 5] > 1, 1, 0)
        + 0.5 * z[:, 4] * (z[:, 8] < 0)
        + 0.35 * z[:, 9]
    )
    y = rng.random(rows) < 1 / (1 + np.exp(-(hazard - 2.9)))
    table = np.column_stack(
        [
            np.clip(np.round(43 + 12 * z[:, 0]), 18, 90),
            np.round(12.5 + 0.8 * z[:, 1], 3),
            np.round(np.exp(-3 + 0.5 * z[:, 2]), 5),
            np.clip(np.round(1 + 1.2 * z[:, 3]), 0, 9),
            np.round(9000 * np.exp(0.4 * z[:, 4])),
            np.round(1 / (1 + np.exp(1.5 - z[:, 5])), 3),
            np.round(23.5 + 3 * z[:, 6], 1),
            smoker,
            np.clip(np.round(48 + 30 * z[:, 8]), 0, 240),
            np.clip(np.round(0.6 + z[:, 9]), 0, 6),
            y,
        ]
    )
    return np.asarray(table, dtype=np.float64)


def _write(path: Path, table: Floats) -> None:
    records: list[tuple[object, ...]] = [
        tuple(f"{value:g}" if i != 4 else str(int(value)) for i, value in enumerate(row)) for row in table.tolist()
    ]
    write_csv(path, (*FEATURES, "y"), records)
