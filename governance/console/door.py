"""The real door: identity over the house's database, keys and clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from governance.console.ports import Departure
from governance.errors import NotFoundError
from governance.identity import (
    Caller,
    OpenedSession,
    Passwords,
    SessionLimits,
    end_session,
    open_session,
    session_caller,
    sign_in,
    touch,
)
from storage import KeyRing, read_only, unit_of_work

if TYPE_CHECKING:
    from governance.identity.oidc import SignOn


@dataclass(frozen=True, slots=True)
class IdentityDoor:
    """Lets people in by password or single sign-on, and out."""

    engine: Engine
    keys: KeyRing
    limits: SessionLimits
    clock: Callable[[], datetime]
    passwords: Passwords
    sign_on: "SignOn | None" = None

    def sign_in(self, name: str, password: str, client: str) -> OpenedSession:
        """Open a session for a name and a password.

        Raises:
            SignInRefusedError: they don't belong together, or too many trials were made.
        """
        return sign_in(
            self.engine,
            name,
            password,
            client=client,
            passwords=self.passwords,
            limits=self.limits,
            now=self.clock(),
            keys=self.keys,
        )

    def caller(self, token: str) -> Caller | None:
        """Give the caller of a session cookie, and keep the session awake."""
        now = self.clock()
        with read_only(self.engine) as session:
            caller, is_due = session_caller(session, token, limits=self.limits, now=now, keys=self.keys)
        if is_due:
            with unit_of_work(self.engine) as session:
                touch(session, token, now=now, keys=self.keys)
        return caller

    def sign_out(self, token: str) -> None:
        """End a session."""
        with unit_of_work(self.engine) as session:
            end_session(session, token, now=self.clock(), keys=self.keys)

    def leave(self) -> Departure:
        """Begin single sign-on.

        Raises:
            NotFoundError: it is switched off here.
            SingleSignOnError: the provider does not answer.
        """
        with unit_of_work(self.engine) as session:
            leaving = self._client().begin(session, now=self.clock())
        return Departure(leaving.url, leaving.state)

    def arrive(self, code: str, state: str, remembered: str) -> OpenedSession:
        """Finish single sign-on.

        Raises:
            NotFoundError: it is switched off here.
            SingleSignOnError: the answer can't be trusted, or names nobody here.
        """
        from governance.identity.oidc import person_of  # noqa: PLC0415 -- only where single sign-on is on

        client = self._client()
        now = self.clock()
        with unit_of_work(self.engine) as session:
            client.spend_state(session, returned=state, remembered=remembered, now=now)
        claim = client.claim(code=code, state=state, now=now)
        with unit_of_work(self.engine) as session:
            person = person_of(session, claim)
            return open_session(session, person.id, limits=self.limits, now=now, keys=self.keys)

    def _client(self) -> "SignOn":
        if self.sign_on is None:
            raise NotFoundError(kind="sign-in", id="oidc")
        return self.sign_on
