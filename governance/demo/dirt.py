"""How values get dirty in systems that several generations of clerks have filled in."""

# ruff: noqa: PLR2004 -- shares, sizes and hours of an invented story; a name for each would tell no more

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

Word = TypeVar("Word")
NULL_WORDS = ("NULL", "无", "-", "N/A", "不详", "")
_WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def pick(rng: np.random.Generator, choices: Sequence[Word], count: int, skew: float = 0.0) -> list[Word]:
    """Draw `count` of the choices; with `skew` earlier ones are likelier (weight `exp(-skew * rank)`)."""
    weights = np.exp(-skew * np.arange(len(choices)))
    return [choices[i] for i in rng.choice(len(choices), count, p=weights / weights.sum())]


def blanked(rng: np.random.Generator, cells: Sequence[object], share: float) -> list[object]:
    """Leave cells out, as NULL."""
    gone = rng.random(len(cells)) < share
    return [None if lost else cell for cell, lost in zip(cells, gone, strict=True)]


def muddied(rng: np.random.Generator, cells: Sequence[str], share: float = 0.03) -> list[str | None]:
    """Replace some texts by null words or nothing, pad others with blanks."""
    fate, which = rng.random(len(cells)), rng.integers(0, len(NULL_WORDS), len(cells))
    return [
        _muddy(cell, f / share, NULL_WORDS[w]) if f < share * 2 else cell
        for cell, f, w in zip(cells, fate, which, strict=True)
    ]


def phones_as_typed(rng: np.random.Generator, phones: Sequence[str]) -> list[str | None]:
    """Write phone numbers as people type them: separators, country code, full-width digits, null words."""
    return [_phone(phone, fate) for phone, fate in zip(phones, rng.random(len(phones)), strict=True)]


def ids_as_typed(rng: np.random.Generator, ids: Sequence[str]) -> list[str | None]:
    """Write identity numbers as people type them: lower-case x, full width, trailing blank, null words."""
    return [_identity(number, fate) for number, fate in zip(ids, rng.random(len(ids)), strict=True)]


def masked_phones(phones: Sequence[str]) -> list[str]:
    """Hide the middle of phone numbers, as a marketing tool keeps them."""
    return [f"{phone[:3]}****{phone[-4:]}" for phone in phones]


def _muddy(cell: str, fate: float, word: str) -> str | None:
    if fate < 0.5:
        return word or None
    return f" {cell}" if fate < 1 else f"{cell} "


def _phone(phone: str, fate: float) -> str | None:  # the steps are cumulative shares
    ways = (
        (0.04, f"{phone[:3]} {phone[3:7]} {phone[7:]}"),
        (0.07, f"{phone[:3]}-{phone[3:7]}-{phone[7:]}"),
        (0.10, f"+86{phone}"),
        (0.12, phone.translate(_WIDE)),
        (0.13, None),
        (0.135, "无"),
        (0.14, "NULL"),
    )
    return next((text for limit, text in ways if fate < limit), phone)


def _identity(number: str, fate: float) -> str | None:
    ways = (
        (0.06, number.lower()),
        (0.08, number.translate(_WIDE)),
        (0.10, f"{number} "),
        (0.12, None),
        (0.125, "不详"),
    )
    return next((text for limit, text in ways if fate < limit), number)
