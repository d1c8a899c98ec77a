"""Console: server-rendered pages, our own scripts and styles, a strict content security policy (design D16)."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

    from governance.console.ports import PartsOf

__all__ = ["install_console"]


def install_console(app: "FastAPI", parts: "PartsOf | None" = None) -> None:
    """Add the console to an application.

    Args:
        app: the application.
        parts: what the console is plugged into; absent means the house in `app.state.house`.
    """
    from starlette.staticfiles import StaticFiles  # noqa: PLC0415 -- the command line imports this package too

    from governance.console import asking, entrance, oversight, person, publishing, reviewing, routes  # noqa: PLC0415 -- likewise
    from governance.console.rendering import Pages  # noqa: PLC0415 -- likewise
    from governance.console.security import SecurityHeadersMiddleware  # noqa: PLC0415 -- likewise
    from governance.console.strays import install_strays  # noqa: PLC0415 -- likewise

    if parts is None:
        from governance.console.adapter import HouseParts  # noqa: PLC0415 -- likewise

        parts = HouseParts()
    app.state.console_parts = parts
    app.state.console_pages = Pages()
    app.add_middleware(SecurityHeadersMiddleware)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="console_static")
    app.include_router(entrance.router)
    app.include_router(asking.router)
    app.include_router(oversight.router)
    app.include_router(person.router)
    app.include_router(publishing.router)
    app.include_router(reviewing.router)
    app.include_router(routes.router)
    install_strays(app)
