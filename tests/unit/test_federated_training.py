"""A rehearsal over Flower in this process: exact, masked, recorded, and its model loads in stock XGBoost."""

import hashlib
import itertools
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from federated import Outcome, Phase, read_job, train
from federated.errors import (
    FlowerVersionError,
    NotConvergedError,
    OneClassError,
    PartnerLostError,
    TooFewPartnersError,
    UnknownStepError,
)
from federated.federation import Pooled, Question
from federated.model import Job
from federated.partner import Partner
from federated.ring import Ring
from federated.training import fit_model, predict, prepare, take_census
from tests.federated_data import Table, credit, parts, reordered, write, write_job

Run = Callable[[Path], tuple[Outcome, list[Phase]]]


@pytest.fixture
def run(tmp_path: Path, now: datetime) -> Run:
    def go(path: Path) -> tuple[Outcome, list[Phase]]:
        phases: list[Phase] = []
        counter = iter(range(1, 1000))
        outcome = train(
            read_job(path),
            now=now,
            entropy=lambda count: hashlib.sha256(bytes([next(counter)])).digest()[:count],
            folder=tmp_path / "models",
            on_event=phases.append,
        )
        return outcome, phases

    return go


def pooled_bytes(job: Job) -> bytes:
    """Train on all rows in one hand, with the same engine, and give the canonical bytes."""
    from federated.export import model_bytes

    prepared = prepare(job)
    datasets = prepared.partners.values()
    together = type(next(iter(datasets)))(
        np.concatenate([one.features for one in datasets], axis=1), np.concatenate([one.labels for one in datasets])
    )
    federation = Pooled([Partner(together, job.task, job.model.kind)])
    census = take_census(federation, job)
    return model_bytes(fit_model(federation, job, len(prepared.features), census, lambda *_: None), prepared.features)


MODELS = ["{kind: gbdt, trees: 6, depth: 4, bins: 32}", "{kind: logistic}"]


@pytest.mark.parametrize("model", MODELS)
def test_the_federated_model_is_the_pooled_one_bit_for_bit(tmp_path: Path, run: Run, model: str) -> None:
    path = write_job(tmp_path, parts(credit(900), [150, 300]), model)

    outcome, _ = run(path)

    assert outcome.model_digest == hashlib.sha256(pooled_bytes(read_job(path))).hexdigest()
    assert outcome.model_file.read_bytes() == pooled_bytes(read_job(path))


@pytest.mark.parametrize("model", ["{kind: gbdt, trees: 5, depth: 3}", "{kind: linear}"])
def test_regression_is_exact_too(tmp_path: Path, run: Run, model: str) -> None:
    table = credit(600)
    table["y"] = table["y"] * 1234.5 + np.asarray(table["x1"], float)

    one, _ = run(write_job(tmp_path, parts(table, [100, 350]), model, "regression"))
    path = write_job(tmp_path, parts(reordered(table, 1), [200, 400]), model, "regression")
    other, _ = run(path)

    assert one.model_digest == other.model_digest == hashlib.sha256(pooled_bytes(read_job(path))).hexdigest()
    assert one.metrics["r2"] > 0.1


def test_names_order_and_job_do_not_change_the_digest(tmp_path: Path, run: Run) -> None:
    table = credit(600, missing=0.1)
    path = write_job(tmp_path, parts(table, [200, 400]))
    one, _ = run(path)
    write_job(tmp_path, parts(reordered(table, 5), [50, 120]))
    text = path.read_text().replace("rehearsal", "another").replace("id: p1", "id: zebra").replace("id: p3", "id: ant")
    path.write_text(text)

    other, _ = run(path)

    assert one.model_digest == other.model_digest


