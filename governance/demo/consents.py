"""Consent records and contact history of the demo insurer: grants, withdrawals, expiries, outdated notices."""

# ruff: noqa: PLR2004 -- shares, sizes and hours of an invented story; a name for each would tell no more

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from governance.demo.facts import Scene
from governance.demo.people import CHILD_YEARS

TOPIC = 31
ZONE = "+08:00"
HEADER = ("subject_id", "purpose", "status", "notice_version", "at", "expires_at", "evidence", "kind")
CURRENT, OLD = "2026-1", "2025-1"
Record = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Habit:
    """How people answer when they are asked for one purpose; shares of those who were asked."""

    purpose: str
    kind: str
    asked: float
    withdrawn: float = 0.06
    outdated: float = 0.0
    expiring: bool = False


HABITS = (
    Habit("claims", "separate", 0.9, withdrawn=0.01),
    Habit("cross_sell", "separate", 0.14, withdrawn=0.12),
    Habit("health_management", "separate", 0.18, expiring=True),
    Habit("joint_modelling_insurers", "separate", 0.42, withdrawn=0.04),
    Habit("marketing", "general", 0.66, withdrawn=0.13, outdated=0.08, expiring=True),
    Habit("renewal_reminder", "general", 0.8, withdrawn=0.04),
    Habit("risk_modelling", "separate", 0.55, withdrawn=0.05, outdated=0.05),
    Habit("underwriting", "separate", 0.7, withdrawn=0.02),
)
ADULTS_ONLY = frozenset({"marketing", "cross_sell", "joint_modelling_insurers"})
CHANNELS = ("app", "web", "phone", "paper")


def consent_records(scene: Scene) -> list[Record]:
    """Give the ledger's rows in order of time: a grant for everyone who was asked, then withdrawals."""
    records = [record for number, habit in enumerate(HABITS) for record in _of_purpose(scene, number, habit)]
    return sorted(records, key=lambda record: (str(record[4]), str(record[0]), str(record[1])))


def _of_purpose(scene: Scene, number: int, habit: Habit) -> list[Record]:
    rng = np.random.default_rng([scene.seed, TOPIC, number])
    ages = scene.people.ages[scene.accounts.person]
    asked = rng.random(scene.accounts.size) < habit.asked
    if habit.purpose in ADULTS_ONLY:
        asked &= ages >= 18
    who = np.flatnonzero(asked)
    outdated = rng.random(len(who)) < habit.outdated
    given = np.where(outdated, rng.integers(400, 700, len(who)), rng.integers(20, 360, len(who)))
    taken = np.flatnonzero(rng.random(len(who)) < habit.withdrawn)
    kinds = ["guardian" if age < CHILD_YEARS else habit.kind for age in ages[who]]
    versions = [OLD if old else CURRENT for old in outdated]
    grants = _rows(rng, scene, habit, who, given, ("granted", kinds, versions))
    later = (
        "withdrawn",
        [kinds[i] for i in taken],
        [versions[i] for i in taken],
    )
    return grants + _rows(rng, scene, habit, who[taken], rng.integers(1, 20, len(taken)), later)


def _rows(
    rng: np.random.Generator,
    scene: Scene,
    habit: Habit,
    who: npt.NDArray[np.int64],
    ago: npt.NDArray[np.int64],
    told: tuple[str, Sequence[str], Sequence[str]],
) -> list[Record]:
    status, kinds, versions = told
    days, seconds = scene.day(ago), rng.integers(9 * 3600, 21 * 3600, len(who))
    ends = scene.day(ago - 365 * (1 + (rng.random(len(who)) < 0.9)))
    channels = rng.integers(0, len(CHANNELS), len(who))
    numbers = scene.accounts.numbers
    expires = habit.expiring and status == "granted"
    return [
        (
            numbers[account],
            habit.purpose,
            status,
            version,
            f"{day}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}{ZONE}",
            f"{end}T00:00:00{ZONE}" if expires else None,
            f"{CHANNELS[channel]}:{habit.purpose[:4]}{account:08d}",
            kind,
        )
        for account, kind, version, day, end, second, channel in zip(
            who.tolist(), kinds, versions, days, ends, seconds.tolist(), channels.tolist(), strict=True
        )
    ]


CONTACT_HEADER = ("subject_id", "channel", "purpose", "at", "initiated_by", "outcome")


def contact_records(scene: Scene) -> list[Record]:
    """Give what was sent and said in the last sixty days; a few people were contacted too often."""
    rng = np.random.default_rng([scene.seed, TOPIC, 90])
    accounts = scene.accounts
    often = rng.choice(accounts.size, max(3, accounts.size // 200), replace=False)
    who = np.concatenate([rng.integers(0, accounts.size, max(20, accounts.size // 2)), np.repeat(often, 4)])
    moments = scene.moments(rng, len(who), 60)
    channels = rng.choice(["phone", "sms", "wechat", "push"], len(who), p=[0.2, 0.5, 0.2, 0.1])
    purposes = rng.choice(["marketing", "renewal_reminder"], len(who), p=[0.6, 0.4])
    results = rng.choice(
        ["delivered", "interested", "not_interested", "refused", "no_answer"], len(who), p=[0.6, 0.08, 0.12, 0.05, 0.15]
    )
    starters = np.where(rng.random(len(who)) < 0.1, "customer", "insurer")
    rows: list[Record] = [
        (accounts.numbers[i], str(c), str(p), f"{m.replace(' ', 'T')}{ZONE}", str(s), str(r))
        for i, c, p, m, s, r in zip(who.tolist(), channels, purposes, moments, starters, results, strict=True)
    ]
    return sorted(rows, key=lambda row: (str(row[3]), str(row[0])))
