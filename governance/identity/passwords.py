"""Passwords of local people: Argon2id (RFC 9106) with the library's current parameters.

Guarantee: checking costs the same for a person who does not exist, has no password or gave a wrong one.
"""

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlmodel import Session

from governance.identity.errors import PasswordTooWeakError, PersonUnknownError
from governance.identity.tables import PersonRow

LEAST_CHARACTERS = 8
MOST_CHARACTERS = 256


class Passwords:
    """Hashes and checks passwords; made once at the start, because the decoy hash costs as much as a real one."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Prepare a hash nobody's password has, to be checked when there is no real one."""
        self._hasher = hasher or PasswordHasher()
        self._decoy = self._hasher.hash("no person has this password")

    def hash(self, password: str) -> str:
        """Give the PHC string to store.

        Raises:
            PasswordTooWeakError: the length is out of range.
        """
        if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
            raise PasswordTooWeakError(least=LEAST_CHARACTERS, most=MOST_CHARACTERS)
        return self._hasher.hash(password)

    def check(self, stored: str | None, password: str) -> bool:
        """Say whether a password is the stored one; never true without a stored one."""
        try:
            self._hasher.verify(stored or self._decoy, password[:MOST_CHARACTERS])
        except (Argon2Error, InvalidHashError):
            return False
        return stored is not None


def set_password(session: Session, person_id: str, password: str, *, passwords: Passwords) -> None:
    """Give a person a local password; their open sessions end.

    Raises:
        PersonUnknownError: nobody has this id.
        PasswordTooWeakError: the length is out of range.
    """
    hashed = passwords.hash(password)
    row = session.get(PersonRow, person_id)
    if row is None:
        raise PersonUnknownError(person=person_id)
    row.password_hash = hashed
    row.session_epoch += 1
    session.flush()
