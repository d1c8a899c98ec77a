"""Train one job as a rehearsal on this machine: check the data, run it over Flower, measure, export.

Only the model file leaves the partners' rows. Each phase is told to `on_event` with counts and digests, never data.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from federated import data, evaluation, export
from federated.boosting import Census, boost
from federated.errors import DataRefusedError, FederatedError, OneClassError, Problem, TooFewPartnersError
from federated.federation import Federation, Question
from federated.linear import LinearModel, fit
from federated.model import JSON, MIN_PARTNERS, Job, OnEvent, Outcome, PartnerShare, Phase
from federated.partner import Partner
from federated.ring import bits_for, from_fixed, largest_exponent
from federated.rounds import Rounds
from federated.sketch import agree_edges
from federated.trees import Ensemble, Tree
from storage import new_id

if TYPE_CHECKING:
    from federated.flower import GridFederation

Model = Ensemble | LinearModel
OnRound = Callable[[int, JSON], None]
BANDS = 4


@dataclass(frozen=True, slots=True)
class Prepared:
    """A job with its checked data."""

    features: tuple[str, ...]
    partners: dict[str, data.Dataset]
    test: data.Dataset | None


def prepare(job: Job) -> Prepared:
    """Read and check every file, and refuse with all problems at once.

    Raises:
        TooFewPartnersError: fewer than three.
        DataRefusedError: a file or the agreement between files is wrong.
    """
    if len(job.partners) < MIN_PARTNERS:
        raise TooFewPartnersError(found=len(job.partners), least=MIN_PARTNERS)
    read = [data.load(partner.id, partner.data) for partner in job.partners]
    tested = data.load("test", job.evaluate) if job.evaluate else None
    problems = [one for one in (*read, tested) if isinstance(one, Problem)]
    files = [one for one in read if isinstance(one, data.Loaded)]
    if problems:
        raise DataRefusedError(path=job.name, problems=problems)
    features, problems = data.resolve_features(job, files)
    datasets: dict[str, data.Dataset] = {}
    for file in files:
        dataset, found = data.check(job, features, file)
        problems += [problem for problem in found if problem not in problems]
        if dataset is not None:
            datasets[file.owner] = dataset
    test = None
    if isinstance(tested, data.Loaded):
        test, found = data.check(job, features, tested, test=True)
        problems += found
    if problems:
        raise DataRefusedError(path=job.name, problems=problems)
    return Prepared(features, datasets, test)


def take_census(federation: Federation, job: Job) -> Census:
    """Learn by secure sums how many rows there are and the labels' mean and size.

    Raises:
        OneClassError: all binary labels are equal.
    """
    rows = int(federation.total(Question("census"))[0])
    exponent = 1
    if job.task == "regression":
        exponent = largest_exponent(federation.total(Question("exponents", {"source": "label"})))
    bits = bits_for(rows, exponent)
    mean = float(from_fixed(federation.total(Question("label", {"bits": bits})), bits)[0]) / rows
    if job.task == "binary" and mean in (0.0, 1.0):
        raise OneClassError(rows=rows, label=job.label)
    return Census(rows, mean, exponent)


def fit_model(federation: Federation, job: Job, features: int, census: Census, on_round: OnRound) -> Model:
    """Fit the job's model over any federation, telling `on_round` the number and what each round added.

    Guarantee: equal pooled rows and settings give an equal model.
    """
    if job.model.kind == "gbdt":

        def on_tree(number: int, tree: Tree) -> None:
            on_round(number, export.tree_document(tree, number - 1, features))

        return boost(federation, job.task, features, census, job.model.boosting, on_tree)
    settings, kind = job.model.linear, job.model.kind
    return fit(
        federation,
        kind,
        features,
        census.rows,
        census.label_exponent,
        settings,
        lambda number, beta: on_round(number, beta.tolist()),
    )


def predict(model: Model, dataset: data.Dataset) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Score rows in hand."""
    columns = dataset.features
    if isinstance(model, Ensemble):
        return model.predict(columns.astype(np.float32))
    return model.predict(columns)


