"""A company's invented world: its word pools, its number masks and its own randomness."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

import yaml

DATA = Path(__file__).parent / "data"
SPLITS = ("tune", "test")
WIDER = ("fit", "held")


@dataclass(frozen=True, slots=True)
class World:
    """Where values come from.

    Args:
        rng: the only source of randomness.
        split: which pools.
        mask: a seed shared by one company's columns, so that its numbers look alike.
    """

    rng: Random
    split: str
    mask: str

    def pick(self, pool: str) -> str:
        """Give one word of a pool of this split."""
        return self.rng.choice(pool_of(self.split, pool))

    def habit(self, what: str) -> Random:
        """Give randomness that is the same each time this company is asked for `what`."""
        return Random(f"{self.mask}/{what}")


@cache
def pool_of(split: str, pool: str) -> tuple[str, ...]:
    """Give the words of one pool: the shared ones, and those of the split alone."""
    if split in WIDER:
        return tuple(_pools("pools_wider.yaml")[split][pool])
    pools = _pools("pools.yaml")
    return (*pools["shared"].get(pool, ()), *pools[split].get(pool, ()))


@cache
def _pools(name: str) -> dict[str, dict[str, Sequence[str]]]:
    pools: dict[str, dict[str, Sequence[str]]] = yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
    return pools
