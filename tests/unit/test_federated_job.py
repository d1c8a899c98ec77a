"""A job file is read whole, and everything wrong with it is said at once, with its line."""

from pathlib import Path

import pytest

from federated import Job, parse_job, read_job
from federated.errors import JobInvalidError
from tests.federated_data import JOB

PATH = Path("/somewhere/job.yaml")
GOOD = JOB.format(task="binary", model="{kind: gbdt, trees: 10}")


def refused(text: str) -> str:
    with pytest.raises(JobInvalidError) as caught:
        parse_job(text, PATH)
    return caught.value.detail("en")


def test_paths_are_relative_to_the_job_file() -> None:
    job = parse_job(GOOD, PATH)

    assert job.partners[0].data == Path("/somewhere/p1.csv")


def test_unnamed_settings_are_the_defaults_of_xgboost() -> None:
    settings = parse_job(GOOD, PATH).model.boosting

    assert (settings.trees, settings.depth, settings.learning_rate, settings.bins) == (10, 6, 0.3, 256)
    assert (settings.reg_lambda, settings.gamma, settings.min_child_weight) == (1.0, 0.0, 1.0)


def test_features_all_leaves_the_choice_to_the_files() -> None:
    assert parse_job(GOOD, PATH).features is None
    assert parse_job(GOOD.replace("all", "[x1, x0]"), PATH).features == ("x1", "x0")


def test_declared_fields_name_the_features() -> None:
    text = GOOD.replace("features: all", "fields: {x0: {category: occupation_income, tier: 3}}")

    assert parse_job(text, PATH).features == ("x0",)


def test_the_same_document_has_the_same_digest() -> None:
    assert parse_job(GOOD, PATH).spec_digest == parse_job(GOOD + "\n# a remark\n", PATH).spec_digest
    assert parse_job(GOOD, PATH).spec_digest != parse_job(GOOD.replace("10", "11"), PATH).spec_digest


def test_all_problems_come_at_once_with_their_lines() -> None:
    told = refused(GOOD.replace("task: binary", "task: ranking").replace("trees: 10", "trees: ten"))

    assert "2 problem(s)" in told
    assert "line 3: `task`" in told
    assert "line 6: `model.trees`" in told


def test_an_unknown_key_is_named_with_its_nearest_neighbour() -> None:
    assert "did you mean `label`?" in refused(GOOD + "labell: y\n")
    assert "did you mean `learning_rate`?" in refused(GOOD.replace("trees: 10", "learning_rat: 1"))


@pytest.mark.parametrize("kind", ["fedavg_mlp", "xgb_bagging"])
def test_a_kind_of_a_later_release_is_refused_with_those_that_are_there(kind: str) -> None:
    told = refused(GOOD.replace("gbdt", kind))

    assert "not available in this release" in told
    assert "gbdt | logistic | linear" in told


def test_an_unknown_kind_is_refused() -> None:
    assert "unknown model kind `forest`" in refused(GOOD.replace("gbdt", "forest"))


def test_a_kind_that_does_not_fit_the_task_is_refused() -> None:
    assert "does not fit" in refused(JOB.format(task="regression", model="{kind: logistic}"))


def test_two_partners_are_refused() -> None:
    assert "needs at least 3" in refused(GOOD.replace(", {id: p3, data: p3.csv}", ""))


def test_a_partner_named_twice_is_refused() -> None:
    assert "`p1` occurs twice" in refused(GOOD.replace("id: p2", "id: p1"))


def test_differential_privacy_is_refused_until_it_is_there() -> None:
    told = refused(GOOD + "privacy: {secure_aggregation: true, dp: {epsilon: 1.0, delta: 1.0e-5}}\n")

    assert "differential privacy is not available" in told


def test_training_in_the_clear_is_refused() -> None:
    assert "can't be false" in refused(GOOD + "privacy: {secure_aggregation: false}\n")


def test_a_key_given_twice_is_refused() -> None:
    assert "`label`: the key occurs twice" in refused(GOOD + "label: z\n")


def test_a_label_among_the_features_is_refused() -> None:
    assert "can't be a feature" in refused(GOOD.replace("all", "[x0, y]"))


def test_messages_are_also_in_chinese() -> None:
    with pytest.raises(JobInvalidError) as caught:
        parse_job(GOOD.replace("gbdt", "fedavg_mlp"), PATH)

    assert "本版本尚不提供" in caught.value.detail("zh")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- 1\n- 2\n",
        "a: [",
        "job: !!python/object:os.system {}\n",
        "3",
        "{[1]: 2}: 3",
        "\x00",
        "a: &a [1]\nb: *a\n",
        "a: &a [*a]\n",
    ],
)
def test_what_is_no_job_is_refused_with_our_error(text: str) -> None:
    with pytest.raises(JobInvalidError):
        parse_job(text, PATH)


def test_a_file_that_is_not_there_is_refused_with_our_error(tmp_path: Path) -> None:
    with pytest.raises(JobInvalidError):
        read_job(tmp_path / "none.yaml")


def test_a_read_job_is_a_value() -> None:
    assert isinstance(parse_job(GOOD, PATH), Job)