def test_another_setting_gives_another_digest(tmp_path: Path, run: Run) -> None:
    tables = parts(credit(600), [200, 400])

    one, _ = run(write_job(tmp_path, tables, "{kind: gbdt, trees: 3}"))
    other, _ = run(write_job(tmp_path, tables, "{kind: gbdt, trees: 4}"))

    assert one.model_digest != other.model_digest


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_stock_xgboost_scores_the_exported_model_alike(tmp_path: Path, run: Run, missing: float) -> None:
    import xgboost

    table = credit(1500, missing=missing)
    path = write_job(tmp_path, parts(table, [400, 900]), "{kind: gbdt, trees: 30, depth: 5, bins: 64}")
    outcome, _ = run(path)
    fresh = credit(700, seed=9, missing=0.3)
    names = [f"x{i}" for i in range(6)]
    rows = np.stack([np.asarray(fresh[name], dtype=np.float32) for name in names], axis=1)

    booster = xgboost.Booster()
    booster.load_model(bytearray(outcome.model_file.read_bytes()))
    theirs = booster.predict(xgboost.DMatrix(rows, feature_names=names))
    job = read_job(path)
    prepared = prepare(job)
    federation = Pooled([Partner(one, "binary", "gbdt") for one in prepared.partners.values()])
    model = fit_model(federation, job, 6, take_census(federation, job), lambda *_: None)
    ours = model.predict(rows.T.copy())  # type: ignore[arg-type]  # float32 rows for trees

    assert np.max(np.abs(ours - theirs)) <= 1e-6
    assert booster.num_boosted_rounds() == 30


def test_stock_xgboost_scores_an_exported_regression_alike(tmp_path: Path, run: Run) -> None:
    import xgboost

    table = credit(900)
    table["y"] = 800 + 50 * np.asarray(table["x0"], float) + 90 * table["y"]
    path = write_job(tmp_path, parts(table, [200, 500]), "{kind: gbdt, trees: 30, depth: 3}", "regression")
    write(table, tmp_path / "test.csv")
    path.write_text(path.read_text() + "evaluate: {data: test.csv}\n")
    outcome, _ = run(path)
    names = [f"x{i}" for i in range(6)]
    rows = np.stack([np.asarray(table[name], dtype=np.float32) for name in names], axis=1)

    booster = xgboost.Booster()
    booster.load_model(bytearray(outcome.model_file.read_bytes()))
    error = booster.predict(xgboost.DMatrix(rows, feature_names=names)) - np.asarray(table["y"], float)

    assert np.sqrt(np.mean(error**2)) == pytest.approx(outcome.metrics["rmse"], abs=1e-4)
    assert outcome.metrics["r2"] > 0.5


def test_partners_hold_the_scores_of_the_exported_model(tmp_path: Path) -> None:
    job = read_job(write_job(tmp_path, parts(credit(400), [100, 200])))
    prepared = prepare(job)
    partner = [Partner(one, "binary", "gbdt") for one in prepared.partners.values()]
    federation = Pooled(partner)
    model = fit_model(federation, job, 6, take_census(federation, job), lambda *_: None)

    own = partner[0]._scores()

    assert np.allclose(own, predict(model, prepared.partners["p1"]), atol=1e-6)


def test_auc_is_that_of_central_xgboost(tmp_path: Path, run: Run) -> None:
    import xgboost
    from sklearn.metrics import roc_auc_score

    table, test = credit(6000, 8), credit(3000, 8, seed=3)
    path = write_job(
        tmp_path, parts(table, [500, 2500]), "{kind: gbdt, trees: 40, depth: 4, learning_rate: 0.1, bins: 64}"
    )
    write(test, tmp_path / "test.csv")
    path.write_text(path.read_text() + "evaluate: {data: test.csv}\n")
    outcome, _ = run(path)
    names = [f"x{i}" for i in range(8)]
    matrix = xgboost.DMatrix(np.stack([table[n] for n in names], axis=1), table["y"])
    central = xgboost.train({"objective": "binary:logistic", "max_depth": 4, "eta": 0.1, "nthread": 1}, matrix, 40)
    scores = central.predict(xgboost.DMatrix(np.stack([test[n] for n in names], axis=1)))

    assert outcome.metrics["auc"] >= 0.995 * roc_auc_score(test["y"], scores)
    assert outcome.evaluated_on == "test"


