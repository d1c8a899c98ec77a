"""`mingjing demo`: build the demo insurer, walk the whole journey, print what was found, serve."""

import shlex
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Any

import typer

from governance.cli.terminal import DataDir, Json, Language, Quiet, Terminal, terminal, uncollected
from governance.cli.usage import OptionInvalidError
from storage.errors import Said

if TYPE_CHECKING:
    from governance.house import House
    from governance.journeys.demo_story import DemoStory

SCALE = 20_000


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo", help="搭建演示保险公司，走完整个旅程 / build the demo insurer, walk the whole journey")(demo)


def demo(
    *,
    once: Annotated[bool, typer.Option("--once", help="do it all, print the summary, do not serve")] = False,
    port: Annotated[int | None, typer.Option("--port", help="port to serve on (default 8600)")] = None,
    scale: Annotated[int, typer.Option("--scale", min=100, help="customers of the invented insurer")] = SCALE,
    postgres: Annotated[
        str | None,
        typer.Option(
            "--postgres", help="URL of an empty PostgreSQL database for the hospital system; a password as ${NAME}"
        ),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="begin anew in the folder of an earlier demo")] = False,
    data_dir: DataDir = None,
    lang: Language = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Do the main job once, then serve; a second start of the same scale serves at once."""
    from governance.cli.serve import run_service  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(as_json=as_json, quiet=quiet, lang=lang, data_dir=data_dir, port=port, demo=True)
    _require_reference(postgres)
    with ExitStack() as closing:
        with uncollected():
            house, story = _open(shell, closing, scale, once=once, fresh=fresh)
        if story is None:
            story = _walk(shell, house, scale, postgres)
        told = story
        shell.result(story.document, lambda: _text(shell, told))
        if not once:
            shell.say(
                f"控制台与 API：http://{shell.settings.host}:{shell.settings.port}（Ctrl-C 结束）",
                f"console and API: http://{shell.settings.host}:{shell.settings.port} (Ctrl-C ends)",
            )
            run_service(house, closing)


def _require_reference(postgres: str | None) -> None:
    """Refuse a password in clear before it stands in a file."""
    from urllib.parse import urlsplit  # noqa: PLC0415 -- help must not pay for it

    try:
        password = urlsplit(postgres or "").password
    except ValueError:
        password = None
    if password and not password.startswith("${"):
        raise OptionInvalidError(
            option="--postgres", reason=Said("口令请写作 ${NAME}", "write the password as ${NAME}")
        )


def _open(
    shell: Terminal, closing: ExitStack, scale: int, *, once: bool, fresh: bool
) -> tuple["House", "DemoStory | None"]:
    """Open the folder, and read the story that an earlier demo left in it."""
    from governance.house import open_house  # noqa: PLC0415 -- help must not pay for it
    from governance.journeys.demo_story import told_before  # noqa: PLC0415 -- likewise

    if not once:
        from governance.app import require_free_port  # noqa: PLC0415 -- likewise

        require_free_port(shell.settings.host, shell.settings.port)
    if fresh:
        _clear(shell)
    house = closing.enter_context(open_house(shell.settings))
    return house, told_before(house, scale)


def _walk(shell: Terminal, house: "House", scale: int, postgres: str | None) -> "DemoStory":
    """Walk the journey, one process of this folder at a time; whoever waited finds the story told."""
    from governance.journeys.alone import alone  # noqa: PLC0415 -- a second start does without them
    from governance.journeys.demo import run_demo  # noqa: PLC0415 -- likewise
    from governance.journeys.demo_story import told_before  # noqa: PLC0415 -- likewise

    def waiting() -> None:
        shell.say("另一个演示正在使用此目录，等待其结束", "another demo works in this folder; waiting for it to end")

    with alone(shell.settings.data_dir / "demo.lock", waiting):
        return told_before(house, scale) or run_demo(house, scale=scale, tell=shell.say, postgres_url=postgres)


def _clear(shell: Terminal) -> None:
    from governance.journeys.demo_folder import clear_demo  # noqa: PLC0415 -- only for a fresh start

    clear_demo(shell.settings)


def _text(shell: Terminal, story: "DemoStory") -> str:
    """Give the summary as a person enjoys reading it."""
    import io  # noqa: PLC0415 -- help must not pay for it
    import sys  # noqa: PLC0415 -- likewise

    from rich.console import Console  # noqa: PLC0415 -- likewise

    out = io.StringIO()
    console = Console(file=out, force_terminal=sys.stdout.isatty(), width=110, highlight=False)
    _figures(console, story.document, chinese=shell.language == "zh")
    _reads(console, story, chinese=shell.language == "zh")
    if story.passwords:
        title = "登录口令（只显示这一次）" if shell.language == "zh" else "Passwords, shown this once"
        listed = "  ".join(f"{person}: {password}" for person, password in story.passwords.items())
        console.print(f"\n[bold]{title}[/]\n{listed}", soft_wrap=True)
    else:
        console.print("\n" + _way_back(shell), soft_wrap=True, markup=False)
    return out.getvalue()


def _way_back(shell: Terminal) -> str:
    """Tell how to sign in when the passwords of the first run are gone."""
    where = shlex.quote(str(shell.settings.data_dir))
    command = f"python3 run.py people password lin --data-dir {where}"
    if shell.language == "zh":
        return f"口令只在首次运行时显示。重设（以 lin 为例；全部人员见 `people list`）：{command}"
    return f"Passwords were shown at the first run. A new one (here for lin; `people list` names all): {command}"


def _figures(console: Any, found: dict[str, Any], *, chinese: bool) -> None:  # noqa: ANN401 -- rich's console
    tiers = "  ".join(f"{tier}: {count}" for tier, count in found["tiers"].items())
    auc = found["federated"]["metrics"].get("auc")
    audit = found["audit"]
    lines = (
        [
            ("数据", f"{found['sources']} 个系统，{found['datasets']} 个数据集，{found['fields']} 个字段"),
            ("分级", tiers),
            ("同意", f"{found['consents']['granted']} 条同意，{found['consents']['withdrawn']} 条撤回"),
            ("话术", f"检查 {found['scripts']['checked']} 条，违规 {found['scripts']['violations']} 条"),
            ("联邦", f"{found['federated']['rounds']} 轮，AUC {auc:.3f}"),
            ("存证", f"{audit['entries']} 条，离线核验{'通过' if audit['verified'] else '失败'}"),
        ]
        if chinese
        else [
            ("data", f"{found['sources']} systems, {found['datasets']} datasets, {found['fields']} fields"),
            ("tiers", tiers),
            ("consents", f"{found['consents']['granted']} given, {found['consents']['withdrawn']} withdrawn"),
            ("scripts", f"{found['scripts']['checked']} checked, {found['scripts']['violations']} in violation"),
            ("federated", f"{found['federated']['rounds']} rounds, AUC {auc:.3f}"),
            ("log", f"{audit['entries']} entries, verified offline: {'yes' if audit['verified'] else 'NO'}"),
        ]
    )
    console.print(f"\n[bold]明镜 Mingjing[/]  {found['seconds']} s")
    for name, text in lines:
        console.print(f"  [bold green]{name}[/]  {text}")


def _reads(console: Any, story: "DemoStory", *, chinese: bool) -> None:  # noqa: ANN401 -- rich's console
    from rich.table import Table  # noqa: PLC0415 -- help must not pay for it

    colours = {"allowed": "green", "masked": "yellow", "denied": "red", "gap": "magenta"}
    words = {"allowed": "允许", "masked": "脱敏", "denied": "拒绝", "gap": "缺口"} if chinese else {}
    table = Table(box=None, padding=(0, 2), show_header=False)
    for read in story.reads:
        kind = read["outcome"]
        table.add_row(
            f"[{colours[kind]}]{words.get(kind, kind)}[/]",
            read["person"],
            read["purpose"],
            read["zh" if chinese else "en"],
            read["said_zh" if chinese else "said_en"],
        )
    console.print("\n[bold]" + ("受控查询" if chinese else "Governed reads") + "[/]")
    console.print(table)
