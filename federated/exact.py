"""Arithmetic that gives the same bits on every machine and under every split of the rows.

Only IEEE 754 operations that are exactly rounded (+, −, ×, ÷, rint) are used, element by element: `numpy.exp`, BLAS and
LAPACK may differ in the last bit between processors, and a matrix product between row positions.
"""

from math import factorial

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_LOG2_E = 1.4426950408889634
_LN2_HIGH = 0.6931471803691238  # the upper 33 bits, so that k × high is exact (fdlibm, e_exp.c)
_LN2_LOW = 1.9082149292705877e-10
_TERMS = tuple(1.0 / factorial(power) for power in range(13, -1, -1))
_LARGEST = 700.0


def exp(x: Floats) -> Floats:
    """Give e^x, x clipped to ±700, with an error of about one unit in the last place.

    Guarantee: an element's result depends on that element's bits alone.
    Source: range reduction as in fdlibm e_exp.c; the Taylor polynomial of degree 13 on |r| ≤ ln2 / 2.
    """
    clipped = np.clip(x, -_LARGEST, _LARGEST)
    power = np.rint(clipped * _LOG2_E)
    rest = (clipped - power * _LN2_HIGH) - power * _LN2_LOW
    value = np.full_like(rest, _TERMS[0])
    for term in _TERMS[1:]:
        value = value * rest + term
    return np.ldexp(value, power.astype(np.int32))


def sigmoid(x: Floats) -> Floats:
    """Give 1 / (1 + e^−x)."""
    result: Floats = 1.0 / (1.0 + exp(-x))
    return result


def weighted_sum(columns: Floats, weights: Floats, start: float) -> Floats:
    """Give start + Σ weight · column for each row, adding in the order of the columns.

    Args:
        columns: shape (columns, rows).
        weights: shape (columns,).
        start: the intercept.
    """
    total = np.full(columns.shape[1], start)
    for column, weight in zip(columns, weights, strict=True):
        total = total + weight * column
    return total


def solve(matrix: Floats, target: Floats, tolerance: float = 1e-10) -> tuple[Floats, int]:
    """Solve a symmetric positive semi-definite system by Gaussian elimination without row exchange.

    A pivot below `tolerance` of its diagonal belongs to a column that repeats earlier ones; its coefficient is 0.

    Returns:
        The solution and how many pivots were used (the rank).
    """
    size = len(target)
    work = matrix.astype(np.float64, copy=True)
    right = target.astype(np.float64, copy=True)
    used = np.zeros(size, dtype=bool)
    for k in range(size):
        if not work[k, k] > tolerance * matrix[k, k]:
            work[k, :] = 0.0
            right[k] = 0.0
            continue
        used[k] = True
        factor = work[k + 1 :, k] / work[k, k]
        work[k + 1 :, :] = work[k + 1 :, :] - factor[:, None] * work[k, :][None, :]
        right[k + 1 :] = right[k + 1 :] - factor * right[k]
    return _back(work, right, used), int(used.sum())


def _back(work: Floats, right: Floats, used: NDArray[np.bool_]) -> Floats:
    """Substitute from the last row up, column by column, so that no sum's order is left to a library."""
    solution = np.zeros(len(right))
    remaining = right.copy()
    for k in range(len(right) - 1, -1, -1):
        if used[k]:
            solution[k] = remaining[k] / work[k, k]
            remaining[:k] = remaining[:k] - work[:k, k] * solution[k]
    return solution
