"""Vehicle identification numbers (GB 16735-2019, ISO 3779)."""

_VALUES = {
    **{str(digit): digit for digit in range(10)},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    "P": 7,
    "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_CHECK_AT = 8


def is_vehicle_number(text: str) -> bool:
    """Tell whether seventeen characters pass the check; some imported cars carry none."""
    text = text.upper()
    if len(text) != len(_WEIGHTS) or any(character not in _VALUES for character in text):
        return False
    rest = sum(_VALUES[c] * w for c, w in zip(text, _WEIGHTS, strict=True)) % 11
    return text[_CHECK_AT] == ("X" if rest == 10 else str(rest))  # noqa: PLR2004 -- X stands for ten
