"""Secrets by reference: `${NAME}` is an environment variable, `${file:PATH}` the content of a file.

In the account part of a URL the value is taken as the plain password and encoded for the URL.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from governance.world.errors import ReferenceUnsetError

_REFERENCE = re.compile(r"\$\{([^{}]*)\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ACCOUNT = re.compile(r"^(?P<scheme>[A-Za-z][\w+.-]*://)(?P<account>.*)@(?P<rest>.*)$", re.DOTALL)
_SECRET_PARAMETER = re.compile(
    r"[?&](?:[^=&]*(?:password|passwd|pwd|secret|token|api_?key)[^=&]*)=(?P<value>[^&]*)", re.IGNORECASE
)
_MOST_BYTES = 64 * 1024


def references(text: str) -> tuple[str, ...]:
    """Give what stands inside each `${…}` of a text."""
    return tuple(_REFERENCE.findall(text))


def is_well_formed(reference: str) -> bool:
    """Tell whether a reference names an environment variable or a file."""
    return bool(_NAME.fullmatch(reference)) or (reference.startswith("file:") and len(reference) > len("file:"))


def value_of(reference: str, environment: Mapping[str, str], base_dir: Path) -> str | None:
    """Give what a reference stands for; None where it is unset, empty or unreadable."""
    if not reference.startswith("file:"):
        return environment.get(reference) or None
    path = base_dir / Path(reference.removeprefix("file:")).expanduser()
    try:
        if path.stat().st_size > _MOST_BYTES:
            return None
        return path.read_text("utf-8").strip() or None
    except (OSError, ValueError):
        return None


def resolve_url(url: str, environment: Mapping[str, str], base_dir: Path) -> str:
    """Give a URL with every reference filled in. The result holds secrets: open it, never show or keep it.

    Raises:
        ReferenceUnsetError: a reference stands for nothing.
    """

    def fill(text: str, *, encoded: bool) -> str:
        def one(found: re.Match[str]) -> str:
            value = value_of(found[1], environment, base_dir)
            if value is None:
                raise ReferenceUnsetError(name=found[1])
            return quote(value, safe="") if encoded else value

        return _REFERENCE.sub(one, text)

    split = _ACCOUNT.match(url)
    if split is None:
        return fill(url, encoded=False)
    account = fill(split["account"], encoded=True)
    return f"{split['scheme']}{account}@{fill(split['rest'], encoded=False)}"


def has_secret_in_clear(url: str) -> bool:
    """Tell whether a URL as written holds a password, or a secret parameter, that is not a reference."""
    split = _ACCOUNT.match(url)
    if split is not None and ":" in split["account"] and not _is_reference(split["account"].partition(":")[2]):
        return True
    return any(found["value"] and not _is_reference(found["value"]) for found in _SECRET_PARAMETER.finditer(url))


def _is_reference(text: str) -> bool:
    return bool(re.fullmatch(r"(\$\{[^{}]+\})+", text)) or not text
