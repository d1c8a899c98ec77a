"""Free texts as clerks type them, with the personal data that slips into them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from governance.demo import health
from governance.demo.facts import Scene


def fill(rng: np.random.Generator, scene: Scene, patterns: Sequence[str], accounts: npt.NDArray[np.int64]) -> list[str]:
    """Give one text an account, the slots filled with that account's own data."""
    which = rng.integers(0, len(patterns), len(accounts))
    policy = rng.integers(0, len(scene.policies.numbers), len(accounts))
    place = rng.integers(0, len(health.HOSPITALS), len(accounts))
    return [
        patterns[w].format_map(_slots(scene, int(account), int(p), int(h)))
        for w, account, p, h in zip(which, accounts, policy, place, strict=True)
    ]


def _slots(scene: Scene, account: int, policy: int, place: int) -> dict[str, str]:
    people, who = scene.people, int(scene.accounts.person[account])
    return {
        "name": people.names[who],
        "phone": scene.accounts.phones[account],
        "illness": health.DIAGNOSES[int(people.health[who])][1],
        "hospital": health.HOSPITALS[place],
        "address": people.addresses[who],
        "policy": scene.policies.numbers[policy],
        "mail": people.mails[who],
        "card4": people.cards[who][-4:],
    }
