"""Sales scripts and conversations of the demo insurer, and the answers that tests compare with."""

import csv
import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from governance.demo.writers import write_jsonl

_DATA = files("governance.demo") / "data"


@dataclass(frozen=True, slots=True)
class Talk:
    """What was written.

    Args:
        scripts: JSON lines as `mingjing scripts check` takes them.
        dialogues: JSON lines as `mingjing scripts dialogue` takes them.
    """

    scripts: Path
    dialogues: Path
    lines: int
    calls: int


def write_talk(folder: Path, answers: Path) -> Talk:
    """Write scripts and dialogues; the known violations go to `answers`, apart from what is checked."""
    folder.mkdir(parents=True, exist_ok=True)
    answers.mkdir(parents=True, exist_ok=True)
    rows = list(csv.DictReader((_DATA / "scripts.csv").read_text(encoding="utf-8").splitlines()))
    calls: list[dict[str, Any]] = yaml.safe_load((_DATA / "dialogues.yaml").read_text(encoding="utf-8"))
    talk = Talk(folder / "scripts.jsonl", folder / "dialogues.jsonl", len(rows), len(calls))
    write_jsonl(talk.scripts, [_line(number, row) for number, row in enumerate(rows, 1)])
    write_jsonl(talk.dialogues, [_call(number, call) for number, call in enumerate(calls, 1)])
    known = {
        "scripts": {f"s{n:03d}": [row["expected"]] if row["expected"] else [] for n, row in enumerate(rows, 1)},
        "dialogues": {f"d{n:03d}": call["expected"] for n, call in enumerate(calls, 1)},
    }
    text = json.dumps(known, ensure_ascii=False, indent=1) + "\n"
    (answers / "scripts.json").write_text(text, encoding="utf-8", newline="\n")
    return talk


def _line(number: int, row: dict[str, str]) -> dict[str, object]:
    names = ("text", "channel", "speaker", "product_type")
    return {"id": f"s{number:03d}", **{name: row[name] for name in names}}


def _call(number: int, call: dict[str, Any]) -> dict[str, object]:
    turns = [{"turn": n, "speaker": speaker, "text": text} for n, (speaker, text) in enumerate(call["turns"], 1)]
    names = ("kind", "stage", "product_type", "channel", "meta")
    return {"id": f"d{number:03d}", **{name: call[name] for name in names}, "turns": turns}
