"""Keys as a journey: what state they are in, and a new master key for all of them while reads go on."""

from collections.abc import Callable
from dataclasses import dataclass

from audit import append
from governance.errors import NotRetirableError
from governance.house import House
from governance.identity import Caller
from storage import read_only, unit_of_work
from storage.subjectkeys import counts, destroyed

BATCH = 1000


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """What the keys are like.

    Args:
        provider: who keeps the master keys.
        suite: the cipher of new keys.
        masters: people's living keys under each version that is kept; the newest version wraps.
        destroyed: how many people's keys were destroyed.
    """

    provider: str
    suite: str
    masters: dict[int, int]
    destroyed: int

    @property
    def unfinished(self) -> int:
        """Give how many keys an older version still wraps."""
        newest = max(self.masters)
        return sum(number for version, number in self.masters.items() if version != newest)


@dataclass(frozen=True, slots=True)
class Rotation:
    """A finished rotation: the version that wraps everything now, how many keys it took over, what was retired."""

    version: int
    rewrapped: int
    resumed: bool
    retired: tuple[int, ...]


def key_status(house: House) -> KeyStatus:
    """Give the state of the keys.

    Raises:
        MasterKeyUnavailableError: the keeper of the master keys does not answer.
    """
    protection = house.protection
    with read_only(house.engine) as session:
        held, gone = counts(session), len(destroyed(session))
    masters = {version: held.get(version, 0) for version in sorted({*protection.masters.versions(), *held})}
    return KeyStatus(protection.masters.name, protection.keys.suite.name, masters, gone)


def rotate(
    house: House, caller: Caller, *, retire: bool = False, progress: Callable[[int, int], None] | None = None
) -> Rotation:
    """Wrap every person's key under a new master key, some at a time.

    A rotation that was cut short is finished first instead of starting another; both versions open meanwhile, so no
    read is refused.

    Args:
        house: the open house.
        caller: who acts.
        retire: destroy the older master keys once nothing rests on them.
        progress: told how many keys are done, of how many.

    Raises:
        MasterKeyUnavailableError: the keeper does not answer; run it again to go on.
        NotRetirableError: keys made meanwhile by another process still rest on an older version.
    """
    before = key_status(house)
    resumed = before.unfinished > 0
    total = before.unfinished if resumed else sum(before.masters.values())
    version = max(before.masters) if resumed else _begun(house, caller)
    done = 0
    while True:
        with unit_of_work(house.engine) as session:
            moved = house.protection.keys.rewrap(session, BATCH)
        if not moved:
            break
        done += moved
        if progress is not None:
            progress(done, max(done, total))
    _noted(house, caller, "key.rotated", f"key-rotated/{version}", {"master": version, "keys": done})
    retired = _retired(house, caller, version) if retire else ()
    return Rotation(version, done, resumed, retired)


def _begun(house: House, caller: Caller) -> int:
    version = house.protection.masters.rotate()
    facts = {"master": version, "provider": house.protection.masters.name}
    _noted(house, caller, "key.made", f"key-made/{version}", facts)
    return version


def _retired(house: House, caller: Caller, newest: int) -> tuple[int, ...]:
    status = key_status(house)
    older = tuple(version for version in status.masters if version < newest)
    resting = [version for version in older if status.masters[version]]
    if resting:
        raise NotRetirableError(version=resting[0], keys=status.masters[resting[0]])
    for version in older:
        # The entry comes first: a destruction nobody can prove is worse than one announced too early.
        _noted(house, caller, "key.destroyed", f"master-destroyed/{version}", {"master": version})
        house.protection.masters.retire(version)
    return older


def _noted(house: House, caller: Caller, kind: str, key: str, facts: dict[str, object]) -> None:
    with unit_of_work(house.engine) as session:
        placed = append(session, house.event(kind, caller.person_id, key, facts=facts))
    house.notarised(placed)
