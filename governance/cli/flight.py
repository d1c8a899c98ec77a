"""`mingjing flight`: the Arrow Flight SQL endpoint, in a process of its own."""

import signal
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from governance.cli.terminal import DataDir, Language, Quiet, terminal, uncollected

USUAL_PORT = 8601


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("flight", help="Arrow Flight SQL 接口（ADBC、JDBC）/ Flight SQL for ADBC and JDBC clients")(flight)


def flight(
    *,
    host: Annotated[str | None, typer.Option("--host")] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 chooses a free one")] = USUAL_PORT,
    tls_cert: Annotated[Path | None, typer.Option("--tls-cert", exists=True, dir_okay=False)] = None,
    tls_key: Annotated[Path | None, typer.Option("--tls-key", exists=True, dir_okay=False)] = None,
    allow_fixed_clock: Annotated[bool | None, typer.Option("--allow-fixed-clock", show_default=False)] = None,
    demo: Annotated[bool | None, typer.Option("--demo", help="serve a folder made by the demo")] = None,
    data_dir: DataDir = None,
    lang: Language = None,
    quiet: Quiet = False,
) -> None:
    """Serve until interrupted; the address stands alone on stdout."""
    shell = terminal(
        quiet=quiet, lang=lang, data_dir=data_dir, host=host, demo=demo, allow_fixed_clock=allow_fixed_clock
    )
    if (tls_cert is None) != (tls_key is None):
        raise typer.BadParameter("--tls-cert, --tls-key", param_hint="--tls-key")
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with ExitStack() as closing:
        with uncollected():
            from governance.app import refuse_demo_folder, require_free_port  # noqa: PLC0415 -- help must not pay for it
            from governance.flight.running import listen  # noqa: PLC0415 -- likewise
            from governance.house import open_house  # noqa: PLC0415 -- likewise
            from governance.logs import configure_logs  # noqa: PLC0415 -- likewise

            settings = shell.settings
            if port:
                require_free_port(settings.host, port)
            house = closing.enter_context(open_house(settings))
            refuse_demo_folder(house)
            configure_logs(settings.log_level, settings.log_format)
            server = listen(house, settings.host, port, certificate=tls_cert, key=tls_key)
        closing.callback(server.shutdown)
        scheme = "grpc+tls" if tls_cert else "grpc"
        shell.result(None, f"{scheme}://{settings.host}:{server.port}")
        stop.wait()
