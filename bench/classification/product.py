"""The product as outsiders drive it: its own command, in a process of its own, by the outward formats."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def scan(folder: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """Give the entry of every field of a folder of files, by dataset and header (interface 3.1)."""
    report = json.loads(run(["scan", str(folder), "--full", "--json", "--quiet"]))
    return {(dataset["id"], field["name"]): field for dataset in report["datasets"] for field in dataset["fields"]}


def spans(texts: Sequence[tuple[str, str]]) -> list[list[dict[str, Any]]]:
    """Give the spans of every (text, language)."""
    lines = [
        json.dumps({"id": str(at), "text": text, "language": language}, ensure_ascii=False)
        for at, (text, language) in enumerate(texts)
    ]
    answers = run(["text", "--jsonl", "--quiet"], "\n".join(lines) + "\n").splitlines()
    return [json.loads(answer)["spans"] for answer in answers]


def run(arguments: list[str], given: str = "") -> str:
    """Give what a command printed; any failure is an error."""
    command = [sys.executable, "-m", "governance.cli.main", *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "MINGJING_LANGUAGE": "en"}
    done = subprocess.run(  # noqa: S603 -- the product's own command
        command, input=given, capture_output=True, text=True, cwd=ROOT, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
