"""`mingjing review list|confirm|override`: people decide what fields are, most harm first."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from governance.cli.terminal import As, DataDir, Json, Language, at_home, terminal

if TYPE_CHECKING:
    from classification.reviews import FieldState
    from governance.house import House

FieldName = Annotated[str, typer.Argument(help="id, or SOURCE.TABLE.FIELD")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="字段复核 / review of fields", no_args_is_help=True)
    group.command("list", help="按预期损失列出字段 / list fields, most harm first")(list_them)
    group.command("confirm", help="确认识别结果 / confirm what was found")(confirm)
    group.command("override", help="改判类别与级别 / decide another category or tier")(override)
    app.add_typer(group, name="review")


def list_them(
    *,
    status: Annotated[str, typer.Option("--status", help="review, auto, confirmed, overridden or all")] = "review",
    source: Annotated[str | None, typer.Option("--source", help="only this source")] = None,
    dataset: Annotated[str | None, typer.Option("--dataset", help="only this dataset")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="at most this many")] = 100,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """List fields by expected loss: tier times doubt times rows."""
    from classification.reviews import FieldFilter, field_states  # noqa: PLC0415 -- help must not pay for it
    from storage import read_only  # noqa: PLC0415 -- likewise

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    wanted = FieldFilter(None if status == "all" else status, source, dataset)
    with at_home(shell) as house, read_only(house.engine) as session:
        found = field_states(session, wanted)[:limit]
    lines = [
        f"{state.expected_loss:>12,.0f}  {int(state.label.tier)}  {state.label.status.value:<10}  "
        f"{state.dataset}.{state.name}  {state.label.category or '–'}"
        for state in found
    ]
    empty = {"zh": "没有待复核的字段", "en": "no field waits for review"}[shell.language]
    shell.result([_document(state) for state in found], "\n".join(lines) or empty)


def confirm(
    fields: Annotated[list[str], typer.Argument(help="ids, or SOURCE.TABLE.FIELD; several are confirmed at once")],
    *,
    reason: Annotated[str, typer.Option("--reason", help="why; kept beside the decision")] = "",
    as_person: As = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Confirm one field, or several below tier 4 in one act."""
    from governance.journeys.callers import folder_caller  # noqa: PLC0415 -- help must not pay for it
    from governance.journeys.review import confirm_field, confirm_fields  # noqa: PLC0415 -- likewise

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    with at_home(shell) as house:
        caller = folder_caller(house, as_person)
        ids = [_id(house, name) for name in fields]
        if len(ids) == 1:
            done, skipped = [confirm_field(house, caller, ids[0], reason=reason)], []
        else:
            plan = confirm_fields(house, caller, ids, reason=reason)
            done, skipped = list(plan.confirmed), [{"id": one, "why": why} for one, why in plan.skipped]
    document = {"confirmed": [_document(state, status="confirmed") for state in done], "skipped": skipped}
    lines = [f"✓ {state.dataset}.{state.name}" for state in done] + [f"– {one['id']}: {one['why']}" for one in skipped]
    shell.result(document, "\n".join(lines))


def override(
    field: FieldName,
    *,
    category: Annotated[
        str | None, typer.Option("--category", help="id of a category, or none; absent: as it is")
    ] = None,
    tier: Annotated[int | None, typer.Option("--tier", min=1, max=5, help="1 to 5; absent: as it is")] = None,
    reason: Annotated[str, typer.Option("--reason", help="why; needed")],
    as_person: As = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Decide another category or tier; only so may a tier fall."""
    from classification.reviews import NO_CATEGORY  # noqa: PLC0415 -- help must not pay for it
    from governance.journeys.callers import folder_caller  # noqa: PLC0415 -- likewise
    from governance.journeys.review import Override, field_by_id, override_field  # noqa: PLC0415 -- likewise
    from storage import read_only  # noqa: PLC0415 -- likewise

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    with at_home(shell) as house:
        given = _id(house, field)
        with read_only(house.engine) as session:
            label = field_by_id(session, given).label
        chosen = label.category if category is None else None if category == NO_CATEGORY else category
        wanted = Override(chosen, tier or int(label.tier), reason)
        state = override_field(house, folder_caller(house, as_person), given, wanted)
    shell.result(
        _document(state), f"✓ {state.dataset}.{state.name}  {state.label.category or '–'}  {int(state.label.tier)}"
    )


def _id(house: "House", name: str) -> str:
    """Give the id of a field that is named by its id or as SOURCE.TABLE.FIELD; names may hold dots themselves."""
    from classification.reviews import field_state  # noqa: PLC0415 -- help must not pay for it
    from governance.journeys.review import id_of_field  # noqa: PLC0415 -- likewise
    from storage import read_only  # noqa: PLC0415 -- likewise

    parts = name.split(".")
    with read_only(house.engine) as session:
        for cut in range(len(parts) - 1, 0, -1):
            dataset, field = ".".join(parts[:cut]), ".".join(parts[cut:])
            if field_state(session, dataset, field) is not None:
                return id_of_field(dataset, field)
    return name


def _document(state: "FieldState", *, status: str | None = None) -> dict[str, Any]:
    from classification.report import field_entry  # noqa: PLC0415 -- help must not pay for it
    from governance.journeys.review import id_of_field  # noqa: PLC0415 -- likewise

    return {
        "id": id_of_field(state.dataset, state.name),
        "dataset": state.dataset,
        **field_entry(state.label),
        **({"status": status} if status else {}),
        "rows": state.rows,
        "expected_loss": round(state.expected_loss, 2),
        "decided_by": state.decided_by,
        "decided_at": state.decided_at,
    }
