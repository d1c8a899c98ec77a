"""Turn whatever went wrong into one problem document and one exit code."""

import secrets
import sys

import click
import typer

from governance.api.problems import problem, row_of
from governance.cli.terminal import OUTPUT, write_json
from governance.errors import GovernanceError
from storage import trouble
from storage.errors import FileTroubleError, Language, ProductError

USAGE = 2
INTERRUPTED = 130


class UnknownCommandError(GovernanceError):
    """There is no such command."""

    zh = "没有命令 `{name}`"
    en = "unknown command `{name}`"
    zh_next = "{hint_zh}见 `mingjing --help`"
    en_next = "{hint_en}see `mingjing --help`"

    def __init__(self, name: str, near: str | None) -> None:
        """Name the command, and the nearest that there is."""
        hint_zh, hint_en = (f"是否想写 `{near}`？", f"did you mean `{near}`? ") if near else ("", "")
        super().__init__(name=name, hint_zh=hint_zh, hint_en=hint_en)


class UsageError(GovernanceError):
    """A command was written in a way it does not take."""

    zh = "{said}"
    en = "{said}"
    zh_next = "见 `{command} --help`"
    en_next = "see `{command} --help`"


def tell(error: Exception, arguments: list[str]) -> int:
    """Write the problem where the caller expects it; give the exit code."""
    if isinstance(error, typer.Exit | click.exceptions.Exit):
        return int(error.exit_code)
    if isinstance(error, typer.Abort | click.exceptions.Abort):
        return INTERRUPTED
    if isinstance(error, click.ClickException):
        if "--json" not in arguments and "--jsonl" not in arguments:
            error.show(sys.stderr)
            return USAGE
        context = getattr(error, "ctx", None)
        error = UsageError(said=error.format_message(), command=context.command_path if context else "mingjing")
    known = trouble(error)
    if known is None:
        import traceback  # noqa: PLC0415 -- only for a bug

        traceback.print_exception(error, file=sys.stderr)
        known = ProductError()
    language = _language(arguments)
    told = getattr(known, "document", None)  # what a service answered is told on as it is
    document = told if isinstance(told, dict) else problem(known, language, secrets.token_hex(8))
    is_lost = isinstance(known, FileTroubleError) and known.values["path"] == OUTPUT
    _write(document, language, as_json=not is_lost and ("--json" in arguments or "--jsonl" in arguments))
    return USAGE if isinstance(known, UsageError | UnknownCommandError) else row_of(type(known)).exit_code


def _write(document: dict[str, object], language: Language, *, as_json: bool) -> None:
    """Write the problem; where standard output is what failed, to standard error."""
    if as_json:
        try:
            write_json(document)
        except (OSError, FileTroubleError):
            pass
        else:
            return
    labels = ("错误", "下一步") if language == "zh" else ("error", "next")
    sys.stderr.write(f"{labels[0]}: {document['detail']}\n")
    if document["next"]:
        sys.stderr.write(f"{labels[1]}: {document['next']}\n")


def _language(arguments: list[str]) -> Language:
    if "--lang" in arguments[:-1]:
        return "en" if arguments[arguments.index("--lang") + 1] == "en" else "zh"
    try:
        from governance.settings import read_settings  # noqa: PLC0415 -- only on failure

        return read_settings({}).language
    except ProductError:
        return "zh"
