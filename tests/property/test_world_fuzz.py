from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.world import World, WorldInvalidError, read_world
from tests.world_example import EXAMPLE, lay_out

BYTES = EXAMPLE.encode()
PIECES = [
    "*a",
    "&a ",
    "{",
    "}",
    "[",
    "]",
    ": ",
    "- ",
    "null",
    "!!set ",
    "\t",
    "\n",
    "\0",
    "'",
    '"',
    "${",
    "???",
    "<<: ",
]


def outcome(path: Path) -> World | WorldInvalidError:
    try:
        return read_world(
            path,
            {},
            known_purposes=["actuarial_statistics"],
            known_roles=[],
            known_categories=["vehicle_driving"],
            allow_fixed_clock=True,
        )
    except WorldInvalidError as error:
        return error


def either(folder: Path, content: bytes) -> None:
    found = outcome(lay_out(folder, content))

    assert isinstance(found, World) or (found.faults and found.detail("zh") and found.detail("en"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("world")


@settings(max_examples=150, deadline=None)
@given(cut=st.integers(0, len(BYTES)))
def test_a_truncated_world_is_read_or_refused(folder: Path, cut: int) -> None:
    either(folder, BYTES[:cut])


@settings(max_examples=250, deadline=None)
@given(
    edits=st.lists(st.tuples(st.integers(0, len(EXAMPLE)), st.sampled_from(PIECES) | st.text(max_size=4)), max_size=6)
)
def test_a_mutated_world_is_read_or_refused(folder: Path, edits: list[tuple[int, str]]) -> None:
    text = EXAMPLE
    for place, piece in edits:
        text = text[:place] + piece + text[place + len(piece) :]

    either(folder, text.encode("utf-8", "surrogatepass"))


@settings(max_examples=100, deadline=None)
@given(first=st.integers(0, 25), second=st.integers(0, 25), spaces=st.integers(0, 6))
def test_moved_lines_are_read_or_refused(folder: Path, first: int, second: int, spaces: int) -> None:
    lines = EXAMPLE.splitlines()
    lines.insert(second, " " * spaces + lines.pop(min(first, len(lines) - 1)))

    either(folder, "\n".join(lines).encode())


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(folder: Path, content: bytes) -> None:
    either(folder, content)
