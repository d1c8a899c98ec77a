"""Exact generalised linear models over integer sums: logistic by Newton's method, linear by the normal equations.

Features are standardised by pooled moments and clipped. Guarantee: coefficients depend on the pooled rows and the
settings alone, bit for bit; they equal the pooled maximum likelihood to about 1e-9.
Source: McCullagh & Nelder 1989, §2.5 (iteratively reweighted least squares).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, log2

import numpy as np
from numpy.typing import NDArray

from federated import exact
from federated.errors import NotConvergedError, SingularDesignError
from federated.federation import Federation, Question
from federated.model import Kind, LinearSettings
from federated.ring import EXPONENTS, Signed, bits_for, from_fixed, largest_exponent, to_fixed

Floats = NDArray[np.float64]
OnIteration = Callable[[int, Floats], None]

TOLERANCE = 1e-9
LARGEST_STEP = 4.0


@dataclass(frozen=True, slots=True)
class LinearModel:
    """score = intercept + Σ coefficient · clip((x − mean) / scale); the logit for `logistic`."""

    kind: Kind
    mean: Floats
    scale: Floats
    clip: float
    intercept: float
    coefficients: Floats

    def predict(self, columns: Floats) -> Floats:
        """Give probabilities (logistic) or values (linear); `columns` is float64, shape (features, rows)."""
        score = exact.weighted_sum(
            standardise(columns, self.mean, self.scale, self.clip), self.coefficients, self.intercept
        )
        return exact.sigmoid(score) if self.kind == "logistic" else score


def standardise(columns: Floats, mean: Floats, scale: Floats, clip: float) -> Floats:
    """Give clip((x − mean) / scale), row by row and column by column."""
    return np.clip((columns - mean[:, None]) / scale[:, None], -clip, clip)


class LinearRows:
    """A partner's side: fixed-point sums over its own rows."""

    def __init__(self, columns: Floats, labels: Floats, kind: Kind) -> None:
        """Take the rows, float64, shape (features, rows), without missing values."""
        self._columns = columns
        self._labels = labels
        self._kind = kind
        self._design = columns[:0]
        self._clip = 0.0
        self._scores = np.zeros_like(labels)

    def scores(self) -> Floats:
        """Give the newest model's answer for each own row."""
        return self._scores

    def sums(self, question: Question) -> Signed:
        """Give Σ x of each column at its agreed scale."""
        pairs = zip(self._columns, question.arrays["bits"], strict=True)
        return np.array([to_fixed(column, int(bits)).sum() for column, bits in pairs], dtype=np.int64)

    def squares(self, question: Question) -> Signed:
        """Give Σ (x − mean)² of each column at its agreed scale."""
        parts = zip(self._columns, question.arrays["mean"], question.arrays["bits"], strict=True)
        totals = [to_fixed((column - mean) * (column - mean), int(bits)).sum() for column, mean, bits in parts]
        return np.array(totals, dtype=np.int64)

    def begin(self, question: Question) -> Signed:
        """Standardise by the pooled moments."""
        self._clip = float(question.scalars["clip"])
        design = standardise(self._columns, question.arrays["mean"], question.arrays["scale"], self._clip)
        self._design = np.concatenate([np.ones((1, design.shape[1])), design])
        return np.zeros(0, dtype=np.int64)

    def newton(self, question: Question) -> Signed:
        """Give gradient and upper triangle of the Hessian at the coefficients that came."""
        beta, bits = question.arrays["beta"], int(question.scalars["bits"])
        self.apply(question)
        if self._kind == "logistic":
            residual, weight = self._scores - self._labels, self._scores * (1.0 - self._scores)
        else:
            shrink = -int(question.scalars["exponent"])  # residuals come below 1, whatever the label's unit
            bound = 2.0
            residual = np.clip(np.ldexp(self._scores - self._labels, shrink), -bound, bound)
            weight = np.ones_like(residual)
        totals = [to_fixed(residual * row, bits).sum() for row in self._design]
        for i in range(len(beta)):
            weighted = self._design[i] * weight
            totals.extend(to_fixed(weighted * self._design[j], bits).sum() for j in range(i, len(beta)))
        return np.array(totals, dtype=np.int64)

    def apply(self, question: Question) -> Signed:
        """Score the own rows by the coefficients that came."""
        beta = question.arrays["beta"]
        score = exact.weighted_sum(self._design[1:], beta[1:], float(beta[0]))
        self._scores = exact.sigmoid(score) if self._kind == "logistic" else score
        return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Moments:
    """Pooled mean and (population) standard deviation of each feature; a constant feature has scale 1."""

    mean: Floats
    scale: Floats


