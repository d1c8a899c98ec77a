"""The vocabulary behind the recognisers, loaded from packaged data into one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

import yaml

_SHORT = 2  # a region's name without its suffix still needs two characters to say anything
_SUFFIXES = (
    "特别行政区",
    "维吾尔自治区",
    "壮族自治区",
    "回族自治区",
    "自治区",
    "自治州",
    "自治县",
    "地区",
    "省",
    "市",
    "区",
    "县",
    "盟",
    "旗",
)


@dataclass(frozen=True, slots=True)
class Lexicons:
    """Words and characters; sets, so that a look-up costs nothing."""

    surname_ranks: Mapping[str, int]
    common_surnames: frozenset[str]
    rare_surnames: frozenset[str]
    labelled_surnames: frozenset[str]
    double_surnames: frozenset[str]
    pinyin_surnames: frozenset[str]
    frequent_given: frozenset[str]
    given: frozenset[str]
    english_given: frozenset[str]
    english_surnames: frozenset[str]
    provinces: frozenset[str]
    cities: frozenset[str]
    districts: frozenset[str]
    words: Mapping[str, tuple[str, ...]]
    sets: Mapping[str, frozenset[str]]


def load_lexicons() -> Lexicons:
    """Load the packaged vocabulary."""
    folder = files("classification").joinpath("data")
    names = _sections(folder.joinpath("surnames.txt"))
    given = _sections(folder.joinpath("given.txt"))
    english = _sections(folder.joinpath("names_en.txt"))
    words = yaml.load(folder.joinpath("lexicon.yaml").read_text(encoding="utf-8"), _Loader)  # noqa: S506 -- a safe loader, below
    provinces, cities, districts = _regions(folder.joinpath("regions.csv"))
    frequent = frozenset("".join(given["frequent"]))
    singles = "".join([*names["common"], *names["rare"]])
    return Lexicons(
        surname_ranks={name: rank for rank, name in reversed(list(enumerate([*singles, *names["double"]], 1)))},
        common_surnames=frozenset("".join(names["common"])),
        rare_surnames=frozenset("".join(names["rare"])),
        labelled_surnames=frozenset("".join(names["labelled"])),  # words too: surnames only behind a label
        double_surnames=frozenset(names["double"]),
        pinyin_surnames=frozenset(names["pinyin"]),
        frequent_given=frequent,
        given=frequent | frozenset("".join(given["further"])),
        english_given=frozenset(english["given"]),
        english_surnames=frozenset(english["surnames"]),
        provinces=provinces,
        cities=cities,
        districts=districts,
        words={key: tuple(value) for key, value in words.items()},
        sets={key: frozenset(word.lower() for word in value) for key, value in words.items()},
    )


_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same rules, ten times faster where libyaml is there


def _sections(file: Traversable) -> dict[str, list[str]]:
    result: dict[str, list[str]] = {}
    current: list[str] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = result.setdefault(line.strip("[]"), [])
        elif not line.startswith("#"):
            current.extend(line.split())
    return result


def _regions(file: Traversable) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    levels: dict[int, set[str]] = {2: set(), 4: set(), 6: set()}
    for line in file.read_text(encoding="utf-8").splitlines():
        code, comma, name = line.partition(",")
        if not comma or line.startswith("#"):
            continue
        levels[len(code)].add(name)
        short = _short(name)
        if len(code) < len("110101") and len(short) >= _SHORT:
            levels[len(code)].add(short)
    levels[4] |= {"北京市", "上海市", "天津市", "重庆市", "北京", "上海", "天津", "重庆"}
    return frozenset(levels[2]), frozenset(levels[4]), frozenset(levels[6])


def _short(name: str) -> str:
    for suffix in _SUFFIXES:
        if name.endswith(suffix):
            return name.removesuffix(suffix)
    return name
