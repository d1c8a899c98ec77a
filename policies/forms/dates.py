"""Dates read from text, alike in Python and in DuckDB; what is no date gives nothing, never an error."""

import re
from datetime import date
from typing import Final

PATTERNS: Final = (
    "^ *([1-9][0-9]{3})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})(?:[日T ]|$)",
    "^([1-9][0-9]{3})([0-9]{2})([0-9]{2})$",
)
# In Python `$` also stands before a last line break; in RE2 only at the end.
_COMPILED: Final = tuple(re.compile(pattern.replace("$", r"\Z")) for pattern in PATTERNS)


def date_of(text: str) -> date | None:
    """Give the date a text begins with (`1990-05-07`, `1990/5/7`, `1990年5月7日`) or consists of (`19900507`)."""
    for pattern in _COMPILED:
        if found := pattern.match(text):
            try:
                return date(*map(int, found.groups()))
            except ValueError:
                return None
    return None


def date_sql(text: str) -> str:
    """Give the DuckDB expression of the same for an expression of type VARCHAR."""
    branches = " ".join(
        f"WHEN regexp_matches({text}, '{pattern}') THEN "
        + " || '-' || ".join(f"regexp_extract({text}, '{pattern}', {group})" for group in (1, 2, 3))
        for pattern in PATTERNS
    )
    return f"TRY_CAST(CASE {branches} END AS DATE)"
