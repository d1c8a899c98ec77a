"""The port between coordinator and partners: ask all for a vector, get the sum alone.

Engines know only this port; Flower, masks and sockets stand behind it. `Pooled` is the port without any of them:
one holder of all rows, for comparison and for tests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from federated.ring import Ring, Signed, as_signed


@dataclass(frozen=True, slots=True)
class Question:
    """What the coordinator asks: a step's name, public scalars and public arrays (splits, edges, coefficients)."""

    step: str
    scalars: Mapping[str, int | float | str] = field(default_factory=dict)
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)


class Federation(Protocol):
    """All partners of one run, seen from the coordinator."""

    def total(self, question: Question) -> Signed:
        """Give the sum of all partners' answers, int64."""
        ...

    def tell(self, question: Question) -> None:
        """Tell all partners something that needs no answer."""
        ...


class Answerer(Protocol):
    """One partner: it answers with a ring vector and keeps its rows."""

    def answer(self, question: Question) -> Ring:
        """Give this partner's unmasked vector; only the partner itself ever sees it."""
        ...


@dataclass(slots=True)
class Traffic:
    """Bytes so far, down to all partners and up from each, and how many sums were taken."""

    down: int
    up: dict[str, int]
    sums: int

    @property
    def up_total(self) -> int:
        """Bytes up from all partners."""
        return sum(self.up.values())


class Pooled:
    """A federation without masks or transport: the reference that every other one must equal."""

    def __init__(self, partners: Sequence[Answerer]) -> None:
        """Take the holders of the rows."""
        self._partners = tuple(partners)

    def total(self, question: Question) -> Signed:
        """Give the plain sum."""
        answers = [partner.answer(question) for partner in self._partners]
        return as_signed(np.sum(np.stack(answers), axis=0, dtype=np.uint64))

    def tell(self, question: Question) -> None:
        """Pass it on."""
        for partner in self._partners:
            partner.answer(question)
