"""How a reader likes the console: language, theme, text size, single keys. Kept in cookies, applied by the server.

Applied before the page is sent, so that nothing flashes and nothing needs a script.
"""

from dataclasses import dataclass, replace
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from storage.errors import Language

Theme = Literal["system", "light", "dark"]
_YEAR_SECONDS = 31_536_000
_CHOICES = {
    "language": ("zh", "en"),
    "theme": ("system", "light", "dark"),
    "text": ("normal", "large"),
    "keys": ("on", "off"),
}


@dataclass(frozen=True, slots=True)
class Preferences:
    """One reader's choices."""

    language: Language
    theme: Theme = "system"
    text: Literal["normal", "large"] = "normal"
    keys: Literal["on", "off"] = "on"

    @property
    def has_keys(self) -> bool:
        """Say whether single keys act (WCAG 2.2, 2.1.4: they can be switched off)."""
        return self.keys == "on"


def read_preferences(request: Request, language: Language) -> Preferences:
    """Give the choices in the cookies; without one the browser's language, then the deployment's."""
    chosen = Preferences(_accepted(request, language))
    given = {name: request.cookies.get(f"mingjing_{name}", "") for name in _CHOICES}
    return replace(chosen, **{name: value for name, value in given.items() if value in _CHOICES[name]})  # type: ignore[arg-type]  # each value is one of its field's choices


def is_choice(name: str, value: str) -> bool:
    """Say whether a preference exists and may have the value."""
    return value in _CHOICES.get(name, ())


def keep_preference(response: Response, name: str, value: str, *, secure: bool) -> None:
    """Remember one choice for a year."""
    response.set_cookie(
        f"mingjing_{name}", value, max_age=_YEAR_SECONDS, httponly=True, samesite="strict", secure=secure
    )


def _accepted(request: Request, otherwise: Language) -> Language:
    for part in request.headers.get("accept-language", "").lower().split(","):
        if part.strip().startswith("zh"):
            return "zh"
        if part.strip().startswith("en"):
            return "en"
    return otherwise
