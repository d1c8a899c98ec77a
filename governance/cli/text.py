"""`mingjing text`: JSON lines of texts in, the same with the spans of personal data out; anonymised, or restored."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from governance.cli.terminal import (
    As,
    DataDir,
    Json,
    Language,
    Own,
    Quiet,
    Terminal,
    Token,
    Url,
    at_home,
    input_lines,
    json_line,
    terminal,
)
from governance.cli.usage import OptionInvalidError
from storage.errors import Said

if TYPE_CHECKING:
    from classification import Choice, Operators, Recognisers
    from governance.house import House

Operator = Annotated[
    list[str] | None,
    typer.Option("--operator", help="replace, mask, hash, keep-shape or token; for one type TYPE=NAME; repeatable"),
]
Write = Callable[[Mapping[str, Any]], None]
_BATCH = 1000  # texts that one entry tells of


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("text", help="识别、脱敏、还原文本中的个人信息 / find, replace and restore personal data in texts")(
        text
    )


def text(
    files: Annotated[list[Path] | None, typer.Argument(help="JSONL files; none: standard input")] = None,
    *,
    anonymize: Annotated[bool, typer.Option("--anonymize", help="also give the text with its spans replaced")] = False,
    operator: Operator = None,
    restore: Annotated[bool, typer.Option("--restore", help="open the tokens in the texts")] = False,
    purpose: Annotated[str | None, typer.Option("--purpose", help="of tokens: why they may be opened")] = None,
    case: Annotated[str | None, typer.Option("--case", help="case, policy or request number")] = None,
    as_person: As = None,
    out: Annotated[Path | None, typer.Option("--out", help="write the answers to this file")] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="JSON lines out, as without --json")] = False,
    url: Url = None,
    token: Token = None,
    own: Own = None,
    data_dir: DataDir = None,
    lang: Language = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Answer every line in order; a bad one is answered in place and makes the exit code 1."""
    if restore and (anonymize or operator):
        raise OptionInvalidError(
            option="--restore",
            reason=Said("不能与 --anonymize、--operator 同用", "not together with --anonymize or --operator"),
        )
    shell = terminal(as_json=as_json, quiet=quiet, lang=lang, data_dir=data_dir, recognisers_file=own)
    with _sink(out, whole=as_json and not jsonl) as write:
        if url is not None:
            what = "restore" if restore else "anonymize" if anonymize or operator else "analyze"
            more = {"operators": _written(operator or []), "purpose": purpose, "case": case}
            good = _remote(shell, files, write, (url, token), what, more)
        elif restore:
            good = _restore(shell, files, write, purpose, case, as_person)
        elif anonymize or operator:
            good = _anonymize(shell, files, write, operator or [], purpose, as_person)
        else:
            good = _analyse(shell, files, write)
    if not good:
        raise typer.Exit(1)


@contextmanager
def _sink(out: Path | None, *, whole: bool) -> Iterator[Write]:
    """Give what writes one answer: to stdout, or beside a file and then in its place; `whole` makes them one list."""
    if out is None:
        with _lines(sys.stdout, whole=whole) as write:
            yield write
        sys.stdout.flush()
        return
    draft = out.with_name(f".{out.name}.draft")
    with draft.open("w", encoding="utf-8") as stream, _lines(stream, whole=whole) as write:
        yield write
    draft.replace(out)


@contextmanager
def _lines(stream: TextIO, *, whole: bool) -> Iterator[Write]:
    if not whole:
        yield lambda answer: _line(stream, answer)
        return
    answers: list[Mapping[str, Any]] = []
    yield answers.append
    stream.write(json_line(answers))


def _line(stream: TextIO, answer: Mapping[str, Any]) -> None:
    stream.write(json_line(answer))


def _analyse(shell: Terminal, files: list[Path] | None, write: Write) -> bool:
    from governance.journeys.text_documents import analysed, read_text  # noqa: PLC0415 -- help must not pay for it

    rules = _rules(shell)
    return _each(shell, files, write, lambda record: analysed(read_text(record), rules)[0])


