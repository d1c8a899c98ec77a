"""One partner: holds its rows, knows every step it may be asked for, and answers with ring vectors.

A step that is not in its table is refused. What it returns is unmasked and goes to its own masker only.
"""

import json
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from federated import evaluation, linear, sketch
from federated.data import Dataset, value_label
from federated.errors import UnknownStepError
from federated.federation import Question
from federated.histograms import BoostingRows
from federated.model import Kind, Task
from federated.ring import Ring, Signed, as_ring, exponent_counts, to_fixed, total_of

Step = Callable[[Question], Signed]

NOTHING = np.zeros(0, dtype=np.int64)


class Partner:
    """The rows of one partner during one run."""

    def __init__(self, data: Dataset, task: Task, kind: Kind) -> None:
        """Take checked data."""
        self._data = data
        self._task: Task = task
        self._narrow = data.features.astype(np.float32)
        self._boosting: BoostingRows | None = None
        self._linear = linear.LinearRows(data.features, data.labels, kind)
        self._steps: dict[str, Step] = {
            "census": self._census,
            "exponents": self._exponents,
            "label": self._label,
            "cells": self._cells,
            "scores": self._score,
            "groups": self._groups,
            **(self._boosting_steps() if kind == "gbdt" else self._linear_steps()),
        }

    def answer(self, question: Question) -> Ring:
        """Give this partner's vector.

        Raises:
            UnknownStepError: the step is not one of this job's kind, or comes before its time.
        """
        step = self._steps.get(question.step)
        if step is None:
            raise UnknownStepError(step=question.step)
        return as_ring(step(question))

    def _boosting_steps(self) -> dict[str, Step]:
        return {"boosting.begin": self._begin_boosting, "boosting.step": self._boost}

    def _linear_steps(self) -> dict[str, Step]:
        rows = self._linear
        return {
            "linear.sums": rows.sums,
            "linear.squares": rows.squares,
            "linear.begin": rows.begin,
            "linear.newton": rows.newton,
            "linear.apply": rows.apply,
        }

    def _census(self, _: Question) -> Signed:
        """Give rows."""
        return np.array([len(self._data.labels)], dtype=np.int64)

    def _exponents(self, question: Question) -> Signed:
        columns = self._data.labels[None, :] if question.scalars["source"] == "label" else self._data.features
        return np.concatenate([exponent_counts(column) for column in columns])

    def _label(self, question: Question) -> Signed:
        return np.array([total_of(to_fixed(self._data.labels, int(question.scalars["bits"])))], dtype=np.int64)

    def _cells(self, question: Question) -> Signed:
        source = self._narrow if question.scalars["source"] == "features" else self._data.protected_numbers()
        shift, width = int(question.scalars["shift"]), int(question.scalars["width"])
        cells = sketch.Cells(question.arrays["features"], question.arrays["prefixes"], shift, width)
        return sketch.count_cells(source, cells)

    def _begin_boosting(self, question: Question) -> Signed:
        self._boosting = BoostingRows(self._narrow, self._data.labels, self._task, question)
        return NOTHING

    def _boost(self, question: Question) -> Signed:
        if self._boosting is None:
            raise UnknownStepError(step=question.step)
        return self._boosting.step(question)

    def _scores(self) -> NDArray[np.float64]:
        return self._boosting.scores() if self._boosting else self._linear.scores()

    def _score(self, question: Question) -> Signed:
        return evaluation.score_sums(self._task, self._scores(), self._data.labels, question)

    def _groups(self, question: Question) -> Signed:
        column = self._data.protected[int(question.scalars["protected"])]
        edges = question.arrays["edges"]
        if len(edges):
            groups = len(edges) + 2
            numbers = column.astype(np.float32)
            places = np.where(np.isnan(numbers), groups - 1, np.searchsorted(edges, numbers, side="right"))
        else:
            labels = {label: place for place, label in enumerate(json.loads(str(question.scalars["labels"])))}
            groups = len(labels)
            places = np.array([labels.get(value_label(value), groups - 1) for value in column], dtype=np.int64)
        threshold = float(question.scalars["threshold"])
        return evaluation.group_sums(places, groups, self._scores(), self._data.labels, threshold)
