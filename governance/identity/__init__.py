"""Identity: people, roles and the purposes they may state; tokens, console sessions, passwords, single sign-on.

Only keyed hashes of tokens and session ids are stored, so that a copy of the database opens no door.
Single sign-on stands in `governance.identity.oidc`, which is loaded only where it is switched on.
"""

from governance.identity.errors import (
    CsrfRefusedError,
    PasswordTooWeakError,
    PersonUnknownError,
    RoleUnknownError,
    SignInBlockedError,
    SignInRefusedError,
    SingleSignOnError,
)
from governance.identity.model import Caller, Change, IssuedToken, OpenedSession, Person, Role, TokenRecord, Via
from governance.identity.passwords import Passwords, set_password
from governance.identity.people import (
    caller_for,
    find_person,
    lift_restriction,
    list_people,
    list_roles,
    person_by_external_id,
    put_person,
    put_role,
    restrict,
)
from governance.identity.sessions import (
    SessionLimits,
    check_csrf,
    csrf_token,
    end_session,
    new_guest,
    open_session,
    session_caller,
    touch,
)
from governance.identity.sign_in import sign_in
from governance.identity.tokens import issue_token, list_tokens, revoke_token, verify_token

__all__ = [
    "Caller",
    "Change",
    "CsrfRefusedError",
    "IssuedToken",
    "OpenedSession",
    "PasswordTooWeakError",
    "Passwords",
    "Person",
    "PersonUnknownError",
    "Role",
    "RoleUnknownError",
    "SessionLimits",
    "SignInBlockedError",
    "SignInRefusedError",
    "SingleSignOnError",
    "TokenRecord",
    "Via",
    "caller_for",
    "check_csrf",
    "csrf_token",
    "end_session",
    "find_person",
    "issue_token",
    "lift_restriction",
    "list_people",
    "list_roles",
    "list_tokens",
    "new_guest",
    "open_session",
    "person_by_external_id",
    "put_person",
    "put_role",
    "restrict",
    "revoke_token",
    "session_caller",
    "set_password",
    "sign_in",
    "touch",
    "verify_token",
]
