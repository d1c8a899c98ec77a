"""`mingjing apply WORLD.yaml`: bring the deployment to what the file declares."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli.terminal import DataDir, Json, Language, Quiet, Terminal, at_home, terminal

if TYPE_CHECKING:
    from governance.journeys.apply import Applied


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("apply", help="应用世界文件 / apply a world file")(apply)


def apply(
    world: Annotated[Path, typer.Argument(help="world file (YAML)", metavar="WORLD.yaml")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="tell what would change; change nothing")] = False,
    allow_fixed_clock: Annotated[
        bool | None, typer.Option("--allow-fixed-clock", help="accept the world's clock", show_default=False)
    ] = None,
    over_reviews: Annotated[
        bool, typer.Option("--over-reviews", help="the file's fields replace what stewards decided later")
    ] = False,
    data_dir: DataDir = None,
    lang: Language = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Apply; the same file again changes nothing."""
    from governance.journeys.apply import apply_world  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(as_json=as_json, quiet=quiet, lang=lang, data_dir=data_dir, allow_fixed_clock=allow_fixed_clock)
    with at_home(shell) as house:
        applied = apply_world(
            house,
            "owner",
            world,
            allow_fixed_clock=shell.settings.allow_fixed_clock,
            dry_run=dry_run,
            over_reviews=over_reviews,
        )
    document = {
        "world": applied.world,
        "digest": applied.digest,
        "dry_run": applied.dry_run,
        "changes": [{"kind": kind, "id": name, "change": what} for kind, name, what in applied.changes],
        "replaced_purposes": list(applied.replaced_purposes),
        "consents": applied.consents,
        "never_given": list(applied.never_given),
        "kept_reviews": [asdict(one) for one in applied.kept],
        "replaced_reviews": list(applied.replaced),
    }
    lines = [f"{what:<9} {kind:<8} {name}" for kind, name, what in applied.changes]
    if applied.consents:
        lines.append(f"{'added':<9} consents {applied.consents}")
    lines = lines or ["无变化" if shell.language == "zh" else "nothing changed"]
    for purpose in applied.replaced_purposes:
        zh, en = f"注意：内置用途 {purpose} 被替换", f"note: shipped purpose {purpose} is replaced"
        lines.append(zh if shell.language == "zh" else en)
    for field in applied.never_given:
        zh, en = f"注意：{field} 任何用途均不提供", f"note: {field} is given to no purpose, granted or not"
        lines.append(zh if shell.language == "zh" else en)
    shell.result(document, "\n".join([*lines, *_reviews(shell, applied)]))


def _reviews(shell: Terminal, applied: "Applied") -> list[str]:
    """Tell what stood against the file and what fell to it, and how the file would win."""
    chinese = shell.language == "zh"
    lines = [
        f"注意：{one.field} 保留 {one.decided_by} 的认定：{one.category} {one.tier} 级"
        f"（文件：{one.file_category} {one.file_tier} 级）"
        if chinese
        else f"note: {one.field} keeps what {one.decided_by} decided: {one.category} tier {one.tier} "
        f"(the file says {one.file_category} tier {one.file_tier})"
        for one in applied.kept
    ]
    if applied.kept:
        lines.append("以文件为准：apply --over-reviews" if chinese else "for the file to win: apply --over-reviews")
    zh, en = "注意：{0} 的人工认定被文件取代", "note: in {0} the file replaced a person's decision"
    return lines + [(zh if chinese else en).format(field) for field in applied.replaced]
