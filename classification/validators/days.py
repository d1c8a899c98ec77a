"""Days as people write them."""

import re
from datetime import date

_FORM = re.compile(
    r"(?P<y>(?:19|20)\d\d)(?P<sep>[-/.年]?)(?P<m>0?[1-9]|1[0-2])(?:(?P=sep)|月)(?P<d>0?[1-9]|[12]\d|3[01])日?"
    r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_WESTERN = re.compile(
    r"(?P<m>0?[1-9]|1[0-2])(?P<sep>[-/.])(?P<d>0?[1-9]|[12]\d|3[01])(?P=sep)(?P<y>(?:19|20)\d\d)"
    r"(?: \d{1,2}:\d{2}(?::\d{2})?)?"
)
_DAY_FIRST = re.compile(r"(?P<d>1[3-9]|2\d|3[01])[-/.](?P<m>0?[1-9]|1[0-2])[-/.](?P<y>(?:19|20)\d\d)")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAMED = re.compile(
    r"(?P<d>0?[1-9]|[12]\d|3[01])[- /.]?(?P<m>[A-Za-z]{3})[a-z]{0,6}[- /.,]{1,2}(?P<y>(?:19|20)\d\d)"
    r"|(?P<m2>[A-Za-z]{3})[a-z]{0,6}\.? (?P<d2>0?[1-9]|[12]\d|3[01]),? (?P<y2>(?:19|20)\d\d)"
)


def day_of(text: str) -> date | None:
    """Give the day that a text names (`1990-05-06`, `1990/5/6`, `19900506`, `1990年5月6日`, with or without time)."""
    found = _FORM.fullmatch(text) or _WESTERN.fullmatch(text) or _DAY_FIRST.fullmatch(text)
    if found is None:
        return _named_day(text)
    if found.re is not _FORM:
        return _day(found)
    if not found["sep"] and len(text) < 8:  # noqa: PLR2004 -- without separators only YYYYMMDD is clear
        return None
    return _day(found)


def _named_day(text: str) -> date | None:
    """Read a day whose month is an English word: `12-Mar-1980`, `March 12, 1980`."""
    found = _NAMED.fullmatch(text)
    if found is None:
        return None
    day, month, year = (found[key] or found[f"{key}2"] for key in "dmy")
    if month.lower() not in _MONTHS:
        return None
    try:
        return date(int(year), _MONTHS.index(month.lower()) + 1, int(day))
    except ValueError:
        return None


def _day(found: re.Match[str]) -> date | None:
    try:
        return date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        return None


def has_time(text: str) -> bool:
    """Tell whether a time of day other than midnight stands behind the day."""
    return ":" in text and re.search(r"[ T]0?0:00(?::00(?:\.0+)?)?", text) is None
