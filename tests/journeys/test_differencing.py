"""Figures that together would single people out: differences, totals and trackers, across workers and restarts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from governance.errors import AccessRefusedError
from governance.house import House, open_house
from governance.journeys.apply import apply_world
from governance.journeys.query import query
from governance.settings import Settings
from tests.desk_world import lay_out_desk
from tests.journeys.conftest import NOON, person

ALL = "SELECT sum(income) AS s FROM customers"


def opened(folder: Path) -> Settings:
    return Settings(data_dir=folder / "var", language="en")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with open_house(opened(tmp_path), clock=lambda: NOON) as house:
        apply_world(house, "owner", lay_out_desk(tmp_path))
    return tmp_path


@pytest.fixture
def desk(folder: Path) -> Iterator[House]:
    with open_house(opened(folder), clock=lambda: NOON) as house:
        yield house


def given(house: House, sql: str, who: str = "zhou", purpose: str = "care") -> list[dict[str, object]] | str:
    try:
        return list(query(house, person(house, who), sql, purpose=purpose).table.to_pylist())
    except AccessRefusedError as refused:
        return refused.code


def where(condition: str) -> str:
    return f"{ALL} WHERE {condition}"


def test_everybody_but_one_is_withheld_after_everybody_and_the_other_way_round(desk: House) -> None:
    assert given(desk, where("customer_no <> 'K00007'")) == [{"s": 1000 * (sum(range(40)) - 7)}]
    assert given(desk, ALL) == "figure-too-close"
    assert given(desk, where("customer_no <> 'K00007'")) != "figure-too-close"


def test_groups_that_differ_by_many_people_are_answered(desk: House) -> None:
    assert given(desk, ALL) != "figure-too-close"
    assert given(desk, where("customer_no < 'K00020'")) == [{"s": 1000 * sum(range(20))}]
    assert given(desk, where("customer_no >= 'K00020'")) == [{"s": 1000 * sum(range(20, 40))}]
    assert given(desk, where("customer_no < 'K00016'")) == "figure-too-close"
    assert given(desk, where("customer_no < 'K00010'")) == [{"s": 1000 * sum(range(10))}]


def test_a_tracker_of_large_groups_is_withheld(desk: House) -> None:
    """Denning's tracker: (T or one person) + (not T) - everybody is that one person, and no two of them are close."""
    tracker = "customer_no < 'K00020'"

    assert given(desk, where(f"{tracker} OR customer_no = 'K00030'")) != "figure-too-close"
    assert given(desk, where(f"NOT {tracker}")) != "figure-too-close"
    assert given(desk, ALL) == "figure-too-close"


def test_a_total_does_not_give_a_silent_group_away(desk: House) -> None:
    band = "CASE WHEN customer_no < 'K00003' THEN 'few' ELSE 'many' END"

    groups = given(desk, f"SELECT {band} AS b, sum(income) AS s FROM customers GROUP BY b")

    assert [row["b"] for row in groups if isinstance(row, dict)] == ["many"]
    assert given(desk, ALL) == "figure-too-close"


def test_a_rollup_is_judged_group_by_group(desk: House) -> None:
    band = "CASE WHEN customer_no < 'K00003' THEN 'few' ELSE 'many' END"

    assert given(desk, f"SELECT avg(income) FROM customers GROUP BY ROLLUP ({band})") == "figure-too-close"


def test_figures_inside_ctes_and_unions_count_too(desk: House) -> None:
    most = where("customer_no <> 'K00001'")
    first = f"WITH x AS ({most}) SELECT s FROM x"

    assert given(desk, first) != "figure-too-close"
    assert given(desk, f"SELECT 1 AS s UNION ALL ({ALL})") == "figure-too-close"


def test_other_people_and_purposes_are_judged_apart(desk: House) -> None:
    assert given(desk, where("customer_no <> 'K00007'")) != "figure-too-close"
    assert given(desk, ALL, who="lin", purpose="study") != "figure-too-close"


def test_a_restart_forgets_nothing(folder: Path) -> None:
    with open_house(opened(folder), clock=lambda: NOON) as house:
        assert given(house, where("customer_no <> 'K00007'")) != "figure-too-close"

    with open_house(opened(folder), clock=lambda: NOON) as house:
        assert given(house, ALL) == "figure-too-close"
