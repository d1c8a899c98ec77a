"""`mingjing scripts check|dialogue`: is what is said, or about to be said, lawful."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from governance.cli.terminal import DataDir, Json, Language, Quiet, Terminal, at_home, input_lines, terminal, write_json
from governance.cli.usage import OptionInvalidError
from storage.errors import Said

if TYPE_CHECKING:
    from policies.scripts import PhraseLibrary

Files = Annotated[list[Path] | None, typer.Argument(help="JSON lines; none: standard input", exists=True)]
JsonLines = Annotated[bool, typer.Option("--jsonl", help="one answer a line, in order")]
FailOn = Annotated[str | None, typer.Option("--fail-on", help="exit 3 when a verdict is at least this: warn or block")]
_RANK = {"pass": 0, "warn": 1, "block": 2}


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="销售话术合规检查 / check sales scripts", no_args_is_help=True)
    group.command("check", help="检查话术 / check texts")(check)
    group.command("dialogue", help="检查对话 / check dialogues")(dialogue)
    app.add_typer(group, name="scripts")


def check(
    files: Files = None,
    *,
    jsonl: JsonLines = False,
    fail_on: FailOn = None,
    data_dir: DataDir = None,
    lang: Language = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Check texts, one JSON object a line; a bad line is answered in place and the rest goes on."""
    shell = terminal(as_json=as_json, quiet=quiet, lang=lang, data_dir=data_dir)
    _run(shell, "check", files, jsonl=jsonl, fail_on=fail_on)


def dialogue(
    files: Files = None,
    *,
    jsonl: JsonLines = False,
    fail_on: FailOn = None,
    data_dir: DataDir = None,
    lang: Language = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Check dialogues, one JSON object a line; a bad line is answered in place and the rest goes on."""
    shell = terminal(as_json=as_json, quiet=quiet, lang=lang, data_dir=data_dir)
    _run(shell, "dialogue", files, jsonl=jsonl, fail_on=fail_on)


def _run(shell: Terminal, kind: str, files: list[Path] | None, *, jsonl: bool, fail_on: str | None) -> None:
    from governance.journeys.scripts import note_checks  # noqa: PLC0415 -- help must not pay for it
    from policies.scripts import load_library  # noqa: PLC0415 -- likewise

    if fail_on is not None and fail_on not in _RANK:
        raise OptionInvalidError(
            option="--fail-on", reason=Said("可用：" + "、".join(_RANK), "use one of " + ", ".join(_RANK))
        )
    library = load_library()
    texts: list[str] = []
    answers: list[dict[str, Any]] = []
    for number, line in input_lines(files):
        answer = _answer(shell, library, kind, number, line)
        texts.append(line)
        answers.append(answer)
        if jsonl:
            write_json(answer)
        elif not shell.json:
            shell.result(answer, _line(shell, answer))
    if shell.json and not jsonl:
        write_json(answers)
    good = [answer for answer in answers if "error" not in answer]
    if good:
        with at_home(shell) as house:
            note_checks(house, "owner", kind, texts, [str(answer["verdict"]) for answer in good])
    if len(good) < len(answers):
        raise typer.Exit(1)
    if fail_on is not None and any(_RANK[str(answer["verdict"])] >= _RANK[fail_on] for answer in good):
        raise typer.Exit(3)


def _answer(shell: Terminal, library: "PhraseLibrary", kind: str, number: int, line: str) -> dict[str, Any]:
    from governance.journeys.scripts import check_one  # noqa: PLC0415 -- help must not pay for it
    from policies.errors import PoliciesError  # noqa: PLC0415 -- likewise

    try:
        line.encode()  # a line that is no UTF-8 holds no text that anybody said
        return check_one(library, kind, json.loads(line))
    except PoliciesError as error:
        return {"line": number, "error": error.detail(shell.language)}
    except (ValueError, RecursionError):
        return {"line": number, "error": "不是 JSON" if shell.language == "zh" else "not JSON"}


def _line(shell: Terminal, answer: dict[str, Any]) -> str:
    if "error" in answer:
        return f"!  {answer['line']}  {answer['error']}"
    found = "; ".join(f"{one['category']}: {one['text']}" for one in answer["violations"])
    del shell  # categories are ids in both languages
    return f"{answer['verdict']:<6}{answer['id']}  {found}"
