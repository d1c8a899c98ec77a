"""`mingjing scan [SOURCE…]`: find, label and tier the fields of files, databases and applied sources."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli.terminal import DataDir, Json, Language, Own, Quiet, Terminal, at_home, terminal
from storage.errors import Said

if TYPE_CHECKING:
    from collections.abc import Callable

    from classification import DatasetLabel, Recognisers
    from governance.journeys.depth import Depth
    from governance.journeys.scan import Facts, SourceReport, Tell
    from storage.errors import ProductError

_TELL_SECONDS = 10.0


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("scan", help="识别并分级数据字段 / find, label and tier fields")(scan)


def scan(
    sources: Annotated[
        list[str] | None,
        typer.Argument(help="files, folders, SQLAlchemy or spark+… URLs, ids of applied sources; none: all applied"),
    ] = None,
    *,
    full: Annotated[bool, typer.Option("--full", help="every row instead of a sample")] = False,
    sample: Annotated[int, typer.Option("--sample", min=1, help="rows to draw at most per table")] = 5000,
    again: Annotated[bool, typer.Option("--again", help="read unchanged tables of applied sources too")] = False,
    meta: Annotated[Path | None, typer.Option("--meta", help="JSON: file or table name to its facts")] = None,
    master: Annotated[str | None, typer.Option("--master", help="Spark cluster for spark+… addresses")] = None,
    own: Own = None,
    data_dir: DataDir = None,
    lang: Language = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Scan; files and URLs touch no data folder, applied sources go into its catalogue."""
    from datetime import UTC, datetime  # noqa: PLC0415 -- help must not pay for it

    from classification import load_recognisers, scan_report  # noqa: PLC0415 -- likewise
    from governance.journeys.depth import Depth  # noqa: PLC0415 -- likewise
    from governance.texts import own_rules  # noqa: PLC0415 -- likewise

    shell = terminal(
        as_json=as_json, quiet=quiet, lang=lang, data_dir=data_dir, recognisers_file=own, spark_master=master
    )
    facts = _facts(meta)
    job = _Job(
        shell,
        facts,
        load_recognisers(datetime.now(UTC).date(), own_rules(shell.settings)),
        Depth(full=full, sample=sample, again=again),
    )
    plain = [name for name in sources or [] if _is_plain(name)]
    applied = [name for name in sources or [] if name not in plain]
    alone = len(sources or []) == 1
    reports = [_plain(job, name, alone=alone) for name in plain]
    if applied or not sources:
        reports += _applied(job, applied, alone=alone)
    labels = [dataset for report in reports for dataset in report.datasets]
    troubles = [trouble for report in reports for trouble in report.problems]
    document = {
        **scan_report(", ".join(report.source for report in reports), labels),
        "problems": [_problem(shell, dataset, error) for dataset, error in troubles],
        "changes": [change.document for report in reports for change in report.changes],
    }
    shell.result(document, lambda: "\n".join(line for dataset in labels for line in _lines(dataset, shell)))
    for dataset, error in troubles:
        told = error.detail(shell.language)
        shell.say(f"未能扫描 {dataset}：{told}", f"could not scan {dataset}: {told}")
    if troubles:
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class _Job:
    """What holds for every source of one command."""

    shell: Terminal
    facts: "Facts"
    rules: "Recognisers"
    depth: "Depth"

    def tell(self) -> "Tell":
        """Give a teller of progress: one line every ten seconds, and nothing for what is quick."""
        import time  # noqa: PLC0415 -- help must not pay for it

        told = time.monotonic()

        def progress(dataset: str, done: int, rows: int | None) -> None:
            nonlocal told
            if time.monotonic() - told >= _TELL_SECONDS:
                told = time.monotonic()
                of = f"/{rows:,}" if rows else ""
                self.shell.say(f"· {dataset}：{done:,}{of} 行", f"· {dataset}: {done:,}{of} rows")

        return progress


def _problem(shell: Terminal, dataset: str, error: "ProductError") -> dict[str, object]:
    """Give the problem document of one dataset."""
    import secrets  # noqa: PLC0415 -- only for a failure

    from governance.api.problems import problem  # noqa: PLC0415 -- likewise

    return {"dataset": dataset, **problem(error, shell.language, secrets.token_hex(8))}


def _is_plain(name: str) -> bool:
    """Tell a file, folder or address from the id of an applied source."""
    return "://" in name or Path(name).exists() or any(mark in name for mark in "/\\.")


def _plain(job: _Job, url: str, *, alone: bool) -> "SourceReport":
    from dataclasses import replace  # noqa: PLC0415 -- help must not pay for it

    from governance.journeys.scan import scan_files  # noqa: PLC0415 -- likewise
    from governance.sources import SourceSpec  # noqa: PLC0415 -- likewise

    if url.startswith("spark+"):
        return _on_spark(job, url, alone=alone)
    shown = _shown(url)
    job.shell.say(f"扫描 {shown}", f"scanning {shown}")
    spec = SourceSpec(id=shown, url=url, base_dir=Path.cwd())
    report = _kept(shown, lambda: scan_files(spec, job.facts, job.rules, job.depth, tell=job.tell()), alone=alone)
    return replace(report, source=shown)


def _on_spark(job: _Job, url: str, *, alone: bool) -> "SourceReport":
    from governance.journeys.scan_spark import scan_on_spark  # noqa: PLC0415 -- help must not pay for it
    from governance.scaleout import spark_address  # noqa: PLC0415 -- likewise

    master = job.shell.settings.spark_master
    address = spark_address(url, Path.cwd())
    job.shell.say(f"扫描 {address.shown}（Spark：{master}）", f"scanning {address.shown} (Spark: {master})")
    return _kept(address.shown, lambda: scan_on_spark(address, job.facts, job.rules, master), alone=alone)


def _kept(source: str, look: "Callable[[], SourceReport]", *, alone: bool) -> "SourceReport":
    """Let one source's trouble leave the others' results standing; the only one's is the command's own."""
    from governance.journeys.scan import SourceReport  # noqa: PLC0415 -- help must not pay for it
    from governance.sources import SourceError  # noqa: PLC0415 -- likewise

    try:
        return look()
    except SourceError as error:
        if alone:
            raise
        return SourceReport(source, (), ((source, error),))


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


def _applied(job: _Job, names: list[str], *, alone: bool) -> "list[SourceReport]":
    from functools import partial  # noqa: PLC0415 -- help must not pay for it

    from governance import register as known  # noqa: PLC0415 -- likewise
    from governance.journeys.scan import scan_applied_source  # noqa: PLC0415 -- likewise
    from storage import read_only  # noqa: PLC0415 -- likewise

    reports = []
    with at_home(job.shell) as house:
        with read_only(house.engine) as session:
            wanted = names or [entry.id for entry in known.sources(session)]
        alone = alone or len(wanted) == 1
        for name in wanted:
            job.shell.say(f"扫描 {name}", f"scanning {name}")
            look = partial(scan_applied_source, house, "owner", name, job.depth, recognisers=job.rules)
            told = partial(look, declared=job.facts, tell=job.tell())
            reports.append(_kept(name, told, alone=alone))
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
        raise InputInvalidError(name=file.name, reason=Said("不是 JSON 对象", "not a JSON object")) from error
    if not isinstance(found, dict) or not all(isinstance(facts, dict) for facts in found.values()):
        raise InputInvalidError(
            name=file.name,
            reason=Said("不是从表名到事实对象的 JSON 对象", "not an object from table names to objects of facts"),
        )
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
