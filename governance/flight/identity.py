"""Who calls: a bearer token, or a handshake with the token as the password. Checked on every call.

Purpose, case and language travel as call headers (`x-mingjing-purpose`, `x-mingjing-case`, `accept-language`), never
in the statement.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyarrow import flight

from governance.errors import MethodRefusedError, SignInNeededError
from governance.flight.refusals import said
from governance.house import House
from governance.identity import Caller, verify_token
from policies import NOWHERE, Action, Circumstances
from storage import read_only
from storage.errors import Language

MIDDLEWARE = "mingjing"
PURPOSE_HEADER = "x-mingjing-purpose"
CASE_HEADER = "x-mingjing-case"
_AROUND = ("x-mingjing-ticket", "x-mingjing-device")
_LONGEST_PURPOSE, _LONGEST_CASE = 64, 100


@dataclass(frozen=True, slots=True)
class Standing:
    """Who calls, and why."""

    caller: Caller
    purpose: str | None
    case: str | None
    language: Language
    around: Circumstances = NOWHERE


class Passage(flight.ServerMiddleware):  # type: ignore[misc]  # pyarrow has no types
    """One call that was let in; a handshake gets its token back as the bearer to use."""

    def __init__(self, standing: Standing, bearer: str) -> None:
        """Hold who calls."""
        self.standing = standing
        self._bearer = bearer

    def sending_headers(self) -> dict[str, str]:
        """Give the header that ends a handshake."""
        return {"authorization": f"Bearer {self._bearer}"} if self._bearer else {}


class Door(flight.ServerMiddlewareFactory):  # type: ignore[misc]  # likewise
    """Lets calls in that bring a valid token."""

    def __init__(self, house: House) -> None:
        """Hold the house whose people may come."""
        self._house = house

    def start_call(self, info: Any, headers: Mapping[str, Sequence[str]]) -> Passage:  # noqa: ANN401 -- pyarrow's own values
        """Check one call.

        Raises:
            FlightUnauthenticatedError: no token, or one that is not valid.
            FlightServerError: a method that is not offered.
        """
        known = {str(name).lower(): values for name, values in headers.items()}
        language = _language(_first(known, "accept-language"), self._house.settings.language)
        token, by_handshake = _token(_first(known, "authorization"))
        caller = None
        if token:
            with read_only(self._house.engine) as session:
                caller = verify_token(session, token, now=self._house.clock(), keys=self._house.keys)
        if caller is None:
            raise said(SignInNeededError(), language)
        if info.method == flight.FlightMethod.GET_SCHEMA:
            # Arrow wraps an error of this one handler in a Python traceback, so it has none: prepare tells the shape.
            raise said(MethodRefusedError(method="GetSchema"), language)
        purpose = _first(known, PURPOSE_HEADER)[:_LONGEST_PURPOSE]
        case = _first(known, CASE_HEADER)[:_LONGEST_CASE]
        # Rows leave as Arrow, so they are carried away; the peer's address is the connection's to tell.
        around = Circumstances(Action.EXPORT, *(_first(known, name)[:_LONGEST_CASE] or None for name in _AROUND))
        standing = Standing(caller, purpose or None, case or None, language, around)
        return Passage(standing, token if by_handshake else "")


class NoHandshake(flight.ServerAuthHandler):  # type: ignore[misc]  # likewise
    """Lets the handshake itself pass: the door has checked its header already."""

    def authenticate(self, outgoing: Any, incoming: Any) -> None:  # noqa: ANN401 -- likewise
        """Ask nothing more."""

    def is_valid(self, token: bytes) -> bytes:  # noqa: ARG002 -- pyarrow's signature
        """Leave it to the door, which checks every call."""
        return b""


def _first(headers: Mapping[str, Sequence[Any]], name: str) -> str:
    found = headers.get(name) or ("",)
    value = found[0]
    return (value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)).strip()


def _token(header: str) -> tuple[str, bool]:
    """Give the token of a header, and whether it came by a handshake."""
    scheme, _, rest = header.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip(), False
    if scheme.lower() != "basic":
        return "", False
    padded = rest.strip() + "=" * (-len(rest.strip()) % 4)
    try:
        _, _, password = base64.b64decode(padded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", False
    return password, True


def _language(header: str, otherwise: Language) -> Language:
    wanted = header.lower()
    return "zh" if wanted.startswith("zh") else "en" if wanted.startswith("en") else otherwise
