"""Bin edges come from counts alone and cut the rows evenly."""

import numpy as np

from federated.federation import Pooled, Question
from federated.ring import Ring, as_ring
from federated.sketch import Cells, agree_edges, count_cells, key_values, sort_keys


class Columns:
    """A partner that only counts cells, and remembers how small the cells were that it was asked to divide."""

    def __init__(self, columns: np.ndarray) -> None:
        self._columns = columns.astype(np.float32)

    def answer(self, question: Question) -> Ring:
        arrays, scalars = question.arrays, question.scalars
        cells = Cells(arrays["features"], arrays["prefixes"], int(scalars["shift"]), int(scalars["width"]))
        return as_ring(count_cells(self._columns, cells))


def edges(columns: np.ndarray, bins: int) -> list[np.ndarray]:
    return list(agree_edges(Pooled([Columns(columns)]), "features", len(columns), columns.shape[1], bins))


def test_keys_sort_as_values_do_and_lead_back() -> None:
    values = np.array([-1e30, -2.5, -1e-40, 0.0, 1e-40, 3.0, 1e30], dtype=np.float32)

    assert np.array_equal(np.argsort(sort_keys(values)), np.arange(7))
    assert np.array_equal(key_values(sort_keys(values)), values)
    assert sort_keys(np.array([-0.0], np.float32)) == sort_keys(np.array([0.0], np.float32))


def test_few_distinct_values_get_a_bin_each() -> None:
    values = np.repeat([0.0, 1.0, 2.5, 7.0], 50)[None, :]

    assert edges(values, 16)[0].tolist() == [1.0, 2.5, 7.0]


def test_many_values_are_cut_evenly() -> None:
    values = np.random.default_rng(0).normal(size=(1, 4000))

    found = edges(values, 8)[0]
    shares = np.diff(np.concatenate([[0], np.searchsorted(np.sort(values[0]), found), [4000]])) / 4000

    assert len(found) == 7
    assert np.all(np.abs(shares - 1 / 8) < 0.05)


def test_a_column_without_values_has_no_edges() -> None:
    assert len(edges(np.full((1, 100), np.nan), 8)[0]) == 0


def test_edges_do_not_depend_on_who_holds_which_rows() -> None:
    values = np.random.default_rng(1).normal(size=(2, 900)) * [[1.0], [1e4]]
    split = Pooled([Columns(values[:, 700:]), Columns(values[:, :100]), Columns(values[:, 100:700])])

    apart = agree_edges(split, "features", 2, 900, 32)

    assert all(np.array_equal(a, b) for a, b in zip(apart, edges(values, 32), strict=True))