def test_logistic_coefficients_are_the_maximum_likelihood(tmp_path: Path, run: Run) -> None:
    from sklearn.linear_model import LogisticRegression

    table = credit(1200)
    outcome, _ = run(write_job(tmp_path, parts(table, [300, 700]), "{kind: logistic}"))
    found = json.loads(outcome.model_file.read_text())
    rows = np.stack([np.asarray(table[name], float) for name in found["features"]], axis=1)
    scaled = np.clip((rows - found["mean"]) / found["scale"], -5, 5)
    central = LogisticRegression(C=np.inf, tol=1e-12, max_iter=1000).fit(scaled, table["y"])

    assert np.allclose(found["mean"], rows.mean(axis=0), atol=1e-9)
    assert np.allclose(found["scale"], rows.std(axis=0), atol=1e-9)
    assert np.allclose(found["coefficients"], central.coef_[0], atol=1e-5)
    assert found["intercept"] == pytest.approx(central.intercept_[0], abs=1e-5)


def test_linear_coefficients_are_least_squares(tmp_path: Path, run: Run) -> None:
    table = credit(400)
    table["y"] = 5000 + 3 * np.asarray(table["x1"], float) - 20 * np.asarray(table["x3"], float)
    outcome, _ = run(write_job(tmp_path, parts(table, [100, 200]), "{kind: linear, clip: 100}", "regression"))
    found = json.loads(outcome.model_file.read_text())
    slopes = np.array(found["coefficients"]) / found["scale"]

    assert np.allclose(slopes, [0, 3, 0, -20, 0, 0], atol=1e-6)


def test_a_perfect_separation_is_refused_unless_penalised(tmp_path: Path, run: Run) -> None:
    table = credit(300)
    table["y"] = (np.asarray(table["x1"], float) > 0).astype(int)
    tables = parts(table, [100, 200])

    with pytest.raises(NotConvergedError):
        run(write_job(tmp_path, tables, "{kind: logistic}"))
    assert run(write_job(tmp_path, tables, "{kind: logistic, l2: 1}"))[0].metrics["auc"] > 0.95


def test_a_constant_column_gets_no_weight(tmp_path: Path, run: Run) -> None:
    table = credit(300)
    table["x2"] = np.full(300, 7.0)

    outcome, _ = run(write_job(tmp_path, parts(table, [100, 200]), "{kind: logistic}"))

    assert json.loads(outcome.model_file.read_text())["coefficients"][2] == 0


def test_exactly_the_asked_trees_are_grown_even_when_nothing_can_be_split(tmp_path: Path, run: Run) -> None:
    table = credit(90)
    for i in range(6):
        table[f"x{i}"] = np.full(90, 1.0)

    outcome, phases = run(write_job(tmp_path, parts(table, [30, 60]), "{kind: gbdt, trees: 7}"))

    assert outcome.rounds == 7
    assert [phase.round for phase in phases if phase.kind == "round"] == [1, 2, 3, 4, 5, 6, 7]


def test_no_child_holds_fewer_than_twenty_summed_rows(tmp_path: Path, run: Run) -> None:
    table = credit(300)
    outcome, _ = run(write_job(tmp_path, parts(table, [100, 200]), "{kind: gbdt, trees: 4, depth: 8}"))
    columns = np.stack([np.asarray(table[f"x{i}"], np.float32) for i in range(6)])
    for tree in json.loads(outcome.model_file.read_text())["learner"]["gradient_booster"]["model"]["trees"]:
        node = np.zeros(300, dtype=int)
        left = np.array(tree["left_children"])
        while (left[node] >= 0).any():
            inner = left[node] >= 0
            go = (
                columns[np.array(tree["split_indices"])[node], np.arange(300)]
                < np.float32(tree["split_conditions"])[node]
            )
            node = np.where(inner, np.where(go, left[node], np.array(tree["right_children"])[node]), node)

            assert np.bincount(node)[np.unique(node)].min() >= 20


