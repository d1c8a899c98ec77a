"""The command `mingjing`: find the command's module, run it, turn what goes wrong into one problem and exit code."""

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from governance.cli.spoken import stated_language
from governance.cli.streams import forget_output, ready_streams

if TYPE_CHECKING:
    from click import Command

# command -> (module in governance.cli, help zh, help en). A module registers its commands on the Typer it is given.
COMMANDS: Mapping[str, tuple[str, str, str]] = {
    "demo": ("demo", "搭建演示保险公司，走完整个旅程", "build the demo insurer and walk the whole journey"),
    "serve": ("serve", "启动 API 与控制台", "serve API and console"),
    "flight": ("flight", "启动 Arrow Flight SQL 接口", "serve Arrow Flight SQL for ADBC and JDBC"),
    "apply": ("apply", "应用世界文件", "apply a world file"),
    "token": ("token", "签发 API 令牌", "issue API tokens"),
    "scan": ("scan", "识别并分级数据字段", "find, label and tier fields"),
    "review": ("review", "字段复核：确认或改判", "review fields: confirm or override"),
    "text": ("text", "识别文本中的个人信息", "find personal data in texts"),
    "query": ("query", "受控查询", "governed read"),
    "decide": ("decide", "只做决策，不读数据", "the decision and why, nothing read"),
    "access": ("access", "访问申请与授权", "access requests and grants"),
    "policies": ("policies", "访问策略：检查、发布、灰度、回退", "access policies: check, publish, begin, fall back"),
    "what-if": ("grants", "用草案重放历史决策", "replay recorded decisions against a draft"),
    "break-glass": ("break_glass", "紧急访问", "emergency access"),
    "subject": ("people_view", "一个人的统一视图", "one person across systems"),
    "lookup": ("people_view", "精确查找一个人", "find one person by an exact key"),
    "consent": ("consent", "同意台账", "consent ledger"),
    "scripts": ("scripts", "销售话术合规检查", "check sales scripts"),
    "audit": ("audit", "存证日志", "notarised log"),
    "federated": ("federated", "联邦训练", "federated training"),
    "keys": ("keys", "密钥：状态、轮换、口令", "keys: state, rotation, passphrase"),
    "people": ("people", "人员与口令", "people and passwords"),
    "config": ("config", "查看设置及来源", "show settings and where they come from"),
    "migrate": ("migrate", "升级数据库结构", "bring the database to this release"),
    "doctor": ("doctor", "自检", "check this deployment"),
}
# Options that may also stand before the command; the second word of each pair is whether a value follows.
GLOBALS = {"--json": False, "--jsonl": False, "--quiet": False, "--lang": True, "--data-dir": True}
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code."""
    arguments = _command_first(list(sys.argv[1:] if argv is None else argv))
    try:
        ready_streams()
        code = _ended(arguments)
    except KeyboardInterrupt:
        code = _interrupted(arguments)
    except BrokenPipeError:
        forget_output()
        code = 1
    sys.exit(code)


def _ended(arguments: list[str]) -> int:
    """Run, and see that the result really left: a full disk or a closed output is a failure, not a success."""
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        forget_output()
        return _failed(error, arguments)
    return INTERRUPTED if code == INTERRUPTED and _interrupted(arguments) else code


def _interrupted(arguments: list[str]) -> int:
    """Say the one line that an interruption needs."""
    english = _wants_english(arguments)
    sys.stderr.write("interrupted; run it again to go on\n" if english else "已中断；再次运行即可继续\n")
    return INTERRUPTED


def _run(arguments: list[str]) -> int:
    name = arguments[0] if arguments else "--help"
    if name in {"--help", "-h", "help"}:
        sys.stdout.write(_overview(arguments))
        return 0
    if name == "--version":
        from importlib.metadata import version  # noqa: PLC0415 -- only here

        sys.stdout.write(f"mingjing {version('mingjing')}\n")
        return 0
    if name not in COMMANDS:
        from difflib import get_close_matches  # noqa: PLC0415 -- only here

        from governance.cli.usage import UnknownCommandError  # noqa: PLC0415 -- likewise

        return _failed(UnknownCommandError(name, next(iter(get_close_matches(name, COMMANDS, 1)), None)), arguments)
    import typer  # noqa: PLC0415 -- the overview must answer at once

    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
    app.callback()(lambda: None)  # keeps the command's name even when it is the only one
    import_module(f"governance.cli.{COMMANDS[name][0]}").register(app)
    command = typer.main.get_command(app)
    _take_common_options(command)
    try:
        result = command.main(arguments, prog_name="mingjing", standalone_mode=False)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 -- the outermost edge: everything becomes one problem and an exit code
        return _failed(error, arguments)
    return result if isinstance(result, int) else 0


def _failed(error: Exception, arguments: list[str]) -> int:
    from governance.cli.failures import tell  # noqa: PLC0415 -- only on failure

    return tell(error, arguments)


def _take_common_options(command: "Command") -> None:
    """Let every command take the common options; one that has no use for an option leaves it aside."""
    import click  # noqa: PLC0415 -- only when a command runs

    if isinstance(command, click.Group):
        for member in command.commands.values():
            _take_common_options(member)
    own = {name for parameter in command.params for name in parameter.opts}
    for name, has_value in GLOBALS.items():
        if name not in own and name != "--jsonl":
            command.params.append(click.Option([name], is_flag=not has_value, expose_value=False, hidden=True))


def _command_first(arguments: list[str]) -> list[str]:
    """Move common options that stand before the command, or right behind its first word, behind everything else."""
    leading, arguments = _common_first(arguments)
    within, rest = _common_first(arguments[1:])
    leading, arguments = leading + within, arguments[:1] + rest
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:end] + leading + arguments[end:]


def _common_first(arguments: list[str]) -> tuple[list[str], list[str]]:
    leading: list[str] = []
    while arguments and arguments[0] in GLOBALS:
        count = 2 if GLOBALS[arguments[0]] else 1
        leading, arguments = leading + arguments[:count], arguments[count:]
    return leading, arguments


def _wants_english(arguments: list[str]) -> bool:
    return (stated_language(arguments) or os.environ.get("MINGJING_LANGUAGE")) == "en"


def _overview(arguments: list[str]) -> str:
    english = _wants_english(arguments)
    width = max(map(len, COMMANDS)) + 2
    lines = [f"  {name:<{width}}{help_en if english else help_zh}" for name, (_, help_zh, help_en) in COMMANDS.items()]
    head = (
        "Mingjing: privacy and compliance governance for an internet insurer.\n\n"
        "Usage: mingjing COMMAND [OPTIONS] (mingjing COMMAND --help)\n\nCommands:\n"
        if english
        else "明镜：互联网保险公司的隐私与合规治理服务。\n\n"
        "用法：mingjing 命令 [选项]（mingjing 命令 --help）\n\n命令：\n"
    )
    tail = (
        "\nEvery command: --json, --lang zh|en, --data-dir D, --quiet, before or after the command's name.\n"
        if english
        else "\n各命令通用：--json、--lang zh|en、--data-dir D、--quiet，写在命令前后均可。\n"
    )
    return head + "\n".join(lines) + "\n" + tail


if __name__ == "__main__":
    main()
