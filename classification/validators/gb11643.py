"""Citizen identity numbers and their kin (GB 11643-1999; ISO 7064 MOD 11-2)."""

from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
# First digits of a region: by great area, then the provinces in it; 71 Taiwan, 81 to 83 residence permits.
_PROVINCES = frozenset(
    f"{area}{province}"
    for area, provinces in {
        1: "12345",
        2: "123",
        3: "1234567",
        4: "123456",
        5: "01234",
        6: "12345",
        7: "1",
        8: "123",
    }.items()
    for province in provinces
)
_LONG, _OLD = 18, 15
_OLDEST_AGE = 130
_RESIDENCE = ("81", "82", "83")


def check_character(first17: str) -> str:
    """Give the check character of seventeen digits."""
    return _CHECKS[sum(int(d) * w for d, w in zip(first17, _WEIGHTS, strict=True)) % 11]


def is_born(digits: str, today: date) -> bool:
    """Tell whether `YYYYMMDD` is a day on which a living person may have been born."""
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return today.year - _OLDEST_AGE <= born.year and born <= today


def has_form(text: str, today: date) -> bool:
    """Tell whether province and birth date of an 18-character number can be."""
    return len(text) == _LONG and text[:2] in _PROVINCES and is_born(text[6:14], today)


def is_identity_number(text: str, today: date) -> bool:
    """Tell whether a number of 18 characters passes province, date and check; unknown counties pass."""
    text = text.upper()
    return has_form(text, today) and text[:17].isdigit() and check_character(text[:17]) == text[17]


def is_old_identity_number(text: str, today: date) -> bool:
    """Tell whether fifteen digits can be a number of the first generation, which has no check."""
    return len(text) == _OLD and text.isdigit() and text[:2] in _PROVINCES and is_born("19" + text[6:12], today)


def is_residence_permit(text: str, today: date) -> bool:
    """Tell whether it is a residence permit for people of Hong Kong, Macau or Taiwan (81, 82, 83 before)."""
    return text[:2] in _RESIDENCE and is_identity_number(text, today)


def is_foreigner_permanent(text: str, today: date) -> bool:
    """Tell whether it is a foreigner's permanent residence number.

    Form of 2023: 9, province 2, country 3, birth 8, sequence 3, check. Form of 2017: three letters, province and
    year, birth date, 12 digits in all.
    """
    text = text.upper()
    if len(text) == _LONG and text[0] == "9" and text[:17].isdigit():
        return is_born(text[6:14], today) and check_character(text[:17]) == text[17]
    return len(text) == _OLD and text[:3].isalpha() and text[3:].isdigit() and _two_digit_birth(text[7:13], today)


def _two_digit_birth(digits: str, today: date) -> bool:
    return is_born("19" + digits, today) or is_born("20" + digits, today)
