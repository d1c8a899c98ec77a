"""Shapes of values, so that a confusion can be told without the value."""

import re
from itertools import groupby

CLASSES = ((re.compile(r"[0-9]"), "9"), (re.compile(r"[A-Za-z]"), "a"), (re.compile(r"[\u3400-\u9fff]"), "汉"))


def shape_of(value: str) -> str:
    """Give character classes with run lengths: `9{11}`, `汉{3}`; at most 24 characters."""
    runs = [(name, len(list(run))) for name, run in groupby(map(_class, value))]
    return "".join(name if count == 1 else f"{name}{{{count}}}" for name, count in runs)[:24]


def _class(character: str) -> str:
    return next((name for pattern, name in CLASSES if pattern.match(character)), character)
