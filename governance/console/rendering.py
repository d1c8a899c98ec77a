"""Turn a view into a page: the template, the reader's words, and the frame that all pages share."""

from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from governance.console.i18n import load_words
from governance.console.keymap import KEYS, NAVIGATION, PAGE_KEYS, Key
from governance.console.pages.oversight import HeldLine
from governance.console.ports import ConsoleParts
from governance.console.preferences import Preferences, read_preferences
from governance.console.security import GUEST_COOKIE, is_secure, keep_cookie
from governance.identity import Caller, csrf_token, new_guest
from governance.journeys.sight import Right, may
from storage.errors import Language

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"
_NOTICES = (
    "approved",
    "rejected",
    "pending",
    "asked",
    "countered",
    "held",
    "undone",
    "accepted",
    "broken",
    "ended",
    "reviewed",
    "narrowed",
    "confirmed",
    "overridden",
    "published",
    "signed_out",
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: their choices, their caller when signed in, and the cookie that their forms are tied to."""

    preferences: Preferences
    caller: Caller | None
    cookie: str
    is_new_guest: bool = False


def _navigation(caller: Caller | None) -> tuple[tuple[str, str, Key], ...]:
    """Give the pages that lie in the reader's hands; some are for those who may decide or see what they show."""
    needed = {"review": Right.REVIEW_FIELDS, "policies": Right.SEE_POLICIES}
    return tuple(
        item for item in NAVIGATION if item[0] not in needed or (caller is not None and may(caller, needed[item[0]]))
    )


def _legend(name: str, view: object, *, is_holding: bool) -> tuple[str, ...]:
    """Give the keys that work on a page; a held decision can be undone on every page."""
    ids = tuple(getattr(view, "key_ids", PAGE_KEYS.get(name, ())))
    return (*ids, "undo") if is_holding and "undo" not in ids else ids


class Pages:
    """Renders all pages of one application."""

    def __init__(self) -> None:
        """Load the words; templates load with the first page."""
        self.words = load_words()

    @cached_property
    def templates(self) -> "Environment":
        """Give the templates."""
        from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 -- a start serves no page

        environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters["path"] = partial(quote, safe="")
        return environment

    def reader(self, request: Request, language: Language, caller: Caller | None, session_token: str) -> Reader:
        """Give the reader of a request; a browser without any cookie becomes a new guest."""
        preferences = read_preferences(request, language)
        if caller is not None:
            return Reader(preferences, caller, session_token)
        guest = request.cookies.get(GUEST_COOKIE, "")
        return Reader(preferences, None, guest or new_guest(), is_new_guest=not guest)

    def page(
        self,
        request: Request,
        parts: ConsoleParts,
        reader: Reader,
        name: str,
        view: object,
        *,
        pending: int = 0,
        held: tuple[HeldLine, ...] = (),
        status: int = 200,
    ) -> Response:
        """Render one page for one reader."""
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        notice = request.query_params.get("done", "")
        text = self.templates.get_template(f"{name}.html").render(
            view=view,
            t=self.words[reader.preferences.language],
            page=name,
            here=here if request.method == "GET" else "/",
            caller=reader.caller,
            preferences=reader.preferences,
            csrf=csrf_token(parts.keys, reader.cookie),
            is_demo=parts.is_demo,
            pending=pending,
            held=held,
            keys=KEYS,
            navigation=_navigation(reader.caller),
            legend=[KEYS[key] for key in _legend(name, view, is_holding=bool(held))],
            notice=notice if notice in _NOTICES else "",
        )
        response = HTMLResponse(text, status, headers={"Cache-Control": "no-store", "Vary": "Cookie, Accept-Language"})
        if reader.is_new_guest:
            secure = is_secure(request, always=parts.secure_cookies)
            keep_cookie(response, GUEST_COOKIE, reader.cookie, secure=secure)
        return response
