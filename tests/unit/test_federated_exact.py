"""Arithmetic that is right, and the same for a row wherever it stands."""

import math

import numpy as np

from federated import exact


def test_exp_is_right_to_the_last_places() -> None:
    x = np.linspace(-40, 40, 4001)

    assert np.max(np.abs(exact.exp(x) / np.exp(x) - 1)) < 1e-15


def test_exp_of_a_row_does_not_depend_on_its_neighbours() -> None:
    x = np.random.default_rng(1).normal(size=1001) * 9

    whole = exact.exp(x)

    assert all(whole[i] == exact.exp(x[i : i + 1])[0] for i in range(0, 1001, 7))


def test_sigmoid_stays_between_zero_and_one_at_the_ends() -> None:
    ends = exact.sigmoid(np.array([-1e9, 0.0, 1e9]))

    assert ends[0] >= 0
    assert ends[1] == 0.5
    assert ends[2] == 1


def test_solve_finds_the_solution() -> None:
    a = np.random.default_rng(2).normal(size=(6, 6))
    matrix, want = a @ a.T, np.arange(6.0)

    found, rank = exact.solve(matrix, matrix @ want)

    assert rank == 6
    assert np.allclose(found, want, atol=1e-8)


def test_solve_leaves_out_a_column_that_repeats_another() -> None:
    a = np.random.default_rng(3).normal(size=(50, 2))
    design = np.column_stack([a, a[:, 0]])

    found, rank = exact.solve(design.T @ design, design.T @ np.ones(50))

    assert rank == 2
    assert found[2] == 0
    assert all(math.isfinite(value) for value in found)
