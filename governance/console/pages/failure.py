"""The page that says what went wrong, why, and what to do next."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FailureView:
    """One error in the reader's language; an unexpected one gives its number and no detail."""

    status: int
    detail: str
    next_step: str
    request_id: str = ""
