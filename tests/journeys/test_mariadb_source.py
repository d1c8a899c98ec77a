"""An applied MariaDB source: scanned, scanned again, read under governance; never stale, and told when rights go."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from classification import labels
from governance.house import House
from governance.journeys.apply import apply_world
from governance.journeys.query import query
from governance.journeys.rendering import answer_document
from governance.journeys.scan import scan_applied_source
from governance.sources import SourceMissingError
from storage import read_only
from tests.journeys.conftest import NOON, person

pytestmark = [pytest.mark.mariadb, pytest.mark.slow]
WORLD = """\
world: clinic
sources:
  - {{id: clinic, title: {{zh: 诊所, en: Clinic}}, url: "{url}", owner: care}}
datasets:
  - id: clinic.visits
    subject: visitor_no
    fields:
      visitor_no: {{category: policy_contract, tier: 3}}
      ward: {{category: occupation_income, tier: 2}}
      paid: {{category: occupation_income, tier: 2}}
people:
  - {{id: lin, name: 林工, roles: [planner]}}
roles:
  planner: {{purposes: [ward_planning]}}
purposes:
  - {{id: ward_planning, title: {{zh: 病区规划, en: Ward planning}}, basis: contract, min_cell: 2}}
grants:
  - role: planner
    purpose: ward_planning
    dataset: clinic.visits
    fields: {{visitor_no: token, ward: raw, paid: "generalise:floor(10)"}}
    expires_at: 2030-12-31T00:00:00+08:00
"""
READER = "clinic_reader"


@pytest.fixture
def run(mariadb: Engine) -> Callable[[str], None]:
    def statement(text: str) -> None:
        with mariadb.connect() as connection:
            connection.exec_driver_sql(text)

    return statement


@pytest.fixture
def clinic(house: House, mariadb: Engine, run: Callable[[str], None], tmp_path: Path) -> House:
    run(
        "CREATE TABLE visits (visitor_no VARCHAR(20) PRIMARY KEY, ward VARCHAR(20), paid DECIMAL(8,2) UNSIGNED,"
        " f1 VARCHAR(20) COMMENT '手机号码')"
    )
    run(
        "INSERT INTO visits SELECT CONCAT('V', seq), CONCAT('ward ', seq MOD 3), seq + 0.5,"
        " CONCAT('138', 10000000 + seq) FROM seq_1_to_6000"
    )
    run("CREATE TABLE wards (ward VARCHAR(20), beds INT UNSIGNED)")
    run("INSERT INTO wards VALUES ('ward 0', 4), ('ward 1', 6)")
    run(f"CREATE OR REPLACE USER {READER}@'127.0.0.1'")
    for table in ("visits", "wards"):
        run(f"GRANT SELECT ON {mariadb.url.database}.{table} TO {READER}@'127.0.0.1'")
    url = mariadb.url.set(drivername="mysql", username=READER).render_as_string(hide_password=False)
    (tmp_path / "world.yaml").write_text(WORLD.format(url=url), encoding="utf-8")
    apply_world(house, "owner", tmp_path / "world.yaml")
    return house


def wards(house: House) -> dict[str, int]:
    statement = "SELECT ward, count(*) AS n FROM visits GROUP BY ward ORDER BY ward"
    found = answer_document(query(house, person(house, "lin"), statement, purpose="ward_planning"))
    return dict(found["rows"])


def test_its_tables_are_labelled_with_comments_as_evidence_and_unchanged_ones_stand(
    clinic: House, run: Callable[[str], None]
) -> None:
    first = scan_applied_source(clinic, "owner", "clinic")
    second = scan_applied_source(clinic, "owner", "clinic")
    run("UPDATE visits SET ward = 'ward 9' WHERE visitor_no = 'V5999'")
    third = scan_applied_source(clinic, "owner", "clinic")
    with read_only(clinic.engine) as session:
        found = {label.field: label for label in labels(session, "clinic.visits")}

    assert {one.id: (one.sampled, one.rows) for one in first.datasets} == {
        "clinic.visits": (5000, 6000),
        "clinic.wards": (2, 2),
    }
    assert (len(second.unchanged), third.unchanged) == (2, ("clinic.wards",))
    assert found["f1"].entity_types[0] == "PHONE"


def test_a_governed_read_is_never_older_than_the_table(clinic: House, run: Callable[[str], None]) -> None:
    before = wards(clinic)
    run("UPDATE visits SET ward = 'ward 0' WHERE visitor_no IN ('V1', 'V5999')")

    assert before == {"ward 0": 2000, "ward 1": 2000, "ward 2": 2000}
    assert wards(clinic) == {"ward 0": 2002, "ward 1": 1999, "ward 2": 1999}


def test_decimals_are_read_as_declared_and_the_answer_says_of_when_they_are(clinic: House) -> None:
    statement = "SELECT min(paid) AS low, max(paid) AS high FROM visits"
    found = answer_document(query(clinic, person(clinic, "lin"), statement, purpose="ward_planning"))

    assert found["decision"]["as_of"] == {"clinic.visits": NOON.isoformat()}
    assert [float(cell) for cell in found["rows"][0]] == [0.0, 6000.0]


def test_a_table_that_the_account_may_not_see_any_more_is_told_and_the_rest_stands(
    clinic: House, run: Callable[[str], None], mariadb: Engine
) -> None:
    scan_applied_source(clinic, "owner", "clinic")
    run(f"REVOKE SELECT ON {mariadb.url.database}.visits FROM {READER}@'127.0.0.1'")
    report = scan_applied_source(clinic, "owner", "clinic")

    assert [dataset for dataset, _ in report.problems] == ["clinic.visits"]
    assert isinstance(report.problems[0][1], SourceMissingError)
    assert [one.id for one in report.datasets] == ["clinic.wards"]