def test_the_exported_trees_tell_no_hessians(tmp_path: Path, run: Run) -> None:
    outcome, _ = run(write_job(tmp_path, parts(credit(300), [100, 200])))
    trees = json.loads(outcome.model_file.read_text())["learner"]["gradient_booster"]["model"]["trees"]

    assert not any(any(tree["sum_hessian"]) or any(tree["loss_changes"]) for tree in trees)


def test_phases_chain_the_digests_and_hold_no_data(tmp_path: Path, run: Run) -> None:
    outcome, phases = run(write_job(tmp_path, parts(credit(300), [100, 200])))
    rounds = [phase.facts for phase in phases if phase.kind == "round"]

    assert [phase.kind for phase in phases] == ["started", *["round"] * 5, "finished"]
    assert all(a["digest_after"] == b["digest_before"] for a, b in itertools.pairwise(rounds))
    assert phases[-1].facts["model_digest"] == outcome.model_digest
    assert phases[0].facts["rehearsal"] is True
    assert len({one["key_fingerprint"] for one in phases[0].facts["partners"]}) == 3


def test_the_outcome_is_the_promised_document(tmp_path: Path, run: Run) -> None:
    outcome, _ = run(write_job(tmp_path, parts(credit(300), [100, 200])))
    document = json.loads(json.dumps(outcome.document()))

    assert document["status"] == "unreleased"
    assert document["epsilon_spent"] is None
    assert document["rounds"] == 5
    assert [partner["rows"] for partner in document["partners"]] == [100, 100, 100]
    assert sum(partner["bytes_up"] for partner in document["partners"]) == document["bytes_up"]
    assert hashlib.sha256(Path(document["model_file"]).read_bytes()).hexdigest() == document["model_digest"]


def test_pooled_auc_of_summed_scores_is_near_the_exact_one(tmp_path: Path, run: Run) -> None:
    table = credit(900)
    path = write_job(tmp_path, parts(table, [300, 600]))
    summed, _ = run(path)
    write(table, tmp_path / "test.csv")
    path.write_text(path.read_text() + "evaluate: {data: test.csv}\n")

    exact, _ = run(path)

    assert summed.evaluated_on == "training"
    assert summed.metrics["auc"] == pytest.approx(exact.metrics["auc"], abs=1e-3)
    assert summed.metrics["logloss"] == pytest.approx(exact.metrics["logloss"], abs=1e-4)


def test_fairness_gaps_come_from_groups_large_enough(tmp_path: Path, run: Run) -> None:
    table: Table = credit(900)
    table["region"] = np.array(["north", "south", "isle"], dtype=object)[
        np.where(np.arange(900) % 60, np.arange(900) % 2, 2)
    ]
    path = write_job(tmp_path, parts(table, [300, 600]))
    path.write_text(path.read_text() + "protected: [region, x1]\n")

    outcome, _ = run(path)
    region = outcome.fairness["region"]

    assert set(region["groups"]) == {"north", "south"}
    assert region["suppressed_groups"] == 1
    assert 0 <= region["demographic_parity_gap"] <= 1
    assert 0 <= region["equal_opportunity_gap"] <= 1
    assert len(outcome.fairness["x1"]["groups"]) == 4


def test_one_class_only_is_refused_and_told(tmp_path: Path, now: datetime) -> None:
    table = credit(300)
    table["y"] = np.zeros(300, dtype=int)
    phases: list[Phase] = []
    counter = iter(range(1, 10))

    with pytest.raises(OneClassError):
        train(
            read_job(write_job(tmp_path, parts(table, [100, 200]))),
            now=now,
            entropy=lambda count: bytes([next(counter)]) * count,
            folder=tmp_path / "models",
            on_event=phases.append,
        )

    assert [phase.kind for phase in phases] == ["started", "failed"]
    assert phases[-1].facts["error"] == "OneClassError"
    assert not (tmp_path / "models").exists()


