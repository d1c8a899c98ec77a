"""Statements that can't be answered: each is told in Chinese and English, with what to do next."""

from collections.abc import Iterator

import pytest

from governance.house import House, open_house
from governance.journeys.apply import apply_world
from governance.journeys.query import query
from governance.settings import Settings
from storage.errors import ProductError
from tests.desk_world import lay_out_desk
from tests.journeys.conftest import NOON, person

JOINS = " ".join(f"JOIN policies p{i} ON p{i}.customer_no = c.customer_no" for i in range(51))
BAD = {
    "SELECT city FROM WHERE": "StatementUnreadableError",
    "SELECT '" + "x" * 1_000_001 + "'": "StatementTooLargeError",
    f"SELECT count(*) FROM customers c {JOINS}": "StatementTooLargeError",
    "SELECT " + "(" * 60 + "1" + ")" * 60: "StatementTooLargeError",
    "SELECT '\udcff' FROM": "StatementUnreadableError",
    "SELECT 1 FROM nowhere": "AccessRefusedError",
    "SELECT nothing FROM customers": "UnknownColumnError",
    "SELECT customer_no FROM customers c JOIN policies p ON c.customer_no = p.customer_no": "QueryFailedError",
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r": "QueryFailedError",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("desk")
    settings = Settings(data_dir=folder / "var", language="en", query_seconds=1)
    with open_house(settings, clock=lambda: NOON) as house:
        apply_world(house, "owner", lay_out_desk(folder))
        yield house


@pytest.mark.parametrize(("sql", "kind"), BAD.items(), ids=range(len(BAD)))
def test_a_bad_statement_is_told_in_both_languages_with_a_next_step(sql: str, kind: str, desk: House) -> None:
    with pytest.raises(ProductError) as caught:
        query(desk, person(desk, "zhou"), sql, purpose="care")

    assert type(caught.value).__name__ == kind
    assert all(caught.value.detail(language) and caught.value.next_step(language) for language in ("zh", "en"))
    assert "x" * 100 not in caught.value.detail("en")
