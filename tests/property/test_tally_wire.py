"""Counts that travel come back as they left, join as if made here, and are refused when anything about them is off."""

import random
from contextlib import suppress

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classification.distinct import Limits
from classification.errors import TallyUnreadableError
from classification.families.forms import Form, written_forms
from classification.recognisers import HORIZON
from classification.tally import Tally, tally_of
from classification.tallywire import forms_digest, read_tally, write_tally

FORMS: tuple[Form, ...] = written_forms(HORIZON)
DIGEST = forms_digest(FORMS)
CELLS = st.one_of(st.none(), st.text(max_size=40), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.just("未知"))


def told(tally: Tally) -> tuple[object, ...]:
    kept = tally.distinct
    return (
        (tally.rows, tally.filled, tally.least, tally.most, tally.kind, dict(tally.cells), kept.bound),
        kept.values.to_pylist(),
        kept.keys.tolist(),
        kept.counts.tolist(),
        kept.marks.tolist(),
    )


@given(cells=st.lists(CELLS, max_size=60), limit=st.integers(1, 70))
@settings(max_examples=150, deadline=None)
def test_a_tally_comes_back_as_it_left(cells: list[str | None], limit: int) -> None:
    tally = tally_of(pa.array(cells, pa.string()), FORMS, Limits(limit, 10**9))

    assert told(read_tally(write_tally(tally, DIGEST), DIGEST)) == told(tally)


@given(cells=st.lists(CELLS, max_size=60), cut=st.integers(0, 60), limit=st.integers(1, 70), seed=st.integers())
@settings(max_examples=100, deadline=None)
def test_tallies_that_travelled_join_to_the_count_in_one_go(
    cells: list[str | None], cut: int, limit: int, seed: int
) -> None:
    limits = Limits(limit, 10**9)
    mixed = random.Random(seed).sample(cells, len(cells))  # noqa: S311 -- an order, not a secret
    whole = tally_of(pa.array(cells, pa.string()), FORMS, limits)
    parts = [tally_of(pa.array(part, pa.string()), FORMS, limits) for part in (mixed[:cut], mixed[cut:])]
    one, other = (read_tally(write_tally(part, DIGEST), DIGEST) for part in parts)

    assert told(one.joined(other, limits)) == told(whole)
    assert told(other.joined(one, limits)) == told(whole)


@pytest.mark.parametrize("array", [pa.array([], pa.null()), pa.array([None, None]), pa.array([1, 2, None])])
def test_columns_without_text_travel_too(array: pa.Array) -> None:
    tally = tally_of(array, FORMS)

    assert told(read_tally(write_tally(tally, DIGEST), DIGEST)) == told(tally)


@given(place=st.integers(0, 10**6), bit=st.integers(0, 7))
@settings(max_examples=150, deadline=None)
def test_a_flipped_bit_never_raises_anything_but_our_error(place: int, bit: int) -> None:
    data = bytearray(write_tally(tally_of(pa.array(["王芳", "13800000000", None]), FORMS), DIGEST))
    data[place % len(data)] ^= 1 << bit
    with suppress(TallyUnreadableError):
        read_tally(bytes(data), DIGEST)


@pytest.mark.parametrize("cut", [0, 1, 100, -1])
def test_a_part_of_a_tally_is_refused(cut: int) -> None:
    data = write_tally(tally_of(pa.array(["王芳"] * 3), FORMS), DIGEST)
    cut = len(data) // 2 if cut < 0 else cut

    with pytest.raises(TallyUnreadableError):
        read_tally(data[:cut], DIGEST)


def test_counts_made_with_other_forms_are_refused() -> None:
    data = write_tally(tally_of(pa.array(["王芳"]), FORMS[1:]), forms_digest(FORMS[1:]))

    with pytest.raises(TallyUnreadableError, match="other rules"):
        read_tally(data, DIGEST)


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classification.tallywire.VERSION", "2")
    data = write_tally(tally_of(pa.array(["王芳"]), FORMS), DIGEST)
    monkeypatch.setattr("classification.tallywire.VERSION", "1")

    with pytest.raises(TallyUnreadableError, match="another version"):
        read_tally(data, DIGEST)


def test_counts_that_contradict_themselves_are_refused() -> None:
    tally = tally_of(pa.array(["王芳", "李娜"]), FORMS)
    impossible = Tally(rows=1, filled=tally.filled, kind="text", most=2, least=2, distinct=tally.distinct)

    with pytest.raises(TallyUnreadableError, match="contradicts"):
        read_tally(write_tally(impossible, DIGEST), DIGEST)
