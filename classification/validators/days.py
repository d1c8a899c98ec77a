"""Days as people write them."""

import re
from datetime import date

_FORM = re.compile(
    r"(?P<y>(?:19|20)\d\d)(?P<sep>[-/.年]?)(?P<m>0?[1-9]|1[0-2])(?:(?P=sep)|月)(?P<d>0?[1-9]|[12]\d|3[01])日?"
    r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_WESTERN = re.compile(
    r"(?P<m>0?[1-9]|1[0-2])/(?P<d>0?[1-9]|[12]\d|3[01])/(?P<y>(?:19|20)\d\d)(?: \d{1,2}:\d{2}(?::\d{2})?)?"
)


def day_of(text: str) -> date | None:
    """Give the day that a text names (`1990-05-06`, `1990/5/6`, `19900506`, `1990年5月6日`, with or without time)."""
    found = _FORM.fullmatch(text) or _WESTERN.fullmatch(text)
    if found is None:
        return None
    if found.re is _WESTERN:
        return _day(found)
    if not found["sep"] and len(text) < 8:  # noqa: PLR2004 -- without separators only YYYYMMDD is clear
        return None
    return _day(found)


def _day(found: re.Match[str]) -> date | None:
    try:
        return date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        return None


def has_time(text: str) -> bool:
    """Tell whether a time of day other than midnight stands behind the day."""
    return ":" in text and re.search(r"[ T]0?0:00(?::00(?:\.0+)?)?", text) is None
