"""`mingjing apply WORLD.yaml`: bring the deployment to what the file declares."""

from pathlib import Path
from typing import Annotated

import typer

from governance.cli.terminal import DataDir, Json, Language, Quiet, at_home, terminal


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
            house, "owner", world, allow_fixed_clock=shell.settings.allow_fixed_clock, dry_run=dry_run
        )
    document = {
        "world": applied.world,
        "digest": applied.digest,
        "dry_run": applied.dry_run,
        "changes": [{"kind": kind, "id": name, "change": what} for kind, name, what in applied.changes],
        "replaced_purposes": list(applied.replaced_purposes),
        "consents": applied.consents,
        "never_given": list(applied.never_given),
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
    shell.result(document, "\n".join(lines))