def _anonymize(
    shell: Terminal, files: list[Path] | None, write: Write, written: list[str], purpose: str | None, person: str | None
) -> bool:
    from classification import parse_choice  # noqa: PLC0415 -- help must not pay for it
    from governance.journeys.text_documents import anonymised, read_text  # noqa: PLC0415 -- likewise

    rules = _rules(shell)
    choice = parse_choice(written, rules.text_labels)
    counts: Counter[str] = Counter()
    texts: list[str] = []

    def answer(record: object) -> dict[str, Any]:
        given = read_text(record)
        found = anonymised(given, rules, choice, operators)
        counts.update(str(span["label"]) for span in found["spans"])
        texts.append(given.text)
        return found

    with _operators(shell, choice, rules, purpose) as (operators, house):
        good = _each(shell, files, write, answer)
        if house is not None:
            from governance.journeys.callers import folder_caller  # noqa: PLC0415 -- likewise
            from governance.journeys.texts import note_anonymised  # noqa: PLC0415 -- likewise

            note_anonymised(house, folder_caller(house, person), texts, counts, choice, purpose)
    return good


@contextmanager
def _operators(
    shell: Terminal, choice: "Choice", rules: "Recognisers", purpose: str | None
) -> "Iterator[tuple[Operators, House | None]]":
    """Give the operators; the data folder is opened, and the act recorded, only where its keys are used."""
    from governance.journeys.text_documents import needs_keys, require_purpose  # noqa: PLC0415 -- likewise

    require_purpose(choice, purpose)
    if not needs_keys(choice):
        from classification import Operators, usual_masks  # noqa: PLC0415 -- likewise
        from policies import load_policies  # noqa: PLC0415 -- likewise

        yield Operators(usual_masks(rules.tiers, load_policies().categories), rules.today), None
        return
    from governance.journeys.texts import operators_for  # noqa: PLC0415 -- likewise

    with at_home(shell) as house:
        yield operators_for(house, choice, purpose), house


def _restore(
    shell: Terminal, files: list[Path] | None, write: Write, purpose: str | None, case: str | None, person: str | None
) -> bool:
    from governance.journeys.callers import folder_caller  # noqa: PLC0415 -- help must not pay for it
    from governance.journeys.texts import serve_restored  # noqa: PLC0415 -- likewise

    good = True
    lines = input_lines(files)
    with at_home(shell) as house:
        caller = folder_caller(house, person)
        while batch := list(islice(lines, _BATCH)):
            read = [_record(shell, number, line) for number, line in batch]
            answers = iter(serve_restored(house, caller, [one for one, bad in read if bad is None], purpose, case))
            for _, bad in read:
                good = good and bad is None
                write(next(answers) if bad is None else bad)
    return good


def _written(operators: list[str]) -> dict[str, str]:
    """Give operators as the service takes them."""
    pairs = [one.partition("=") for one in operators]
    return {label if equals else "DEFAULT": name if equals else label for label, equals, name in pairs}


def _remote(
    shell: Terminal,
    files: list[Path] | None,
    write: Write,
    service: tuple[str, str | None],
    what: str,
    more: dict[str, Any],
) -> bool:
    """Ask a service line by line; a problem with one line is answered in its place."""
    from governance.cli.remote import ServiceProblemError, ask  # noqa: PLC0415 -- only with --url

    good = True
    for number, line in input_lines(files):
        record, bad = _record(shell, number, line)
        if bad is None:
            body = {**record, **more} if isinstance(record, dict) else {}
            try:
                write(json.loads(ask(*service, f"/api/v1/text/{what}", body, shell.language)))
                continue
            except ServiceProblemError as error:
                bad = {"line": number, "error": error.detail(shell.language)}
        good = False
        write(bad)
    return good


def _record(shell: Terminal, number: int, line: str) -> tuple[object, dict[str, Any] | None]:
    """Give the record of a line, or what is answered in place of a bad one."""
    from governance.journeys.text_documents import read_text  # noqa: PLC0415 -- likewise
    from storage.errors import ProductError  # noqa: PLC0415 -- likewise

    try:
        line.encode()
        record = json.loads(line)
        read_text(record)
    except ProductError as error:
        return None, {"line": number, "error": error.detail(shell.language)}
    except (ValueError, RecursionError):
        return None, {"line": number, "error": "不是 UTF-8 的 JSON" if shell.language == "zh" else "not JSON in UTF-8"}
    return record, None


def _each(shell: Terminal, files: list[Path] | None, write: Write, answer: Callable[[object], dict[str, Any]]) -> bool:
    good = True
    for number, line in input_lines(files):
        record, bad = _record(shell, number, line)
        good = good and bad is None
        write(answer(record) if bad is None else bad)
    return good


def _rules(shell: Terminal) -> "Recognisers":
    from datetime import UTC, datetime  # noqa: PLC0415 -- help must not pay for it

    from classification import load_recognisers  # noqa: PLC0415 -- likewise
    from governance.texts import own_rules  # noqa: PLC0415 -- likewise

    return load_recognisers(datetime.now(UTC).date(), own_rules(shell.settings))
