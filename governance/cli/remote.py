"""Talk to a service: `--url` and a token, problems told as if they had happened here."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from governance.errors import AccessRefusedError, GovernanceError, ServiceAnswerError, SignInNeededError
from storage.errors import Said

_SIGN_IN = 401
_REFUSED = 403
_PROBLEM = 400


class ServiceProblemError(GovernanceError):
    """The service answered with a problem document, told on in its own words."""

    zh = "{detail}"
    en = "{detail}"
    zh_next = "{next}"
    en_next = "{next}"

    def __init__(self, document: dict[str, Any]) -> None:
        """Carry the service's document."""
        self.document = document
        super().__init__(detail=document["detail"], next=document["next"])


class ServiceRefusalError(AccessRefusedError):
    """The service refused by policy, told on in its own words."""

    def __init__(self, document: dict[str, Any]) -> None:
        """Carry the service's document."""
        self.document = document
        detail, next_step = document["detail"], document["next"]
        super().__init__(
            outcome=str(document.get("outcome", "deny")),
            code=str(document.get("type")),
            zh=detail,
            en=detail,
            zh_next=next_step,
            en_next=next_step,
            receipt=str(document.get("receipt", "")),
        )


def ask(
    url: str,
    token: str | None,
    path: str,
    body: dict[str, Any] | None,
    language: str,
    more: Mapping[str, str] | None = None,
) -> bytes:
    """POST a body (or GET when there is none); give the answer's bytes.

    Raises:
        SignInNeededError: no token was given, or the service does not take it.
        ServiceRefusalError: refused by policy.
        ServiceProblemError: any other problem of the service.
        ServiceAnswerError: it can't be reached or does not speak our interface.
    """
    import httpx  # noqa: PLC0415 -- only with --url

    if not token:
        raise SignInNeededError
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": language, **(more or {})}
    try:
        answer = httpx.request(
            "GET" if body is None else "POST", url.rstrip("/") + path, json=body, headers=headers, timeout=60
        )
    except httpx.HTTPError as error:
        raise ServiceAnswerError(url=url, reason=_reason(error)) from error
    if answer.status_code == _SIGN_IN:
        raise SignInNeededError
    if answer.status_code >= _PROBLEM:
        _tell(url, answer.content, answer.status_code)
    return answer.content


def _tell(url: str, content: bytes, status: int) -> NoReturn:
    try:
        document = json.loads(content)
        document |= {"detail": str(document["detail"]), "next": str(document["next"])}
    except (ValueError, KeyError, TypeError) as error:
        raise ServiceAnswerError(url=url, reason=Said(f"HTTP {status}", f"HTTP {status}")) from error
    if status == _REFUSED:
        raise ServiceRefusalError(document)
    raise ServiceProblemError(document)


def _reason(error: Exception) -> Said:
    if "Timeout" in type(error).__name__:
        return Said("等待超时", "it took too long")
    return Said(f"连接失败（{type(error).__name__}）", f"no connection ({type(error).__name__})")
