"""What the commands on access share: acting on a request here or at a service, and reading fields with forms."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from governance.cli.terminal import Terminal, at_home

if TYPE_CHECKING:
    from governance.house import House
    from governance.identity import Caller
    from governance.register import AccessRequestEntry

    Act = Callable[[House, Caller], AccessRequestEntry]

There = tuple[str | None, str | None, str, Mapping[str, Any] | None]
REQUESTS = "/api/v1/access-requests"


def act_on(
    shell: Terminal,
    there: There,
    as_person: str | None,
    act: "Act",
    version: int | None = None,
) -> None:
    """Act on a request here or at a service, and show it as it stands then."""
    from governance.journeys.access_documents import request_document, request_text  # noqa: PLC0415 -- as above

    url, token, path, body = there
    if url is not None:
        headers = {"If-Match": f'"{version}"'} if version is not None else {}
        document = ask_service(url, token, REQUESTS + path, body, shell, headers)
    else:
        from governance.journeys.callers import folder_caller  # noqa: PLC0415 -- help must not pay for it

        with at_home(shell) as house:
            document = request_document(act(house, folder_caller(house, as_person)), house.clock())
    shell.result(document, lambda: request_text(document, shell.language))


def ask_service(
    url: str,
    token: str | None,
    path: str,
    body: Mapping[str, Any] | None,
    shell: Terminal,
    headers: Mapping[str, str] | None = None,
) -> Any:  # noqa: ANN401 -- a JSON document
    """POST a body to a service, or GET when there is none; give the answer's document."""
    from governance.cli.remote import ask  # noqa: PLC0415 -- only with --url

    return json.loads(ask(url, token, path, None if body is None else dict(body), shell.language, headers))


def forms_of(fields: list[str] | None) -> dict[str, str] | None:
    """Give fields with their forms; a field without one is asked for as it is."""
    if not fields:
        return None
    parted = [one.partition("=") for one in fields]
    return {name.strip(): form.strip() or "raw" for name, _, form in parted}
