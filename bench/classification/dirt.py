"""How real tables spoil values: missing words, full width, blanks, prefixes, floats, lost zeros, strangers."""

from collections.abc import Callable
from random import Random

Spoil = Callable[[str, Random], str]
MISSING = ("", "NULL", "null", "无", "-", "N/A", "未知", "不详", "\\N", "/")
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def _blanks(value: str, rng: Random) -> str:
    return rng.choice([" " + value, value + " ", value + "　", "\t" + value])


def _hyphens(value: str, _: Random) -> str:
    return f"{value[:3]}-{value[3:7]}-{value[7:]}" if len(value) == 11 and value.isdigit() else value


def _grouped(value: str, _: Random) -> str:
    if not value.isdigit():
        return value
    if len(value) == 11:
        return f"{value[:3]} {value[3:7]} {value[7:]}"
    return " ".join(value[at : at + 4] for at in range(0, len(value), 4)) if len(value) >= 15 else value


def _dialled(value: str, rng: Random) -> str:
    return rng.choice(["+86", "+86 ", "0086", "86", "+86-"]) + value if len(value) == 11 else value


def _scientific(value: str, _: Random) -> str:
    return f"{float(value):.2E}" if value.isdigit() and len(value) > 9 else value


def _hidden(value: str, rng: Random) -> str:
    at = rng.randint(0, len(value))
    return value[:at] + rng.choice("\u200b\ufeff\u200e") + value[at:]


def _floated(value: str, _: Random) -> str:
    return f"{value}.0" if value.isdigit() else value


def _strangers(value: str, rng: Random) -> str:
    return rng.choice(["同上", "本人", "待补", "测试", str(rng.randint(1, 99)), value[: len(value) // 2] or value])


# How a value is spoilt, and what share of a column is.
SPOILS: dict[str, tuple[Spoil, float]] = {
    "missing": (lambda _, rng: rng.choice(MISSING), 0.15),
    "sparse": (lambda _, rng: rng.choice(["", "", "无"]), 0.85),
    "fullwidth": (lambda value, _: value.translate(FULL_WIDTH), 0.08),
    "blanks": (_blanks, 0.25),
    "hyphens": (_hyphens, 0.5),
    "grouped": (_grouped, 0.4),
    "dialled": (_dialled, 0.4),
    "floats": (_floated, 1.0),
    "somefloats": (_floated, 0.3),
    "scientific": (_scientific, 0.25),
    "zeros": (lambda value, _: value.lstrip("0") or "0", 1.0),
    "lower": (lambda value, _: value.lower(), 0.5),
    "alllower": (lambda value, _: value.lower(), 1.0),
    "hidden": (_hidden, 0.2),
    "strangers": (_strangers, 0.12),
    "quoted": (lambda value, _: "'" + value, 0.6),
    "masked": (lambda value, _: value[:3] + "****" + value[-4:] if len(value) > 9 else value, 0.15),
    "padded": (lambda value, _: value.ljust(24), 1.0),
    "commas": (lambda value, _: f"{float(value):,.2f}", 0.8),
    "yuan": (lambda value, _: value + "元", 0.7),
}
FITTING = {
    "phone": (
        "missing",
        "blanks",
        "hyphens",
        "grouped",
        "dialled",
        "somefloats",
        "fullwidth",
        "hidden",
        "strangers",
        "quoted",
        "masked",
    ),
    "bank_card": ("missing", "blanks", "grouped", "fullwidth", "hidden", "strangers", "quoted"),
    "id_card": ("missing", "blanks", "lower", "fullwidth", "hidden", "strangers", "quoted"),
    "plate": ("missing", "blanks", "lower", "hidden", "strangers"),
}
ANY = ("missing", "blanks", "strangers", "hidden")


def spoil(values: list[str], names: list[str], rng: Random) -> list[str]:
    """Give the column with each named kind of dirt on its share of the cells."""
    for name in names:
        if name == "repeat":
            known = values[: max(8, len(values) // 8)]
            values = [rng.choice(known) for _ in values]
            continue
        change, share = SPOILS[name]
        values = [change(value, rng) if value and rng.random() < share else value for value in values]
    return values


def chosen(kind: str, dirt: float, rng: Random) -> list[str]:
    """Give dirt that fits a kind, drawn with the company's own carelessness."""
    fitting = FITTING.get(kind, ANY)
    return [] if rng.random() >= dirt else rng.sample(fitting, k=rng.choice([1, 1, 2]))
