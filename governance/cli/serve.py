"""`mingjing serve`: the API and the console."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli.terminal import DataDir, Language, Quiet, terminal

if TYPE_CHECKING:
    from governance.settings import Settings


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
    run_service(shell.settings, workers=workers, tls=(tls_cert, tls_key))
    raise typer.Exit(0)


def run_service(settings: "Settings", *, workers: int = 1, tls: tuple[Path | None, Path | None] = (None, None)) -> None:
    """Check everything that can be checked, then serve until interrupted."""
    import uvicorn  # noqa: PLC0415 -- help must not pay for it

    from governance.app import refuse_demo_folder, require_free_port  # noqa: PLC0415 -- likewise
    from governance.house import open_house  # noqa: PLC0415 -- likewise
    from governance.logs import configure_logs  # noqa: PLC0415 -- likewise

    require_free_port(settings.host, settings.port)
    with open_house(settings) as house:
        refuse_demo_folder(house)
    configure_logs(settings.log_level, settings.log_format)
    for name in ("data_dir", "database_url", "demo", "language", "host", "port", "allow_fixed_clock", "secure_cookies"):
        os.environ[f"MINGJING_{name.upper()}"] = str(getattr(settings, name))
    uvicorn.run(
        "governance.app:create_app_from_environment",
        factory=True,
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
