"""Words of the console in Chinese and English: flat keys, the same in both, with the same placeholders."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from importlib.resources import files
from typing import get_args

from storage.errors import Language

LANGUAGES: tuple[Language, ...] = get_args(Language)
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_SHANGHAI = timezone(timedelta(hours=8))  # one zone, no summer time since 1991


@dataclass(frozen=True, slots=True)
class Translator:
    """Says things in one language."""

    language: Language
    words: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Give the sentence of a key; an unknown key is a bug and raises KeyError."""
        return self.words[key].format(**values)

    def name(self, group: str, value: str) -> str:
        """Give the words for a value of an open list, or the value itself."""
        return self.words.get(f"{group}.{value}", value)

    def span(self, seconds: int) -> str:
        """Give a length of time in its largest fitting unit."""
        seconds = abs(seconds)
        if seconds < _HOUR:
            return self("span.minutes", n=max(1, seconds // _MINUTE))
        if seconds < 3 * _DAY:
            return self("span.hours", n=seconds // _HOUR)
        return self("span.days", n=seconds // _DAY)

    def due(self, seconds: int) -> str:
        """Say how long is left, or how long it is overdue, in words and not by colour alone."""
        return self("due.overdue" if seconds < 0 else "due.left", span=self.span(seconds))

    def moment(self, at: datetime) -> str:
        """Give an instant as people in Shanghai read it."""
        return at.astimezone(UTC).astimezone(_SHANGHAI).strftime("%Y-%m-%d %H:%M")

    def number(self, value: int) -> str:
        """Give a whole number with its thousands apart."""
        return f"{value:,}"

    def form(self, form: str) -> str:
        """Give a field form (`mask:keep_last(4)`) in words; an unknown one as it is written."""
        name, _, inside = form.partition("(")
        key = f"form.{name.replace(':', '.')}"
        if key not in self.words:
            return form
        parts = [part.strip() for part in inside.rstrip(")").split(",")] if inside else []
        wanted = [self.words.get(f"region.{part}", part) for part in parts] + ["", ""]
        return self.words[key].format(a=wanted[0], b=wanted[1])


@lru_cache(maxsize=1)  # shipped files, the same for as long as the program runs
def load_words() -> dict[Language, Translator]:
    """Read both languages."""
    folder = files("governance") / "locales"
    return {
        language: Translator(language, json.loads((folder / f"{language}.json").read_text("utf-8")))
        for language in LANGUAGES
    }
