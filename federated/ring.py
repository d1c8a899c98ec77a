"""Fixed-point integers in the ring Z_2^64, in which sums are exact and free of order.

A real number becomes round(x · 2^bits); as long as the true sum stays under 2^62 in size, the sum of any split of
the rows, masked or not, is the same integer.
"""

import numpy as np
from numpy.typing import NDArray

Ring = NDArray[np.uint64]
Signed = NDArray[np.int64]
Floats = NDArray[np.float64]

HEADROOM_BITS = 62
MAX_ROWS = 2**31
SMALLEST_EXPONENT = -64
EXPONENTS = 1024 - SMALLEST_EXPONENT + 1  # one counter for each exponent −64 … 1024


def to_fixed(values: Floats, bits: int) -> Signed:
    """Give round(values · 2^bits) as int64; exact scaling, ties to even.

    Guarantee: depends on each element alone, so any split of the rows gives the same total.
    """
    return np.rint(np.ldexp(values, bits)).astype(np.int64)


def from_fixed(total: Signed, bits: int) -> Floats:
    """Give the real numbers that fixed-point totals stand for."""
    return np.ldexp(total.astype(np.float64), -bits)


def total_of(values: Signed) -> int:
    """Give the sum in the ring, as a signed integer."""
    return int(values.sum(dtype=np.int64))


def as_ring(values: Signed) -> Ring:
    """View signed integers as ring elements (two's complement)."""
    return np.ascontiguousarray(values).view(np.uint64)


def as_signed(values: Ring) -> Signed:
    """View ring elements as signed integers."""
    return np.ascontiguousarray(values).view(np.int64)


def bits_for(rows: int, exponent: int) -> int:
    """Give the most fraction bits for which `rows` values below 2^exponent can be summed without overflow."""
    return HEADROOM_BITS - int(rows).bit_length() - exponent


def exponent_counts(values: Floats) -> Signed:
    """Count the binary exponents of the values, for a bound that partners agree on by a sum.

    Returns:
        int64, shape (EXPONENTS,): how many |x| lie in [2^(e−1), 2^e); NaN counts nowhere.
    """
    known = values[~np.isnan(values)]
    exponents = np.clip(np.frexp(known)[1], SMALLEST_EXPONENT, 1024) - SMALLEST_EXPONENT
    return np.bincount(exponents, minlength=EXPONENTS).astype(np.int64)


def largest_exponent(counts: Signed) -> int:
    """Give the e for which every counted |x| is below 2^e."""
    present = np.flatnonzero(counts)
    return int(present[-1]) + SMALLEST_EXPONENT if len(present) else SMALLEST_EXPONENT
