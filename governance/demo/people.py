"""The one person register from which all twelve systems are derived; it is never written as a source.

A person may hold several customer numbers (accounts): each system that took the person on anew gave another one, with
another spelling of the name and an older phone. About two of five customer numbers are such duplicates.
"""

# ruff: noqa: PLR2004 -- shares, sizes and hours of an invented story; a name for each would tell no more

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from governance.demo import identifiers, words
from governance.demo.dirt import pick

Texts = list[str]
Ints = npt.NDArray[np.int64]

MINOR_SHARE = 0.07
ACCOUNTS_EXTRA = (0.52, 0.33, 0.11, 0.04)  # share of people with 0, 1, 2, 3 further customer numbers
STALE_SHARE = 0.3
CHILD_YEARS = 14
ADULT_YEARS = 18


@dataclass(frozen=True, slots=True)
class Register:
    """The invented people; every list has one item a person."""

    names: Texts
    male: npt.NDArray[np.bool_]
    births: npt.NDArray[np.datetime64]
    ages: Ints
    ids: Texts
    phones: Texts
    old_phones: Texts
    mails: Texts
    regions: Ints
    addresses: Texts
    occupations: Texts
    incomes: Ints
    marital: Texts
    cards: Texts
    health: Ints  # index of a diagnosis
    risk: npt.NDArray[np.float64]  # latent, standard normal

    @property
    def size(self) -> int:
        """Give the number of people."""
        return len(self.names)


@dataclass(frozen=True, slots=True)
class Accounts:
    """The customer numbers; every list has one item a number."""

    person: Ints
    numbers: Texts
    names: Texts
    phones: Texts
    opened: npt.NDArray[np.datetime64]
    extra: npt.NDArray[np.bool_]

    @property
    def size(self) -> int:
        """Give how many customer numbers there are."""
        return len(self.numbers)


def invent_people(rng: np.random.Generator, count: int, as_of: date) -> Register:
    """Draw `count` people whose ages, places and habits look like an insurer's customers."""
    ages = np.clip(rng.normal(41, 13, count).astype(np.int64), ADULT_YEARS, 88)
    minors = rng.random(count) < MINOR_SHARE
    ages = np.where(minors, rng.integers(0, ADULT_YEARS, count), ages)
    births = np.datetime64(as_of, "D") - (ages * 365.25 + rng.integers(1, 365, count)).astype("timedelta64[D]")
    male = rng.random(count) < 0.5
    regions = rng.integers(0, len(words.REGIONS), count)
    adult = ages >= ADULT_YEARS
    return Register(
        names=draw_names(rng, count),
        male=male,
        births=births,
        ages=ages,
        ids=identifiers.identity_numbers(rng, [words.REGIONS[i][0] for i in regions], births, male),
        phones=identifiers.mobile_numbers(rng, count),
        old_phones=identifiers.mobile_numbers(rng, count),
        mails=_mails(rng, count),
        regions=regions,
        addresses=_addresses(rng, regions),
        occupations=[
            job if grown else "学生" for job, grown in zip(pick(rng, words.OCCUPATIONS, count), adult, strict=True)
        ],
        incomes=np.where(adult, np.round(rng.lognormal(11.5, 0.6, count), -2), 0).astype(np.int64),
        marital=[
            state if grown else "未婚" for state, grown in zip(pick(rng, words.MARITAL, count), adult, strict=True)
        ],
        cards=identifiers.bank_cards(rng, count),
        health=np.minimum(rng.geometric(0.15, count) - 1, 19).astype(np.int64),
        risk=rng.normal(0, 1, count),
    )


def open_accounts(rng: np.random.Generator, people: Register, as_of: date) -> Accounts:
    """Give every person one customer number and some people more, as systems grown apart do."""
    more = rng.choice(len(ACCOUNTS_EXTRA), people.size, p=ACCOUNTS_EXTRA)
    more[people.ages < ADULT_YEARS] = 0
    extra_people = np.repeat(np.arange(people.size), more)
    person = np.concatenate([np.arange(people.size), extra_people])
    extra = np.arange(len(person)) >= people.size
    numbers = [f"C{10_000_000 + number}" for number in rng.permutation(len(person))]
    return Accounts(
        person=person,
        numbers=numbers,
        names=[
            spelled(people.names[who], fate) if again else people.names[who]
            for who, again, fate in zip(person, extra, rng.random(len(person)), strict=True)
        ],
        phones=[
            (people.old_phones if stale else people.phones)[who]
            for who, stale in zip(person, extra & (rng.random(len(person)) < STALE_SHARE), strict=True)
        ],
        opened=np.datetime64(as_of, "D") - rng.integers(30, 3000, len(person)).astype("timedelta64[D]"),
        extra=extra,
    )


def draw_names(rng: np.random.Generator, count: int) -> Texts:
    """Put surnames and given names together at random."""
    surnames = pick(rng, words.SURNAMES, count, skew=0.04)
    first, second = pick(rng, words.GIVEN_FIRST, count), pick(rng, words.GIVEN_SECOND, count)
    single, short = pick(rng, words.SINGLE_GIVEN, count), rng.random(count) < 0.15
    return [
        s + (one if is_short else a + b)
        for s, a, b, one, is_short in zip(surnames, first, second, single, short, strict=True)
    ]


def spelled(name: str, fate: float) -> str:
    """Give the name as another clerk would have typed it; `fate` in [0, 1) chooses how."""
    if fate < 0.35:
        return "".join([name[0], *(words.HOMOPHONES.get(sign, sign) for sign in name[1:])])
    if fate < 0.5:
        return f"{name[0]} {name[1:]}"
    if fate < 0.55:
        return f"{name}\u3000"
    return name


def _mails(rng: np.random.Generator, count: int) -> Texts:
    given = pick(rng, words.ENGLISH_GIVEN, count)
    hosts = pick(rng, ("mail.example", "post.example", "webmail.example"), count)
    return [
        f"{name}{number}@{host}"
        for name, number, host in zip(given, rng.integers(100, 10**6, count), hosts, strict=True)
    ]


def _addresses(rng: np.random.Generator, regions: Ints) -> Texts:
    count = len(regions)
    roads, estates = pick(rng, words.ROADS, count), pick(rng, words.ESTATES, count)
    draws = rng.integers(0, 10_000, (count, 4))
    return [
        _address(words.REGIONS[region], road, estate, [int(n) for n in row])
        for region, road, estate, row in zip(regions, roads, estates, draws, strict=True)
    ]


def _address(region: tuple[str, str, str, tuple[str, ...]], road: str, estate: str, draw: list[int]) -> str:
    _, province, city, districts = region
    head = city if province == city else province + city
    return (
        f"{head}{districts[draw[0] % 4]}{road}{draw[1] % 280 + 1}号{estate}"
        f"{draw[2] % 20 + 1}栋{draw[3] % 30 + 1}0{draw[0] % 4 + 1}室"
    )
