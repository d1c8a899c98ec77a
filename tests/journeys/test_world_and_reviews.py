"""A world file beside a steward's decisions: the later of the two stands, and applying says which."""

from pathlib import Path

import pytest

from audit import events
from classification import label_of
from governance.house import House
from governance.journeys.apply import Applied, apply_world
from governance.journeys.review import Override, id_of_field, override_field
from storage import read_only, unit_of_work
from tests.journeys.conftest import person

DATASET, FIELD = "shop.customers", "phone"
ENTRY = "    fields:\n      phone: {category: contact_phone, tier: 3}\n"


@pytest.fixture
def world(house: House, shop_folder: Path) -> Path:
    """The example shop, whose file says what `phone` is."""
    file = shop_folder / "world.yaml"
    text = file.read_text(encoding="utf-8")
    head, mark, tail = text.partition("  - id: shop.customers\n")
    assert mark
    file.write_text(head + mark + ENTRY + tail, encoding="utf-8")
    apply_world(house, "owner", file)
    return file


def label(house: House) -> tuple[str | None, int]:
    with read_only(house.engine) as session:
        found = label_of(session, DATASET, FIELD)
    assert found
    return found.category, int(found.tier)


def reviewed(house: House) -> None:
    override_field(
        house, person(house, "shen"), id_of_field(DATASET, FIELD), Override("contact_phone", 2, "test numbers")
    )


def again(house: House, world: Path, *, tier: int = 3, over_reviews: bool = False) -> Applied:
    text = world.read_text(encoding="utf-8")
    world.write_text(text.replace("contact_phone, tier: 3", f"contact_phone, tier: {tier}"), encoding="utf-8")
    return apply_world(house, "owner", world, over_reviews=over_reviews)


def test_a_later_review_stands_against_the_same_file_and_applying_says_so(house: House, world: Path) -> None:
    reviewed(house)
    applied = again(house, world)

    assert label(house) == ("contact_phone", 2)
    assert [(one.field, one.decided_by, one.tier, one.file_tier) for one in applied.kept] == [
        (f"{DATASET}.{FIELD}", "shen", 2, 3)
    ]
    assert applied.changes == ()


def test_a_word_the_file_did_not_have_before_stands_against_an_earlier_review(house: House, world: Path) -> None:
    reviewed(house)
    applied = again(house, world, tier=4)

    assert label(house) == ("contact_phone", 4)
    assert applied.replaced == (f"{DATASET}.{FIELD}",)
    with read_only(house.engine) as session:
        facts = [entry.event.facts for entry in events(session, kind="world.applied")]
    assert facts[-1]["replaced_reviews"] == [f"{DATASET}.{FIELD}"]


def test_the_file_wins_where_it_is_told_to(house: House, world: Path) -> None:
    reviewed(house)
    applied = again(house, world, over_reviews=True)

    assert label(house) == ("contact_phone", 3)
    assert (applied.kept, applied.replaced) == ((), (f"{DATASET}.{FIELD}",))


def test_a_review_that_agrees_with_the_file_is_no_news(house: House, world: Path) -> None:
    reviewed(house)
    again(house, world, tier=2)
    applied = again(house, world, tier=2)

    assert (applied.kept, applied.replaced, applied.changes) == ((), (), ())


def test_a_folder_from_before_the_files_words_were_kept_lets_reviews_stand(house: House, world: Path) -> None:
    from governance.register.tables import DeclarationRow

    reviewed(house)
    with unit_of_work(house.engine) as session:
        row = session.get(DeclarationRow, "world_fields")
        assert row is not None
        session.delete(row)
    applied = again(house, world)

    assert label(house) == ("contact_phone", 2)
    assert len(applied.kept) == 1
