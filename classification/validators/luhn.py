"""The Luhn check of payment cards and device numbers (ISO/IEC 7812-1 annex B), and issuers' leading digits."""

import re

_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_ISSUER = re.compile(r"(?:62|60|4\d|5[0-9]|2[2-7]|3[4-7]|9[0-9]|67|68|69|81|10)\d+")
_DEVICE = re.compile(r"(?:35|86|01|99|98|45|49)\d{13}")


def passes_luhn(text: str) -> bool:
    """Tell whether the digits pass; anything but ASCII digits fails."""
    if not text.isascii() or not text.isdigit():
        return False
    digits = [int(digit) for digit in reversed(text)]
    return (sum(digits[::2]) + sum(_DOUBLED[digit] for digit in digits[1::2])) % 10 == 0


def is_card(text: str) -> bool:
    """Tell whether it is a card number: 13 to 19 digits, a known issuer's range, Luhn."""
    return 13 <= len(text) <= 19 and _ISSUER.fullmatch(text) is not None and passes_luhn(text)  # noqa: PLR2004 -- ISO/IEC 7812-1


def is_device(text: str) -> bool:
    """Tell whether it is an IMEI: fifteen digits of a known allocation, Luhn (3GPP TS 23.003, 6.2)."""
    return _DEVICE.fullmatch(text) is not None and passes_luhn(text)
