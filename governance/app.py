"""Compose the service: the house opens with the application and closes with it."""

import socket
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from governance.api import documentation, operations, routers
from governance.api.describing import PROBLEMS, describe
from governance.api.edge import install_problems
from governance.console import install_console
from governance.errors import DemoSecretError, PortInUseError
from governance.house import Clock, House, open_house
from governance.jobs import Jobs, Warming
from governance.logs import configure_logs
from governance.register import declaration
from governance.settings import Settings, read_settings
from governance.watch import Watch, WatchMiddleware
from storage import read_only

TITLE = "Mingjing"
BASE = "/api/v1"


def create_app(
    settings: Settings, *, clock: Clock | None = None, opened: AbstractContextManager[House] | None = None
) -> FastAPI:
    """Build the service for a deployment; nothing is opened before its lifespan starts.

    Args:
        settings: the deployment.
        clock: what time it is; absent means the system's, or the one an accepted world file fixed.
        opened: a house to enter instead of opening one; the application closes it.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        stack = ExitStack()
        app.state.house = await run_in_threadpool(stack.enter_context, opened or open_house(settings, clock=clock))
        try:
            refuse_demo_folder(app.state.house)
            jobs = Jobs(app.state.house)
            jobs.start()
            stack.callback(jobs.stop)
            warming = Warming()
            warming.start()
            stack.callback(warming.stop)
            yield
        finally:
            await run_in_threadpool(stack.close)

    app = FastAPI(
        title=TITLE,
        version="1",
        summary="Privacy and compliance governance for an internet insurer",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.posts = {}
    app.state.watch = Watch()
    app.add_middleware(WatchMiddleware, watch=app.state.watch)
    install_problems(app)
    app.include_router(operations.router)
    app.include_router(documentation.router)
    for router in routers.ROUTERS:
        app.include_router(router, prefix=BASE, responses=dict(PROBLEMS))
    for router in routers.ROOT_ROUTERS:
        app.include_router(router, responses=dict(PROBLEMS))
    documentation.mount_assets(app)
    install_console(app)
    describe(app, (operations.router, *routers.ROUTERS, *routers.ROOT_ROUTERS))
    return app


def refuse_demo_folder(house: House) -> None:
    """Refuse to serve a demo's people and keys as the real thing.

    Raises:
        DemoSecretError: the data folder was made by the demo, and this is not demo mode.
    """
    with read_only(house.engine) as session:
        demo = bool(declaration(session, "demo"))
    if demo and not house.settings.demo:
        raise DemoSecretError(path=house.settings.data_dir)


def create_app_from_environment() -> FastAPI:
    """Build the service of a worker process from its environment."""
    settings = read_settings({})
    configure_logs(settings.log_level, settings.log_format)
    return create_app(settings)


def require_free_port(host: str, port: int) -> None:
    """Refuse early where another program listens.

    Raises:
        PortInUseError: the address is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortInUseError(port=port) from error
