"""What can go wrong between a program and the service.

ClientError
├── UnreachableError         no answer came
├── AnswerUnusableError      what answered does not speak our interface
└── ProblemError             the service said no, in its own words
    ├── TokenRefusedError    401
    ├── RefusedError         403: refused by policy, with outcome and receipt
    ├── ThingUnknownError    404
    ├── TooOftenError        429, with `retry_after`
    └── ServiceFailedError   5xx
"""

from collections.abc import Mapping
from typing import Any


class ClientError(Exception):
    """Base of this package's errors."""


class UnreachableError(ClientError):
    """No answer came: the address, the network or the service is the matter."""


class AnswerUnusableError(ClientError):
    """What answered does not speak this interface."""


class ProblemError(ClientError):
    """A problem document of the service (RFC 9457).

    Args:
        document: as it came; `type` and `next` are its stable code and what to do now.
        status: of the answer.
    """

    def __init__(self, document: Mapping[str, Any], status: int) -> None:
        """Read the document."""
        self.document = document
        self.status = status
        self.type = str(document["type"])
        self.title = str(document.get("title", ""))
        self.detail = str(document["detail"])
        self.next = str(document.get("next", ""))
        self.request_id = str(document.get("request_id", ""))
        super().__init__(f"{self.detail} ({self.next})" if self.next else self.detail)


class TokenRefusedError(ProblemError):
    """No token, or one the service does not take."""


class RefusedError(ProblemError):
    """The service refused by policy; the refusal is recorded.

    Args:
        document: holds the decision's outcome and receipt too.
        status: of the answer.
    """

    def __init__(self, document: Mapping[str, Any], status: int) -> None:
        """Read the document."""
        super().__init__(document, status)
        self.outcome = str(document.get("outcome", "deny"))
        self.receipt = str(document.get("receipt", ""))


class ThingUnknownError(ProblemError):
    """No such thing, or not one this caller may know of."""


class TooOftenError(ProblemError):
    """The pace is used up; `retry_after` says for how many seconds, where the service told."""

    retry_after: int = 0


class ServiceFailedError(ProblemError):
    """The service could not do it now; nothing was given."""
