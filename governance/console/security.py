"""Security headers on every answer, and the flags of the console's cookies.

The content security policy forbids everything but our own files: no inline script or style, no outside host, no
framing, and Trusted Types without any policy, so that no script of ours can turn text into markup.
"""

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SESSION_COOKIE = "mingjing_session"
GUEST_COOKIE = "mingjing_guest"
STATE_COOKIE = "mingjing_state"
_STATE_SECONDS = 600

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


class SecurityHeadersMiddleware:
    """Adds the headers to every answer that does not set its own."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the answer's head."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, complete)


def is_secure(request: Request, *, always: bool) -> bool:
    """Say whether cookies are marked Secure: always where set so, else where the request came over TLS."""
    return always or request.url.scheme == "https"


def keep_cookie(response: Response, name: str, value: str, *, secure: bool) -> None:
    """Set a cookie that scripts can't read and other sites can't send; it ends with the browser."""
    response.set_cookie(name, value, httponly=True, samesite="strict", secure=secure)


def keep_state(response: Response, value: str, *, secure: bool) -> None:
    """Set the cookie of a running single sign-on; Lax, because the identity provider's redirect must bring it back."""
    response.set_cookie(
        STATE_COOKIE, value, max_age=_STATE_SECONDS, httponly=True, samesite="lax", secure=secure, path="/auth"
    )


def is_local_path(path: str) -> bool:
    """Say whether a path leads to a page of ours, so that a link to sign-in can't send people elsewhere."""
    return path.startswith("/") and not path.startswith(("//", "/\\")) and path.isascii() and path.isprintable()
