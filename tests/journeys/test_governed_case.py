"""A statement under a case: what only a case opens is shown of the people whose case it is."""

from collections.abc import Iterator

import pytest

from governance.errors import AccessRefusedError
from governance.house import House, open_house
from governance.journeys.apply import apply_world
from governance.journeys.query import query
from governance.settings import Settings
from tests.desk_world import PEOPLE, customer, lay_out_desk, phone
from tests.journeys.conftest import NOON, person

PURPOSE = "policy_service"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("desk")
    with open_house(Settings(data_dir=folder / "var", language="en"), clock=lambda: NOON) as house:
        apply_world(house, "owner", lay_out_desk(folder))
        yield house


def rows(house: House, sql: str, case: str | None) -> list[tuple[object, ...]]:
    table = query(house, person(house, "zhou"), sql, purpose=PURPOSE, case=case).table
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def test_a_statement_under_a_case_sees_the_people_of_that_case_alone(desk: House) -> None:
    assert rows(desk, "SELECT customer_no, phone FROM customers", "B0007-1") == [(customer(7), phone(7))]


@pytest.mark.parametrize("case", [None, "B9999-9", "险种0", "x' OR '1'='1"])
def test_a_case_that_is_nobodys_opens_nothing(desk: House, case: str | None) -> None:
    with pytest.raises(AccessRefusedError) as refused:
        rows(desk, "SELECT phone FROM customers", case)

    assert refused.value.outcome in {"deny", "gap"}
    assert refused.value.next_step("zh")


def test_what_needs_no_case_is_read_as_without_one(desk: House) -> None:
    assert len(rows(desk, "SELECT customer_no, name FROM customers", None)) == PEOPLE
    assert len(rows(desk, "SELECT customer_no, name FROM customers", "B9999-9")) == PEOPLE
