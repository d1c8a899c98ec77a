"""`mingjing config show`: every setting, its value and where it comes from."""

from typing import Annotated

import typer

from governance.cli.terminal import DataDir, Json, Language, terminal


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="查看设置及来源 / show settings and where they come from", no_args_is_help=True)
    group.command("show", help="列出每项设置 / list every setting")(show)
    app.add_typer(group, name="config")


def show(
    *,
    origin: Annotated[bool, typer.Option("--origin", help="also where each value comes from")] = False,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """List the settings; none of them is a secret."""
    from governance.settings import Settings, origins  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    sources = origins({"language": lang, "data_dir": data_dir})
    found = shell.settings.model_dump(mode="json")
    document = {
        name: {"value": found[name], "origin": sources[name]} if origin else found[name]
        for name in Settings.model_fields
    }
    lines = [
        f"{name} = {found[name] if found[name] not in ('', None) else '-'}"
        + (f"    ({sources[name]})" if origin else "")
        for name in document
    ]
    shell.result(document, "\n".join(lines))