def train(
    job: Job, *, now: datetime, entropy: Callable[[int], bytes], folder: Path, on_event: OnEvent, masked: bool = True
) -> Outcome:
    """Train a job on this machine and write its model into `folder`.

    Args:
        job: from `federated.job.read_job`.
        now: the instant that names the run.
        entropy: gives n random bytes (`secrets.token_bytes`); used for the run's id and keys.
        folder: where `<model_digest>.json` is written.
        on_event: told of every phase.
        masked: False only in measurements of what masking costs.

    Returns:
        The outcome, status `unreleased`: a rehearsal passes no gate of purpose, consent or approval.

    Raises:
        FederatedError: any of its kinds; a `failed` phase was told, and no model file was written.
    """
    run = new_id(now, int.from_bytes(entropy(10), "big"))
    try:
        return _Run(job, run, entropy, folder, on_event, masked).train()
    except FederatedError as error:
        on_event(Phase("failed", 0, {"run": run, "spec_digest": job.spec_digest, "error": type(error).__name__}))
        raise


@dataclass(frozen=True, slots=True)
class _Run:
    job: Job
    run: str
    entropy: Callable[[int], bytes]
    folder: Path
    on_event: OnEvent
    masked: bool

    def train(self) -> Outcome:
        from federated.flower import run_in_process  # noqa: PLC0415 -- a refused job need not wait for Flower's import

        began = time.perf_counter()
        prepared = prepare(self.job)
        partners = {
            name: Partner(dataset, self.job.task, self.job.model.kind) for name, dataset in prepared.partners.items()
        }
        return run_in_process(
            self.run,
            partners,
            self.entropy,
            lambda federation: self._coordinate(federation, prepared, began),
            masked=self.masked,
        )

    def _coordinate(self, federation: "GridFederation", prepared: Prepared, began: float) -> Outcome:
        rounds = Rounds(self.job, self.run, federation, self.on_event)
        rounds.started(len(prepared.features), {name: len(one.labels) for name, one in prepared.partners.items()})
        census = take_census(federation, self.job)
        model = fit_model(federation, self.job, len(prepared.features), census, rounds.finished)
        pooled = None
        if prepared.test is None or self.job.protected:
            pooled = evaluation.measure_pooled(
                federation, self.job.task, census.rows, census.label_mean, census.label_exponent
            )
        metrics, on = self._metrics(model, prepared, pooled)
        threshold = pooled.threshold if pooled else 0.0
        fairness = evaluation.fairness(federation, self._groups(federation, prepared, census), threshold)
        content = export.model_bytes(model, prepared.features)
        outcome = Outcome(
            run_id=self.run,
            job=self.job.name,
            model_digest=export.digest_of(content),
            model_file=export.write_model(content, self.folder),
            metrics=metrics,
            evaluated_on=on,
            rounds=rounds.number,
            sums=federation.traffic.sums,
            seconds=time.perf_counter() - began,
            bytes_up=federation.traffic.up_total,
            bytes_down=federation.traffic.down,
            partners=tuple(
                PartnerShare(name, len(dataset.labels), federation.traffic.up[name])
                for name, dataset in prepared.partners.items()
            ),
            epsilon_spent=None,
            fairness=fairness,
            status="unreleased",
        )
        rounds.closed(outcome)
        return outcome

    def _metrics(
        self, model: Model, prepared: Prepared, pooled: evaluation.PooledScores | None
    ) -> tuple[dict[str, float], Literal["test", "training"]]:
        if prepared.test is not None:
            return evaluation.measure(self.job.task, predict(model, prepared.test), prepared.test.labels), "test"
        return dict(pooled.metrics) if pooled else {}, "training"

    def _groups(self, federation: Federation, prepared: Prepared, census: Census) -> list[evaluation.Groups]:
        if not self.job.protected:
            return []
        columns = list(zip(*(dataset.protected for dataset in prepared.partners.values()), strict=True))
        labels = [data.group_labels(column) for column in columns]
        none = np.zeros(0, dtype=np.float32)
        edges = [none] * len(columns)
        if None in labels:
            edges = agree_edges(federation, "protected", len(columns), census.rows, BANDS)
        return [
            evaluation.Groups(name, known, none)
            if known
            else evaluation.Groups(name, evaluation.band_labels(edge), edge)
            for name, known, edge in zip(self.job.protected, labels, edges, strict=True)
        ]
