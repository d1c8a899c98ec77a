"""Unified social credit codes (GB 32100-2015) with the organisation code inside (GB 11714-1997)."""

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_LENGTH = 18
_MODULUS = 31


def is_credit_code(text: str) -> bool:
    """Tell whether eighteen characters pass the outer check; the inner one is not required by old registers."""
    text = text.upper()
    if len(text) != _LENGTH or any(character not in _VALUES for character in text):
        return False
    total = sum(_VALUES[character] * pow(3, index, _MODULUS) for index, character in enumerate(text[:17]))
    return _ALPHABET[(_MODULUS - total % _MODULUS) % _MODULUS] == text[17]


def is_organisation_code(text: str) -> bool:
    """Tell whether nine characters pass the organisation code's check."""
    if len(text) != 9 or not text.isalnum() or not text.isascii():  # noqa: PLR2004 -- eight characters and a check
        return False
    total = sum(int(c, 36) * w for c, w in zip(text[:8], _ORGANISATION_WEIGHTS, strict=True))
    check = 11 - total % 11
    return text[8].upper() == {10: "X", 11: "0"}.get(check, str(check))
