"""`mingjing keys status|rotate|passphrase`: master keys, people's keys, and the files they lie in."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli.terminal import DataDir, Json, Language, Quiet, at_home, terminal

if TYPE_CHECKING:
    from governance.journeys.keys import KeyStatus


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="密钥 / keys", no_args_is_help=True)
    group.command("status", help="密钥状态 / state of the keys")(status)
    group.command("rotate", help="更换主密钥；中断后再次运行即可继续 / new master key; run again to resume")(rotate)
    group.command("passphrase", help="设置或更换密钥文件的口令 / put key files under a passphrase")(passphrase)
    app.add_typer(group, name="keys")


def status(*, data_dir: DataDir = None, lang: Language = None, as_json: Json = False) -> None:
    """Show who keeps the master keys, and how many people's keys each version wraps."""
    from governance.journeys.keys import key_status  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    with at_home(shell) as house:
        found = key_status(house)
    document = {
        "provider": found.provider,
        "suite": found.suite,
        "masters": [{"version": version, "keys": number} for version, number in found.masters.items()],
        "unfinished": found.unfinished,
        "destroyed": found.destroyed,
    }
    shell.result(document, lambda: _told(found, english=shell.language == "en"))


def _told(found: "KeyStatus", *, english: bool) -> str:
    words = (
        ("keeper", "suite", "master key", "keys of people", "destroyed")
        if english
        else ("保管方", "密码套件", "主密钥", "把个人密钥", "已销毁")
    )
    lines = [f"{words[0]}\t{found.provider}", f"{words[1]}\t{found.suite}"]
    lines += [f"{words[2]} {version}\t{number} {words[3]}" for version, number in found.masters.items()]
    lines.append(f"{words[4]}\t{found.destroyed}")
    if found.unfinished:
        lines.append(
            "rotation unfinished: run `mingjing keys rotate`" if english else "轮换未完：请运行 `mingjing keys rotate`"
        )
    return "\n".join(lines)


def rotate(
    *,
    retire: Annotated[
        bool, typer.Option("--retire", help="随后销毁旧主密钥 / destroy the older master keys afterwards")
    ] = False,
    data_dir: DataDir = None,
    lang: Language = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Wrap all people's keys under a new master key while reads go on."""
    from governance.journeys.callers import OWNER  # noqa: PLC0415 -- help must not pay for it
    from governance.journeys.keys import rotate as run  # noqa: PLC0415 -- likewise

    shell = terminal(as_json=as_json, quiet=quiet, lang=lang, data_dir=data_dir)
    with at_home(shell) as house:
        done = run(house, OWNER, retire=retire, progress=lambda n, of: shell.say(f"{n}/{of}", f"{n}/{of}"))
    document = {
        "version": done.version,
        "rewrapped": done.rewrapped,
        "resumed": done.resumed,
        "retired": list(done.retired),
    }
    text = (
        f"master key {done.version} wraps everything; {done.rewrapped} keys taken over"
        if shell.language == "en"
        else f"主密钥第 {done.version} 版已接管，{done.rewrapped} 把个人密钥已换"
    )
    shell.result(document, text)


def passphrase(
    *,
    new_file: Annotated[
        Path | None, typer.Option("--new-file", help="新口令所在文件，缺省为去掉口令 / file of the new passphrase")
    ] = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Put every key file under the passphrase in a file; without one, take the passphrase away."""
    from storage.keyfiles import protect_all, read_passphrase  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    old = read_passphrase(shell.settings.key_passphrase_file)
    changed = protect_all(shell.settings.data_dir / "keys", old, read_passphrase(new_file))
    hint = (
        "set MINGJING_KEY_PASSPHRASE_FILE to that file from now on"
        if shell.language == "en"
        else "今后请把 MINGJING_KEY_PASSPHRASE_FILE 设为该文件"
    )
    shell.result(
        {"files": changed, "protected": new_file is not None}, f"✓ {changed}" + (f"\n{hint}" if new_file else "")
    )