def agree_moments(federation: Federation, features: int, rows: int) -> Moments:
    """Find the pooled moments by three sums: exponents, values, squared distances."""
    counts = federation.total(Question("exponents", {"source": "features"})).reshape(features, EXPONENTS)
    exponents = np.array([largest_exponent(one) for one in counts], dtype=np.int64)
    bits = np.array([bits_for(rows, int(one)) for one in exponents], dtype=np.int64)
    total = federation.total(Question("linear.sums", {}, {"bits": bits}))
    mean = np.array([float(from_fixed(t, int(b))) for t, b in zip(total, bits, strict=True)]) / rows
    bits = np.array([bits_for(rows, 2 * int(one) + 2) for one in exponents], dtype=np.int64)
    total = federation.total(Question("linear.squares", {}, {"mean": mean, "bits": bits}))
    variance = np.array([float(from_fixed(t, int(b))) for t, b in zip(total, bits, strict=True)]) / rows
    return Moments(mean, np.where(variance > 0, np.sqrt(variance), 1.0))


def fit(
    federation: Federation,
    kind: Kind,
    features: int,
    rows: int,
    label_exponent: int,
    settings: LinearSettings,
    on_iteration: OnIteration,
) -> LinearModel:
    """Fit a model.

    Args:
        federation: partners that answer the `linear.` steps.
        kind: logistic or linear.
        features: how many columns.
        rows: summed rows.
        label_exponent: |label| is below 2^this.
        settings: clip, penalty and most iterations.
        on_iteration: called with the iteration's number and coefficients.

    Raises:
        SingularDesignError: not even the intercept can be solved for.
        NotConvergedError: the iterations ran out.
    """
    moments = agree_moments(federation, features, rows)
    arrays = {"mean": moments.mean, "scale": moments.scale}
    federation.tell(Question("linear.begin", {"clip": settings.clip}, arrays))
    bits = bits_for(rows, 2 + 2 * max(0, ceil(log2(settings.clip))))
    newton = _Newton(federation, kind, rows, bits, label_exponent, settings)
    beta = newton.run(features + 1, on_iteration)
    federation.tell(Question("linear.apply", {}, {"beta": beta}))
    return LinearModel(kind, moments.mean, moments.scale, settings.clip, float(beta[0]), beta[1:])


@dataclass(frozen=True, slots=True)
class _Newton:
    federation: Federation
    kind: Kind
    rows: int
    bits: int
    label_exponent: int
    settings: LinearSettings

    def run(self, size: int, on_iteration: OnIteration) -> Floats:
        """Iterate until no coefficient moves; linear models need one step, and a second that polishes it."""
        beta = np.zeros(size)
        unit = 1.0 if self.kind == "logistic" else float(np.ldexp(1.0, self.label_exponent + 1))
        for iteration in range(1, self.settings.iterations + 1):
            step = self._step(beta, size) * unit
            largest = float(np.abs(step).max())
            if self.kind == "logistic" and largest > LARGEST_STEP:
                step = step * (LARGEST_STEP / largest)
            beta = beta - step
            on_iteration(iteration, beta)
            if largest <= TOLERANCE * unit:
                return beta
        raise NotConvergedError(iterations=self.settings.iterations)

    def _step(self, beta: Floats, size: int) -> Floats:
        scalars = {"bits": self.bits, "exponent": self.label_exponent + 1}
        total = self.federation.total(Question("linear.newton", scalars, {"beta": beta}))
        sums = from_fixed(total, self.bits)
        gradient, hessian = sums[:size], np.zeros((size, size))
        hessian[np.triu_indices(size)] = sums[size:]
        hessian = hessian + np.triu(hessian, 1).T
        penalty = np.full(size, self.settings.l2)
        penalty[0] = 0.0
        unit = 1.0 if self.kind == "logistic" else float(np.ldexp(1.0, self.label_exponent + 1))
        step, rank = exact.solve(hessian + np.diag(penalty), gradient + penalty * (beta / unit))
        if not rank:
            raise SingularDesignError
        return step
