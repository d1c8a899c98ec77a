"""A rehearsal is notarised phase by phase, kept in the registry, and refused work is recorded too."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from audit import entry, head
from federated import list_jobs, list_models
from federated.errors import DataRefusedError, JobInvalidError, OneClassError
from governance.house import House, open_house
from governance.journeys.train import rehearse
from governance.settings import Settings
from storage import read_only
from tests.federated_data import credit, parts, write_job


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(Settings(data_dir=tmp_path / "var")) as found:
        yield found


def kinds(house: House) -> list[str]:
    with read_only(house.engine) as session:
        return [entry(session, index).event.kind for index in range(head(session).size)]


def test_every_phase_is_an_entry_and_the_model_is_registered(house: House, tmp_path: Path) -> None:
    path = write_job(tmp_path, parts(credit(300), [100, 200]), "{kind: gbdt, trees: 3, depth: 2}")

    found = rehearse(house, "owner", path)

    assert kinds(house) == ["training.started", *["round.finished"] * 3, "training.finished"]
    assert Path(found["model_file"]).exists()
    assert found["audit"]["first_entry"] != found["audit"]["last_entry"]
    with read_only(house.engine) as session:
        jobs, models = list_jobs(session, 10), list_models(session, 10)
    assert [job.status for job in jobs] == ["done"]
    assert [model.digest for model in models] == [found["model_digest"]]


def test_refused_data_is_recorded(house: House, tmp_path: Path) -> None:
    path = write_job(tmp_path, parts(credit(110), [50, 100]))

    with pytest.raises(DataRefusedError):
        rehearse(house, "owner", path)

    with read_only(house.engine) as session:
        assert [(job.status, job.error) for job in list_jobs(session, 10)] == [("failed", "DataRefusedError")]


def test_a_run_that_fails_on_its_way_is_recorded_and_leaves_no_model(house: House, tmp_path: Path) -> None:
    table = credit(300)
    table["y"] = np.zeros(300, dtype=int)

    with pytest.raises(OneClassError):
        rehearse(house, "owner", write_job(tmp_path, parts(table, [100, 200])))

    with read_only(house.engine) as session:
        assert [job.error for job in list_jobs(session, 10)] == ["OneClassError"]
        assert not list_models(session, 10)


def test_a_job_file_that_names_no_job_leaves_no_trace(house: House, tmp_path: Path) -> None:
    (tmp_path / "job.yaml").write_text("job: x\n")

    with pytest.raises(JobInvalidError):
        rehearse(house, "owner", tmp_path / "job.yaml")

    with read_only(house.engine) as session:
        assert not list_jobs(session, 10)
