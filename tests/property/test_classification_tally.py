"""Counting in batches, in any order and apart, gives what counting in one go gives."""

import random
import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classification import load_recognisers
from classification.cells import texts_of
from classification.distinct import Limits
from classification.families.forms import Form
from classification.families.marking import mark_forms
from classification.ordering import bytes_of, order_keys
from classification.profile import Profile
from classification.recognisers import Recognisers
from classification.tally import LIMITS, TableTally, Tally, tally_of

CELLS = st.one_of(st.none(), st.text(max_size=40), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.just("未知"))


@pytest.fixture(scope="module")
def recognisers() -> Recognisers:
    return load_recognisers()


def told(profile: Profile) -> tuple[object, ...]:
    return (
        profile.values.to_pylist(),
        profile.counts.tolist(),
        profile.marks.tolist(),
        (profile.rows, profile.filled, profile.distinct, profile.kind, profile.least, profile.most),
        dict(profile.cells),
    )


@given(cells=st.lists(CELLS, max_size=60), cut=st.integers(0, 60), limit=st.integers(1, 70), seed=st.integers())
@settings(max_examples=150, deadline=None)
def test_batches_in_any_number_and_order_give_the_same_profile(
    recognisers: Recognisers, cells: list[str | None], cut: int, limit: int, seed: int
) -> None:
    limits = Limits(limit, 10**9)
    whole = tally_of(pa.array(cells, pa.string()), recognisers.forms, limits)
    mixed = random.Random(seed).sample(cells, len(cells))  # noqa: S311 -- an order, not a secret
    one = tally_of(pa.array(mixed[:cut], pa.string()), recognisers.forms, limits)
    other = tally_of(pa.array(mixed[cut:], pa.string()), recognisers.forms, limits)

    assert told(one.joined(other, limits).profile()) == told(whole.profile())
    assert told(other.joined(one, limits).profile()) == told(whole.profile())


@given(cells=st.lists(CELLS, max_size=60), room=st.integers(1, 400))
@settings(max_examples=100, deadline=None)
def test_what_is_kept_stays_within_its_bytes(recognisers: Recognisers, cells: list[str | None], room: int) -> None:
    total = Tally()
    for cell in cells:
        counted = tally_of(pa.array([cell], pa.string()), recognisers.forms)
        total = total.joined(counted, Limits(100, room))
    profile = total.profile()

    assert sum(len(str(value).encode()) for value in profile.values.to_pylist()) <= room
    assert profile.counts.sum() <= profile.filled


@given(texts=st.lists(st.text(min_size=1, max_size=300), min_size=1, max_size=30))
@settings(max_examples=100, deadline=None)
def test_a_texts_place_in_the_order_is_its_own(texts: list[str]) -> None:
    together = order_keys(bytes_of(pa.array(texts, pa.string())))
    alone = [int(order_keys(bytes_of(pa.array([text], pa.string())))[0]) for text in texts]

    assert together.tolist() == alone


@pytest.mark.parametrize("form", load_recognisers().forms, ids=lambda form: f"{form.type}-{form.least}")
def test_a_gate_leaves_out_nothing_that_the_pattern_accepts(form: Form) -> None:
    ungated = Form(form.type, form.pattern, 0, 10**6, form.strong)

    @given(text=st.from_regex(re.compile(form.pattern, re.ASCII), fullmatch=True))
    @settings(max_examples=30, deadline=None)
    def holds(text: str) -> None:
        values = texts_of(pa.array([text], pa.string()))
        if len(values):
            lengths = np.array([len(values[0].as_py())])
            if form.least <= lengths[0] <= form.most:
                marks = mark_forms(values, bytes_of(values), lengths, (form, ungated))
                assert marks[0] in {0, 3}

    holds()


def test_the_number_of_different_values_is_estimated_within_five_percent(recognisers: Recognisers) -> None:
    total = Tally()
    for start in range(0, 200_000, 50_000):
        cells = pa.array([f"N{number:08d}" for number in range(start, start + 50_000)] * 2)
        total = total.joined(tally_of(cells, recognisers.forms), LIMITS)

    assert abs(total.profile().distinct / 200_000 - 1) < 0.05
    assert set(total.profile().counts.tolist()) == {2}


def test_a_rare_form_is_counted_in_every_cell(recognisers: Recognisers) -> None:
    cells = [f"N{number:08d}" for number in range(100_000)]
    cells[77] = "13800001234"

    assert tally_of(pa.array(cells), recognisers.forms).cells["PHONE"] == 1


def test_columns_that_only_some_batches_bring_count_as_empty_elsewhere(recognisers: Recognisers) -> None:
    tally = TableTally(recognisers.forms)
    tally.add(pa.record_batch({"a": ["x", "y"]}))
    tally.add(pa.record_batch({"b": [1, 2, 3]}))
    tally.add(pa.record_batch({"a": ["z"], "b": [4]}))

    found = {name: column.profile() for name, column in tally.columns.items()}
    assert {name: (one.rows, one.filled, one.kind) for name, one in found.items()} == {
        "a": (6, 3, "text"),
        "b": (6, 4, "integer"),
    }


def test_columns_of_one_name_are_told_apart(recognisers: Recognisers) -> None:
    tally = TableTally(recognisers.forms)
    tally.add(pa.RecordBatch.from_arrays([pa.array([1]), pa.array(["x"])], names=["a", "a"]))

    assert list(tally.columns) == ["a", "a#2"]


@pytest.mark.parametrize(
    ("cells", "texts"),
    [
        (pa.array([13800138000.0, 1.5, float("nan"), float("inf"), None]), ["13800138000", "1.5"]),
        (pa.array(["13800138000.0", "１３８", " \u200bx\ufeff", "NULL", ""]), ["13800138000", "138", "x"]),
        (pa.array([b"\x01\xff" * 2000, None]), [("01ff" * 1024)]),
        (pa.array([["a"], None]), ["['a']"]),
        (pa.array([None, None]), []),
        (pa.array(["y" * 10000]), ["y" * 4096]),
    ],
)
def test_cells_become_text(cells: pa.Array, texts: list[str]) -> None:
    assert texts_of(cells).to_pylist() == texts
