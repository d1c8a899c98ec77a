"""Dates of birth against all other dates, by how they spread over the years."""

from collections.abc import Sequence
from datetime import date

from classification.model import Finding
from classification.validators.days import day_of, has_time

_LEAST_SPREAD = 20
_GROWN = 14
_FEW = 10


def find_birth_dates(values: Sequence[str], today: date) -> Finding | None:
    """Give what distinct values say about being dates of birth.

    Returns:
        A strong finding where the dates spread over a generation and lie a youth ago; a weak one for dates that
        could be; None where these are no dates of birth.
    """
    days = [day for value in values if (day := day_of(value)) is not None]
    if not values or len(days) / len(values) < 0.85:  # noqa: PLR2004 -- some cells hold what people type
        return None
    timed = sum(map(has_time, values)) / len(values)
    years = sorted(day.year for day in days)
    low, high = years[len(years) // 20], years[-1 - len(years) // 20]
    share = len(days) / len(values)
    if timed > 0.5 or max(days) > today or low < today.year - 120:  # noqa: PLR2004 -- nobody is born to the minute, or older
        return Finding("DATE_OF_BIRTH", share, -2.0, ("dates with times or in the future",))
    adult = high <= today.year - _GROWN and high - low >= _LEAST_SPREAD
    if adult and len(days) >= _FEW:
        return Finding("DATE_OF_BIRTH", share, 4.6, (f"dates from {low} to {high}",))
    return Finding("DATE_OF_BIRTH", share, 1.2, (f"dates from {low} to {high}",))
