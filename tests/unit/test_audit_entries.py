import subprocess
import sys
from datetime import datetime

import pytest

from audit.canonical import draft, read_entry
from audit.errors import EntryTooLargeError, MalformedKeyError, NotCanonicalError, NotInLogError, UnknownKindError
from audit.kinds import KINDS
from audit.note import VerifierKey, parse_vkey
from audit.tiles import Tile, bundles_of, parse_path, tiles_of
from tests.audit_data import event

ID = "01M85K5YJQNSS3G58HNJNWMHJZ"


def test_the_bytes_are_sorted_json_with_integer_microseconds() -> None:
    made = draft(event("k-1", facts={"b": 1, "a": ["é", None, True]}, subjects=()), ID)

    assert made.body.decode() == (
        '{"actor":"lin","at":1772413200123456,"dataset":"cars.owners","facts":{"a":["é",null,true],"b":1},'
        f'"id":"{ID}","key":"k-1","kind":"data.read","outcome":"allow","purpose":"claims_handling",'
        '"source":"service","v":1}'
    )


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UnknownKindError):
        draft(event("k", kind="data.reed"), ID)


@pytest.mark.parametrize(
    "facts",
    [{"a": 1.0}, {"a": {"b": [1, 2.5]}}, {"a": 2**53}, {"a": float("nan")}, {1: 2}, {"a": b"x"}, {"a": "\ud800"}],
)
def test_facts_without_one_form_are_refused(facts: dict[str, object]) -> None:
    with pytest.raises(NotCanonicalError):
        draft(event("k", facts=facts), ID)


@pytest.mark.parametrize("change", [{"actor": "a\0b"}, {"actor": None}, {"purpose": "x" * 201}, {"subjects": ("\n",)}])
def test_words_that_are_no_short_printable_text_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(NotCanonicalError):
        draft(event("k", **change), ID)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(NotCanonicalError):
        draft(event("k", at=datetime(2026, 3, 2)), ID)  # noqa: DTZ001 -- the point


def test_an_entry_may_have_65535_bytes_and_not_one_more() -> None:
    room = 65_535 - len(draft(event("k", facts={"x": ""}), ID).body)

    assert len(draft(event("k", facts={"x": "y" * room}), ID).body) == 65_535
    with pytest.raises(EntryTooLargeError):
        draft(event("k", facts={"x": "y" * (room + 1)}), ID)


def test_an_entry_of_another_version_is_refused() -> None:
    with pytest.raises(NotCanonicalError):
        read_entry(b'{"v":2}')


def test_every_kind_has_a_title_in_both_languages() -> None:
    assert all(zh.strip() and en.strip() and kind.count(".") == 1 for kind, (zh, en) in KINDS.items())


def test_paths_are_those_of_the_specification() -> None:
    assert Tile(0, 1234067, 256).path == "tile/0/x001/x234/067"
    assert Tile(None, 5, 17).path == "tile/entries/005.p/17"
    assert parse_path("tile/1/x001/000.p/255") == Tile(1, 1000, 255)


def test_a_tree_of_70000_has_the_tiles_that_the_specification_counts() -> None:
    tiles = list(tiles_of(70_000))

    assert sum(tile.level == 0 and tile.width == 256 for tile in tiles) == 273
    assert [tile.path for tile in tiles if tile.width < 256] == [
        "tile/0/273.p/112",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ]
    assert len(list(bundles_of(70_000))) == 274


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/1",
        "tile/00/001",
        "tile/0/001.p/0",
        "tile/0/001.p/256",
        "tile/0/001.p/300",
        "tile/64/000",
        "tile/0/x000/001",
        "x",
        "tile/0/" + "x999/" * 9 + "999",
    ],
)
def test_a_path_in_another_form_is_refused(path: str) -> None:
    with pytest.raises(NotInLogError):
        parse_path(path)


def test_a_key_with_another_id_is_refused() -> None:
    good = str(VerifierKey("log.example", b"p" * 32))
    name, key_id, key = good.split("+", 2)
    assert str(parse_vkey(good)) == good

    with pytest.raises(MalformedKeyError):
        parse_vkey(f"{name}+{int(key_id, 16) ^ 1:08x}+{key}")


def test_verifying_needs_no_database_driver() -> None:
    code = "import sys, audit.verify, audit.proof; sys.exit(any(n in sys.modules for n in ('sqlalchemy', 'sqlmodel')))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
