"""`mingjing consent subscribe` and `propagation`: who must hear of withdrawals, and how far that has got."""

from typing import Annotated

import typer

from governance.cli.terminal import As, DataDir, Json, Language, at_home, terminal


def subscribe(
    subscriber: Annotated[str, typer.Argument(help="id of the subscriber", metavar="ID")],
    *,
    name: Annotated[str, typer.Option("--name", help="how people call them")],
    to: Annotated[str, typer.Option("--to", help="https address that takes the messages")],
    purpose: Annotated[str | None, typer.Option("--purpose", help="the one purpose; absent: every one")] = None,
    working_days: Annotated[int, typer.Option("--working-days", help="how many they have")] = 15,
    stop: Annotated[bool, typer.Option("--stop", help="tell them no more")] = False,
    as_person: As = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Have somebody outside told of every withdrawal from now on."""
    from consent.propagation import Subscription  # noqa: PLC0415 -- help must not pay for it
    from governance.journeys import propagation as journeys  # noqa: PLC0415 -- likewise
    from governance.journeys.callers import folder_caller  # noqa: PLC0415 -- likewise

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    with at_home(shell) as house:
        wanted = Subscription(subscriber, name, to, purpose, working_days, not stop, house.clock())
        journeys.put_subscription(house, folder_caller(house, as_person), wanted)
        vkey = str(journeys.webhook_vkey(house))
    shell.result({"id": subscriber, "active": not stop, "vkey": vkey}, f"{subscriber}\n{vkey}")


def propagation(
    *,
    as_person: As = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Show who heard of which withdrawal, what waits, and what nobody acknowledged in time."""
    from governance.journeys import propagation as journeys  # noqa: PLC0415 -- help must not pay for it
    from governance.journeys.callers import folder_caller  # noqa: PLC0415 -- likewise

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    with at_home(shell) as house:
        document = journeys.overview_document(journeys.overview(house, folder_caller(house, as_person)))
    lines = [
        f"{one['id']}  {one['messages']['acknowledged']} ✓  {one['messages']['waiting']} …  {one['messages']['dead']} ✗"
        for one in document["subscribers"]
    ]
    lines += [f"  ✗ {one['subscriber']}  {one['event']}  {one['due_at']}" for one in document["dead"]]
    shell.result(document, "\n".join(lines) or ("没有订阅方" if shell.language == "zh" else "no subscribers"))
