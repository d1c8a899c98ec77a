"""`mingjing scan [SOURCE…]`: find, label and tier the fields of files, databases and applied sources."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli.terminal import DataDir, Json, Language, Quiet, Terminal, at_home, terminal

if TYPE_CHECKING:
    from classification import DatasetLabel, Recognisers
    from governance.journeys.scan import Facts, SourceReport


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("scan", help="识别并分级数据字段 / find, label and tier fields")(scan)


def scan(
    sources: Annotated[
        list[str] | None,
        typer.Argument(help="files, folders, SQLAlchemy URLs or ids of applied sources; none: all applied sources"),
    ] = None,
    *,
    full: Annotated[bool, typer.Option("--full", help="every row instead of a sample")] = False,
    sample: Annotated[int, typer.Option("--sample", min=1, help="rows to draw at most per table")] = 5000,
    meta: Annotated[Path | None, typer.Option("--meta", help="JSON: file or table name to its facts")] = None,
    data_dir: DataDir = None,
    lang: Language = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Scan; files and URLs touch no data folder, applied sources go into its catalogue."""
    from datetime import UTC, datetime  # noqa: PLC0415 -- help must not pay for it

    from classification import load_recognisers, scan_report  # noqa: PLC0415 -- likewise

    shell = terminal(as_json=as_json, quiet=quiet, lang=lang, data_dir=data_dir)
    facts = _facts(meta)
    rules = load_recognisers(datetime.now(UTC).date())
    plain = [name for name in sources or [] if _is_plain(name)]
    applied = [name for name in sources or [] if name not in plain]
    reports = [_plain(shell, name, facts, rules, full=full, sample=sample) for name in plain]
    if applied or not sources:
        reports += _applied(shell, applied, facts, rules, full=full, sample=sample)
    labels = [dataset for report in reports for dataset in report.datasets]
    document = scan_report(", ".join(report.source for report in reports), labels)
    shell.result(document, lambda: "\n".join(line for dataset in labels for line in _lines(dataset, shell)))


def _is_plain(name: str) -> bool:
    """Tell a file, folder or address from the id of an applied source."""
    return "://" in name or Path(name).exists() or any(mark in name for mark in "/\\.")


def _plain(
    shell: Terminal, url: str, facts: "Facts", rules: "Recognisers", *, full: bool, sample: int
) -> "SourceReport":
    from dataclasses import replace  # noqa: PLC0415 -- help must not pay for it

    from governance.journeys.scan import scan_files  # noqa: PLC0415 -- likewise
    from governance.sources import SourceSpec  # noqa: PLC0415 -- likewise

    shown = _shown(url)
    shell.say(f"扫描 {shown}", f"scanning {shown}")
    spec = SourceSpec(id=shown, url=url, base_dir=Path.cwd())
    return replace(scan_files(spec, facts, rules, full=full, sample=sample), source=shown)


def _shown(url: str) -> str:
    """Hide the password of an address."""
    if "://" not in url:
        return url
    from sqlalchemy.engine import make_url  # noqa: PLC0415 -- help must not pay for it
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415 -- likewise

    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return url.partition("://")[0] + "://…"


def _applied(
    shell: Terminal, names: list[str], facts: "Facts", rules: "Recognisers", *, full: bool, sample: int
) -> "list[SourceReport]":
    from governance import register as known  # noqa: PLC0415 -- help must not pay for it
    from governance.journeys.scan import scan_applied_source  # noqa: PLC0415 -- likewise
    from storage import read_only  # noqa: PLC0415 -- likewise

    reports = []
    with at_home(shell) as house:
        with read_only(house.engine) as session:
            wanted = names or [entry.id for entry in known.sources(session)]
        for name in wanted:
            shell.say(f"扫描 {name}", f"scanning {name}")
            reports.append(
                scan_applied_source(house, "owner", name, full=full, sample=sample, recognisers=rules, declared=facts)
            )
    return reports


def _facts(file: Path | None) -> "Facts":
    """Read the table facts of `--meta`."""
    import json  # noqa: PLC0415 -- help must not pay for it

    from governance.errors import InputInvalidError  # noqa: PLC0415 -- likewise

    if file is None:
        return {}
    try:
        found = json.loads(file.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise InputInvalidError(name=file.name, reason="not a JSON object") from error
    if not isinstance(found, dict) or not all(isinstance(facts, dict) for facts in found.values()):
        raise InputInvalidError(name=file.name, reason="not an object from table names to objects of facts")
    return found


def _lines(dataset: "DatasetLabel", shell: Terminal) -> list[str]:
    head = f"{dataset.id}  {dataset.sampled}/{dataset.rows}  tier {int(dataset.tier)}"
    review = {"zh": "待复核", "en": "review"}[shell.language]
    return [
        head,
        *(
            f"  {int(label.tier)}  {label.field}  {', '.join(label.entity_types)}  {label.category or '-'}  "
            f"{label.confidence:.2f}{'  ' + review if label.status.value == 'review' else ''}"
            for label in dataset.fields
        ),
    ]
