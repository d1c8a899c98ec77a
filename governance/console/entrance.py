"""Routes of the door: sign in, single sign-on, sign out, preferences."""

from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.responses import RedirectResponse, Response

from governance.console.edge import AnyDesk, CheckedDesk, ConsoleRoute, Desk, go, status_of
from governance.console.pages.entrance import SignInView
from governance.console.preferences import is_choice, keep_preference
from governance.console.security import (
    GUEST_COOKIE,
    SESSION_COOKIE,
    STATE_COOKIE,
    is_local_path,
    is_secure,
    keep_cookie,
    keep_state,
)
from governance.errors import InputInvalidError
from governance.identity import OpenedSession, SignInRefusedError
from storage.errors import Said

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
_FOUND = 302


@router.get("/sign-in", name="console_sign_in_page")
def sign_in_page(desk: AnyDesk, after: Annotated[str, Query(max_length=400)] = "/") -> Response:
    """Show the sign-in form; somebody signed in goes on."""
    after = after if is_local_path(after) else "/"
    if desk.reader.caller is not None:
        return go(after)
    return desk.show("sign_in", SignInView(after=after, has_sign_on=desk.parts.has_sign_on))


@router.post("/sign-in", name="console_sign_in")
def sign_in(
    desk: CheckedDesk,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    after: Annotated[str, Form(max_length=400)] = "/",
) -> Response:
    """Sign in by name and password; a refusal shows the form again."""
    after = after if is_local_path(after) else "/"
    client = desk.request.client.host if desk.request.client else ""
    try:
        opened = desk.parts.door.sign_in(name.strip(), password, client)
    except SignInRefusedError as error:
        language = desk.reader.preferences.language
        view = SignInView(name, after, error.detail(language), error.next_step(language), desk.parts.has_sign_on)
        return desk.show("sign_in", view, status_of(error))
    return _enter(desk, opened, go(after))


@router.post("/sign-out", name="console_sign_out")
def sign_out(desk: CheckedDesk) -> Response:
    """End the session here and in the database."""
    desk.parts.door.sign_out(desk.request.cookies.get(SESSION_COOKIE, ""))
    response = go("/sign-in?done=signed_out")
    response.delete_cookie(SESSION_COOKIE)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@router.get("/auth/start", name="console_sign_on_start")
def start_sign_on(desk: AnyDesk) -> Response:
    """Go to the identity provider. A link and not a form: the policy's form-action would stop the redirect."""
    leaving = desk.parts.door.leave()
    response = RedirectResponse(leaving.url, _FOUND)
    keep_state(response, leaving.state, secure=_secure(desk))
    return response


@router.get("/auth/callback", name="console_sign_on_callback")
def finish_sign_on(
    desk: AnyDesk, code: Annotated[str, Query(max_length=2000)] = "", state: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """Come back from the identity provider.

    The answer is a page and not a redirect: a redirect would still count as coming from the provider's site, and the
    browser would hold the Strict session cookie back.
    """
    opened = desk.parts.door.arrive(code, state, desk.request.cookies.get(STATE_COOKIE, ""))
    response = _enter(desk, opened, desk.show("signed_on", None))
    response.delete_cookie(STATE_COOKIE, path="/auth")
    return response


@router.post("/preferences", name="console_preferences")
def choose(
    desk: CheckedDesk,
    choice: Annotated[str, Form(max_length=20)],
    value: Annotated[str, Form(max_length=20)],
    here: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Remember one choice and come back to the same page."""
    if not is_choice(choice, value):
        raise InputInvalidError(name=choice, reason=Said("没有这个选项", "no such choice"))
    response = go(here if is_local_path(here) else "/")
    keep_preference(response, choice, value, secure=_secure(desk))
    return response


def _enter(desk: Desk, opened: OpenedSession, response: Response) -> Response:
    keep_cookie(response, SESSION_COOKIE, opened.token, secure=_secure(desk))
    response.delete_cookie(GUEST_COOKIE)
    return response


def _secure(desk: Desk) -> bool:
    return is_secure(desk.request, always=desk.parts.secure_cookies)
