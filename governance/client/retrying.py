"""When a call is tried again: the same request under one key, so that nothing is done twice."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import random
from typing import Any

from governance.client.calls import ARROW, BASE, RETRIED, Call
from governance.client.errors import UnreachableError

_FIRST_SECONDS = 0.2
_LONGEST_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Caller:
    """How a client speaks: where to, as whom, in which language, and how often it tries."""

    url: str
    token: str = field(repr=False)
    language: str
    retries: int

    def request(self, call: Call[Any], token: str | None = None) -> dict[str, Any]:
        """Give a call's request; all its trials send the same one."""
        headers = {
            "Authorization": f"Bearer {token or self.token}",
            "Accept": f"{call.accept}, application/problem+json" if call.accept == ARROW else call.accept,
            "Accept-Language": self.language,
        }
        if call.method == "POST":
            headers["Idempotency-Key"] = str(uuid.uuid4())
        if call.content is not None:
            headers["Content-Type"] = ARROW
        return {
            "method": call.method,
            "url": self.url.rstrip("/") + BASE + call.path,
            **({"content": call.content} if call.content is not None else {"json": call.body}),
            "params": dict(call.parameters) or None,
            "headers": headers,
        }

    def unreachable(self, error: Exception) -> UnreachableError:
        """Give the error of a call that no answer came to; only the kind of what happened is told."""
        return UnreachableError(f"{self.url} did not answer: {type(error).__name__}")

    def pause(self, trial: int, status: int | None, headers: Mapping[str, str]) -> float | None:
        """Give the seconds to wait before the next trial, or nothing when there is none.

        Args:
            trial: how many were made.
            status: of the last answer; nothing where none came.
            headers: of the last answer.
        """
        if trial > self.retries or (status is not None and status not in RETRIED):
            return None
        wait = headers.get("retry-after", "")
        if wait.isdigit():
            return min(float(wait), _LONGEST_SECONDS)
        # Half of the pause is by chance, so that many clients don't come back at one moment.
        return float(min(_FIRST_SECONDS * 2 ** (trial - 1), _LONGEST_SECONDS) * (0.5 + random() / 2))  # noqa: S311 -- no secret
