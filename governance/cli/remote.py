"""Talk to a service: `--url` and a token, problems told as if they had happened here."""

import json
from typing import Any, NoReturn

from governance.errors import AccessRefusedError, GovernanceError, ServiceAnswerError, SignInNeededError

_SIGN_IN = 401
_REFUSED = 403
_PROBLEM = 400


class ServiceProblemError(GovernanceError):
    """The service answered with a problem document, told on in its own words."""

    zh = "{detail}"
    en = "{detail}"
    zh_next = "{next}"
    en_next = "{next}"


def ask(url: str, token: str | None, path: str, body: dict[str, Any] | None, language: str) -> bytes:
    """POST a body (or GET when there is none); give the answer's bytes.

    Raises:
        SignInNeededError: no token was given, or the service does not take it.
        AccessRefusedError: refused by policy.
        ServiceProblemError: any other problem of the service.
        ServiceAnswerError: it can't be reached or does not speak our interface.
    """
    import httpx  # noqa: PLC0415 -- only with --url

    if not token:
        raise SignInNeededError
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": language}
    try:
        answer = httpx.request(
            "GET" if body is None else "POST", url.rstrip("/") + path, json=body, headers=headers, timeout=60
        )
    except httpx.HTTPError as error:
        raise ServiceAnswerError(url=url, reason=type(error).__name__) from error
    if answer.status_code == _SIGN_IN:
        raise SignInNeededError
    if answer.status_code >= _PROBLEM:
        _tell(url, answer.content, answer.status_code)
    return answer.content


def _tell(url: str, content: bytes, status: int) -> NoReturn:
    try:
        problem = json.loads(content)
        detail, next_step = str(problem["detail"]), str(problem["next"])
    except (ValueError, KeyError, TypeError) as error:
        raise ServiceAnswerError(url=url, reason=f"HTTP {status}") from error
    if status == _REFUSED:
        raise AccessRefusedError(
            outcome=str(problem.get("outcome", "deny")),
            code=str(problem.get("type")),
            zh=detail,
            en=detail,
            zh_next=next_step,
            en_next=next_step,
            receipt=str(problem.get("receipt", "")),
        )
    raise ServiceProblemError(detail=detail, next=next_step)
