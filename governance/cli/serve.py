"""`mingjing serve`: the API and the console."""

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli.terminal import DataDir, Language, Quiet, terminal, uncollected

if TYPE_CHECKING:
    from governance.house import House

# What the processes of `--workers` must know of the flags; they read it back as settings.
_SHARED = ("data_dir", "database_url", "demo", "language", "host", "port", "allow_fixed_clock", "secure_cookies")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve", help="启动 API 与控制台 / serve API and console")(serve)


def serve(
    *,
    host: Annotated[str | None, typer.Option("--host")] = None,
    port: Annotated[int | None, typer.Option("--port")] = None,
    workers: Annotated[int, typer.Option("--workers", min=1)] = 1,
    tls_cert: Annotated[Path | None, typer.Option("--tls-cert", exists=True, dir_okay=False)] = None,
    tls_key: Annotated[Path | None, typer.Option("--tls-key", exists=True, dir_okay=False)] = None,
    flight_port: Annotated[
        int | None, typer.Option("--flight-port", min=0, max=65535, help="serve Arrow Flight SQL here too")
    ] = None,
    allow_fixed_clock: Annotated[bool | None, typer.Option("--allow-fixed-clock", show_default=False)] = None,
    demo: Annotated[bool | None, typer.Option("--demo", help="serve a folder made by the demo")] = None,
    data_dir: DataDir = None,
    lang: Language = None,
    quiet: Quiet = False,
) -> None:
    """Serve until interrupted."""
    shell = terminal(
        quiet=quiet,
        lang=lang,
        data_dir=data_dir,
        host=host,
        port=port,
        demo=demo,
        allow_fixed_clock=allow_fixed_clock,
        secure_cookies=True if tls_cert else None,
    )
    if flight_port is not None and workers > 1:
        # One port can't be shared by the processes of --workers; `mingjing flight` stands beside them.
        raise typer.BadParameter("--workers 1, or `mingjing flight`", param_hint="--flight-port")
    with ExitStack() as closing:
        with uncollected():
            from governance.app import require_free_port  # noqa: PLC0415 -- help must not pay for it
            from governance.house import open_house  # noqa: PLC0415 -- likewise

            require_free_port(shell.settings.host, shell.settings.port)
            house = closing.enter_context(open_house(shell.settings))
            if flight_port is not None:
                from governance.flight.running import listen  # noqa: PLC0415 -- likewise

                if flight_port:
                    require_free_port(shell.settings.host, flight_port)
                served = listen(house, shell.settings.host, flight_port, certificate=tls_cert, key=tls_key)
                closing.callback(served.shutdown)
                shell.say(f"Flight SQL 端口 {served.port}", f"Flight SQL on port {served.port}")
        run_service(house, closing, workers=workers, tls=(tls_cert, tls_key))
    raise typer.Exit(0)


def run_service(
    house: "House", closing: ExitStack, *, workers: int = 1, tls: tuple[Path | None, Path | None] = (None, None)
) -> None:
    """Serve until interrupted.

    Args:
        house: the deployment, open.
        closing: closes it: with the service, or before several processes each open their own.
        workers: how many processes.
        tls: files of certificate and key.
    """
    with uncollected():
        import uvicorn  # noqa: PLC0415 -- help must not pay for it

        from governance.app import create_app, refuse_demo_folder, require_free_port  # noqa: PLC0415 -- likewise
        from governance.house import handed_over  # noqa: PLC0415 -- likewise
        from governance.logs import configure_logs  # noqa: PLC0415 -- likewise

        settings = house.settings
        require_free_port(settings.host, settings.port)
        refuse_demo_folder(house)
        configure_logs(settings.log_level, settings.log_format)
        app = create_app(settings, opened=handed_over(house, closing)) if workers == 1 else None
    if app is None:
        closing.close()
        for name in _SHARED:
            os.environ[f"MINGJING_{name.upper()}"] = str(getattr(settings, name))
    uvicorn.run(
        app or "governance.app:create_app_from_environment",
        factory=app is None,
        host=settings.host,
        port=settings.port,
        workers=workers,
        ssl_certfile=tls[0],
        ssl_keyfile=tls[1],
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
