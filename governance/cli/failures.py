"""Turn whatever went wrong into one problem document and one exit code."""

import os
import secrets
import sys

import click
import typer

from governance.api.problems import problem, row_of
from governance.cli.spoken import stated_language
from governance.cli.terminal import OUTPUT, write_json
from governance.cli.usage import UnknownCommandError, UsageError, usage_of
from storage import trouble
from storage.errors import FileTroubleError, Language, ProductError

USAGE = 2
INTERRUPTED = 130


def tell(error: Exception, arguments: list[str]) -> int:
    """Write the problem where the caller expects it; give the exit code."""
    if isinstance(error, typer.Exit | click.exceptions.Exit):
        return int(error.exit_code)
    if isinstance(error, typer.Abort | click.exceptions.Abort):
        return INTERRUPTED
    if isinstance(error, click.ClickException):
        if isinstance(error, click.exceptions.NoArgsIsHelpError):
            error.show(sys.stderr)
            return USAGE
        error = usage_of(error)
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
    wanted = stated_language(arguments)
    if wanted is not None:
        return wanted
    try:
        from governance.settings import read_settings  # noqa: PLC0415 -- only on failure

        return read_settings({}).language
    except ProductError:
        # Another setting is wrong; which language was chosen is still known.
        return "en" if os.environ.get("MINGJING_LANGUAGE") == "en" else "zh"
