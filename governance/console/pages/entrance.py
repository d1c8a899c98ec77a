"""The sign-in page."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SignInView:
    """The form, as it comes back after a refusal."""

    name: str = ""
    after: str = "/"
    detail: str = ""
    next_step: str = ""
    has_sign_on: bool = False
