"""What every command shares: its common options, results on stdout, progress on stderr, one problem per failure."""

import gc
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from governance.cli.streams import forget_output

if TYPE_CHECKING:
    from governance.house import House
    from governance.settings import Settings

Lang = Literal["zh", "en"]
OUTPUT = "stdout"
Json = Annotated[bool, typer.Option("--json", help="one JSON document on stdout")]
DataDir = Annotated[
    Path | None, typer.Option("--data-dir", help="data folder (default var/)", show_default=False, readable=False)
]
Language = Annotated[str | None, typer.Option("--lang", help="zh or en", show_default=False)]
Quiet = Annotated[bool, typer.Option("--quiet", help="no progress on stderr")]
As = Annotated[str | None, typer.Option("--as", help="decide as this person", show_default=False)]
Url = Annotated[str | None, typer.Option("--url", help="talk to a service; needs --token or MINGJING_TOKEN")]
Ticket = Annotated[str | None, typer.Option("--ticket", help="number of the work order", show_default=False)]
Device = Annotated[str | None, typer.Option("--device", help="id of the device in use", show_default=False)]
Branch = Annotated[str | None, typer.Option("--branch", help="branch you work at just now", show_default=False)]
Own = Annotated[
    Path | None, typer.Option("--recognisers", help="YAML of own recognisers and models", show_default=False)
]
Token = Annotated[str | None, typer.Option("--token", envvar="MINGJING_TOKEN", help="API token for --url")]


@dataclass(frozen=True, slots=True)
class Terminal:
    """One command's way of speaking."""

    settings: "Settings"
    json: bool
    quiet: bool

    @property
    def language(self) -> Lang:
        """Give the language of messages."""
        return self.settings.language

    def say(self, zh: str, en: str) -> None:
        """Tell progress on stderr."""
        if not self.quiet:
            sys.stderr.write((zh if self.language == "zh" else en) + "\n")
            sys.stderr.flush()

    def result(self, document: object, text: str | Callable[[], str]) -> None:
        """Give the result on stdout: the document under `--json`, else the text."""
        if self.json:
            write_json(document)
        else:
            put((text if isinstance(text, str) else text()).rstrip("\n") + "\n")

    def pick(self, titles: Mapping[str, str]) -> str:
        """Give the title in the reader's language."""
        return titles.get(self.language) or next(iter(titles.values()), "")


def write_json(document: object) -> None:
    """Write one JSON document and end the line."""
    put(json_line(document))


def put(text: str) -> None:
    """Write to stdout at once, so that a full disk or a closed output is an error of this command.

    Raises:
        FileTroubleError: it can't be written.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        forget_output()
        from storage import reason_of  # noqa: PLC0415 -- help must not pay for it
        from storage.errors import FileTroubleError  # noqa: PLC0415 -- likewise

        raise FileTroubleError(path=OUTPUT, reason=reason_of(error)) from error


def json_line(document: object) -> str:
    """Give one JSON document as a line; half a character that came in as an escape goes out as one."""
    text = json.dumps(document, ensure_ascii=False, default=str)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(document, default=str)
    return text + "\n"


def terminal(
    *,
    as_json: bool = False,
    quiet: bool = False,
    lang: str | None = None,
    data_dir: Path | None = None,
    **flags: object,
) -> Terminal:
    """Read the settings under a command's flags."""
    from governance.settings import read_settings  # noqa: PLC0415 -- help must not pay for it

    settings = read_settings({"language": lang, "data_dir": data_dir, **flags})
    return Terminal(settings=settings, json=as_json, quiet=quiet)


@contextmanager
def uncollected() -> Iterator[None]:
    """Load without looking for garbage: what a start loads stays, and looking through it costs a tenth of it."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def at_home(shell: Terminal) -> "Iterator[House]":
    """Open the data folder for a command that acts as its owner."""
    from governance.house import open_house  # noqa: PLC0415 -- help must not pay for it

    with open_house(shell.settings) as house:
        yield house


def input_lines(files: list[Path] | None) -> Iterator[tuple[int, str]]:
    """Give numbered lines of the named files, or of standard input when none is named; blank lines are left out."""
    if not files and isinstance(sys.stdin, TextIOWrapper):
        # Bytes that are no UTF-8 spoil their own line, whatever the machine's locale says.
        sys.stdin.reconfigure(encoding="utf-8-sig", errors="surrogateescape")
    streams = [path.open(encoding="utf-8-sig", errors="surrogateescape") for path in files] if files else [sys.stdin]
    number = 0
    for stream in streams:
        for line in stream:
            number += 1
            if line.strip():
                yield number, line
