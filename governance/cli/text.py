"""`mingjing text`: JSON lines of texts in, the same with the spans of personal data out."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli.terminal import DataDir, Json, Language, Quiet, input_lines

if TYPE_CHECKING:
    from classification import Recognisers


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("text", help="识别文本中的个人信息 / find personal data in texts")(text)


def text(
    files: Annotated[list[Path] | None, typer.Argument(help="JSONL files; none: standard input")] = None,
    *,
    anonymize: Annotated[bool, typer.Option("--anonymize", help="also give the text with its spans replaced")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="JSON lines in and out (the only form)")] = False,
    data_dir: DataDir = None,
    lang: Language = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Answer every line in order; a bad one is answered in place and makes the exit code 1."""
    from datetime import UTC, datetime  # noqa: PLC0415 -- help must not pay for it

    from classification import load_recognisers  # noqa: PLC0415 -- likewise

    del jsonl, data_dir, lang, quiet, as_json  # there is one form of input and output, without words of ours in it
    rules = load_recognisers(datetime.now(UTC).date())
    failed = False
    for number, line in input_lines(files):
        answer, good = _answer(number, line, rules, anonymize=anonymize)
        failed = failed or not good
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    sys.stdout.flush()
    if failed:
        raise typer.Exit(1)


def _answer(number: int, line: str, rules: "Recognisers", *, anonymize: bool) -> tuple[dict[str, object], bool]:
    from classification import analyse_text, anonymise  # noqa: PLC0415 -- help must not pay for it

    try:
        line.encode()
        record = json.loads(line)
    except (ValueError, RecursionError):
        return {"line": number, "error": "not JSON in UTF-8"}, False
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        return {"line": number, "error": "no text of type string under `text`"}, False
    given = record["text"]
    spans = analyse_text(given, str(record.get("language") or "zh"), rules)
    answer: dict[str, object] = {"id": record.get("id")}
    answer["spans"] = [{"start": s.start, "end": s.end, "label": s.label, "score": s.score} for s in spans]
    if anonymize:
        answer["text"] = anonymise(given, spans)
    return answer, True
