"""What happened at the invented insurer: agents hired, policies sold, claims reported. Systems tell parts of it."""

# ruff: noqa: PLR2004 -- shares, sizes and hours of an invented story; a name for each would tell no more

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from governance.demo import health, identifiers, words
from governance.demo.dirt import pick
from governance.demo.people import ADULT_YEARS, Accounts, Register, draw_names

Texts = list[str]
Ints = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]
POLICIES_PER_ACCOUNT = 0.9
CLAIMS_PER_POLICY = 0.22
TERM_DAYS = 365
_LINES = [product[1] for product in words.PRODUCTS]


@dataclass(frozen=True, slots=True)
class Agents:
    """Agents and staff; every list has one item a person."""

    numbers: Texts
    licences: Texts
    names: Texts
    phones: Texts
    ids: Texts
    joined: Days


@dataclass(frozen=True, slots=True)
class Policies:
    """Contracts; `account`, `insured` and `agent` are indexes into their registers."""

    numbers: Texts
    account: Ints
    insured: Ints
    relation: Texts
    product: Ints
    premium: Ints
    insured_sum: Ints
    start: Days
    status: Texts
    agent: Ints


@dataclass(frozen=True, slots=True)
class Claims:
    """Claims; `policy` is an index into the policies, `illness` and `hospital` into the word lists."""

    numbers: Texts
    policy: Ints
    reported: Days
    amount: Ints
    paid: Ints
    status: Texts
    illness: Ints
    hospital: Ints


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that systems are derived from."""

    seed: int
    as_of: date
    people: Register
    accounts: Accounts
    agents: Agents
    policies: Policies
    claims: Claims

    def draw(self, topic: int) -> np.random.Generator:
        """Give the random numbers of one topic, independent of all others."""
        return np.random.default_rng([self.seed, 100 + topic])

    def day(self, ago: Ints) -> Texts:
        """Give dates that lie so many days before the data's day."""
        return [str(d) for d in np.datetime64(self.as_of, "D") - ago.astype("timedelta64[D]")]

    def moments(self, rng: np.random.Generator, count: int, days: int) -> Texts:
        """Give instants `YYYY-MM-DD HH:MM:SS` of the last `days` days, by day between 8 and 22 hours."""
        seconds = rng.integers(1, days + 1, count) * -86400 + rng.integers(8 * 3600, 22 * 3600, count)
        stamps = np.datetime64(self.as_of, "s") + seconds.astype("timedelta64[s]")
        return [str(stamp).replace("T", " ") for stamp in stamps]


def hire_agents(rng: np.random.Generator, count: int, as_of: date) -> Agents:
    """Draw agents and staff, who are people of their own."""
    births = np.datetime64(as_of, "D") - rng.integers(22 * 366, 60 * 365, count).astype("timedelta64[D]")
    regions = rng.integers(0, len(words.REGIONS), count)
    provinces = [words.REGIONS[i][0] for i in regions]
    return Agents(
        numbers=[f"E{100_000 + number}" for number in range(count)],
        licences=[f"9900{number:022d}" for number in rng.integers(10**15, 10**16, count)],
        names=draw_names(rng, count),
        phones=identifiers.mobile_numbers(rng, count),
        ids=identifiers.identity_numbers(rng, provinces, births, rng.random(count) < 0.5),
        joined=np.datetime64(as_of, "D") - rng.integers(60, 4000, count).astype("timedelta64[D]"),
    )


def sell_policies(
    rng: np.random.Generator, people: Register, accounts: Accounts, agents: Agents, as_of: date
) -> Policies:
    """Sell contracts to adult customers, for themselves or for somebody of their family."""
    grown = np.flatnonzero(people.ages[accounts.person] >= ADULT_YEARS)
    count = max(20, int(accounts.size * POLICIES_PER_ACCOUNT))
    account = rng.choice(grown, count)
    product = rng.choice(
        len(words.PRODUCTS), count, p=[0.12, 0.2, 0.1, 0.14, 0.07, 0.06, 0.05, 0.05, 0.03, 0.12, 0.04, 0.02]
    )
    relation = pick(rng, ("本人", "子女", "配偶", "父母"), count, skew=1.1)
    own, other = accounts.person[account], rng.integers(0, people.size, count)
    children = np.flatnonzero(people.ages < ADULT_YEARS)
    child = rng.choice(children, count) if len(children) else other
    kin = np.array([{"本人": 0, "子女": 1}.get(word, 2) for word in relation])
    middle = np.array([[item[3], item[4]] for item in words.PRODUCTS], dtype=np.float64)[product]
    age_factor = 0.6 + people.ages[own] / 70
    premium = np.maximum(60, np.round(middle[:, 0] * age_factor * rng.lognormal(0, 0.25, count)))
    return Policies(
        numbers=[
            f"MJ{as_of.year - 1 - y}{words.PRODUCTS[p][0]}{n:08d}"
            for y, p, n in zip(rng.integers(0, 4, count), product, rng.permutation(count) + 1, strict=True)
        ],
        account=account,
        insured=np.select([kin == 0, kin == 1], [own, child], other),
        relation=relation,
        product=product,
        premium=premium.astype(np.int64),
        insured_sum=np.round(middle[:, 1] * rng.choice([0.5, 1, 1, 2], count), -3).astype(np.int64),
        start=np.datetime64(as_of, "D") - rng.integers(1, 1400, count).astype("timedelta64[D]"),
        status=pick(rng, ("有效", "有效", "失效", "退保", "满期"), count, skew=0.4),
        agent=rng.integers(0, len(agents.numbers), count),
    )


def report_claims(rng: np.random.Generator, people: Register, policies: Policies, as_of: date) -> Claims:
    """Report claims; the riskier the insured, the likelier."""
    total = len(policies.numbers)
    count = max(12, int(total * CLAIMS_PER_POLICY))
    weight = np.exp(0.6 * people.risk[policies.insured])
    policy = rng.choice(total, count, p=weight / weight.sum())
    illness = np.where(rng.random(count) < 0.7, people.health[policies.insured[policy]], rng.integers(0, 20, count))
    cost = np.array([item[2] for item in health.DIAGNOSES])[illness]
    amount = np.round(cost * rng.lognormal(0, 0.35, count), 0).astype(np.int64)
    status = pick(rng, ("已结案", "审核中", "拒赔", "待补材料"), count, skew=0.8)
    share = np.array([{"已结案": 0.85}.get(word, 0.0) for word in status])
    return Claims(
        numbers=[f"CL{as_of.year - 1}{number:08d}" for number in rng.permutation(count) + 1],
        policy=policy,
        reported=np.datetime64(as_of, "D") - rng.integers(1, 700, count).astype("timedelta64[D]"),
        amount=amount,
        paid=np.round(amount * share).astype(np.int64),
        status=status,
        illness=illness,
        hospital=rng.integers(0, len(health.HOSPITALS), count),
    )


def line_of(product: int) -> str:
    """Give the product line in Chinese."""
    return _LINES[product]