class Watched:
    """A partner that remembers what it answered before masking."""

    def __init__(self, partner: Partner, seen: list[bytes]) -> None:
        self._partner = partner
        self._seen = seen

    def answer(self, question: Question) -> Ring:
        vector = self._partner.answer(question)
        if len(vector):
            self._seen.append(vector.tobytes())
        return vector


def test_the_coordinator_never_holds_an_unmasked_update(tmp_path: Path) -> None:
    from federated import flower

    job = read_job(write_job(tmp_path, parts(credit(300), [100, 200])))
    plain: list[bytes] = []
    passed: list[bytes] = []

    class Spy(flower.LocalGrid):
        def pull_messages(self, message_ids: Any) -> Any:
            replies = list(super().pull_messages(message_ids))
            for reply in replies:
                passed.extend(r.to_numpy_ndarrays()[0].tobytes() for r in reply.content.array_records.values())
            return replies

    partners = {name: Watched(Partner(one, "binary", "gbdt"), plain) for name, one in prepare(job).partners.items()}
    counter = iter(range(1, 10))
    flower.run_in_process(
        "01RUN",
        partners,
        lambda count: bytes([next(counter)]) * count,
        lambda federation: fit_model(federation, job, 6, take_census(federation, job), lambda *_: None),
        grid_type=Spy,
    )

    assert len(passed) == len(plain) > 50
    assert not set(passed) & set(plain)
    assert len(set(passed)) == len(passed)
    long = [np.frombuffer(one, dtype=np.uint64) for one in passed if len(one) > 2000]
    assert all(np.unique(one).size > 0.99 * one.size for one in long)


def test_a_lost_partner_ends_the_run_with_a_clear_error(tmp_path: Path) -> None:
    from federated import flower

    job = read_job(write_job(tmp_path, parts(credit(300), [100, 200])))

    class Lost:
        def answer(self, question: Question) -> Ring:
            raise OSError(question.step)

    partners: dict[str, Any] = {name: Partner(one, "binary", "gbdt") for name, one in prepare(job).partners.items()}
    counter = iter(range(1, 10))

    with pytest.raises(PartnerLostError) as caught:
        flower.run_in_process(
            "01RUN",
            partners | {"p2": Lost()},
            lambda count: bytes([next(counter)]) * count,
            lambda federation: take_census(federation, job),
        )

    assert "`p2` was lost" in caught.value.detail("en")


def test_two_partners_are_refused_below_the_job_too() -> None:
    from federated import flower

    with pytest.raises(TooFewPartnersError):
        flower.run_in_process("01RUN", {}, bytes, lambda _: None)


def test_a_step_nobody_knows_is_refused(tmp_path: Path) -> None:
    job = read_job(write_job(tmp_path, parts(credit(300), [100, 200])))
    partner = Partner(prepare(job).partners["p1"], "binary", "gbdt")

    for step in ("rows", "linear.sums", "boosting.step"):
        with pytest.raises(UnknownStepError):
            partner.answer(Question(step))


def test_another_flower_is_refused() -> None:
    from federated import flower

    with pytest.raises(FlowerVersionError):
        flower.check_version("1.42.0")


def test_flowers_telemetry_is_off() -> None:
    import os

    from flwr.supercore import telemetry

    import federated.flower  # noqa: F401 -- for its effect

    assert os.environ["FLWR_TELEMETRY_ENABLED"] == "0"
    assert telemetry.FLWR_TELEMETRY_ENABLED == "0"


def test_an_unwritable_folder_is_told_with_our_error(tmp_path: Path) -> None:
    from federated.errors import ModelWriteError
    from federated.export import write_model

    (tmp_path / "file").write_text("in the way")

    with pytest.raises(ModelWriteError):
        write_model(b"{}", tmp_path / "file")
