"""A FastAPI dependency: a handler runs only after a decision allowed it.

Guarantee: denies closed. No answer, a slow answer, a gap or one refused field among those asked for is a refusal.
"""

from collections.abc import Sequence
from http import HTTPStatus

from fastapi import HTTPException, Request

from governance.client.asynchronous import AsyncClient
from governance.client.errors import ClientError, ProblemError, TokenRefusedError
from governance.client.model import Decision

CASE_HEADER = "x-mingjing-case"


class Governed:
    """Asks the service before a handler runs, and gives the handler the decision with each field's form.

    Use it as `Depends(Governed(client, purpose="claims", dataset="claims.claims", fields=["claim_no"]))`.
    """

    def __init__(
        self,
        client: AsyncClient,
        *,
        purpose: str,
        dataset: str,
        fields: Sequence[str] | None = None,
        as_caller: bool = True,
    ) -> None:
        """Say what the handler is about to use, and why.

        Args:
            client: talks to the service; give it a short time limit and few retries.
            purpose: why.
            dataset: what.
            fields: every one of them must be allowed; nothing asks for whatever is granted.
            as_caller: decide for whoever calls the handler, by their own bearer token; otherwise for the client's own.
        """
        self.client = client
        self.purpose = purpose
        self.dataset = dataset
        self.fields = tuple(fields) if fields is not None else None
        self.as_caller = as_caller

    async def __call__(self, request: Request) -> Decision:
        """Decide for one request.

        Raises:
            HTTPException: 401 without a token, 403 when refused, 503 when nobody could decide.
        """
        token = _bearer(request) if self.as_caller else None
        case = request.headers.get(CASE_HEADER)
        try:
            decision = await self.client.decide(self.dataset, self.fields, purpose=self.purpose, case=case, token=token)
        except TokenRefusedError as error:
            raise _refusal(HTTPStatus.UNAUTHORIZED, error.document) from error
        except ProblemError as error:
            refused = error.status == HTTPStatus.FORBIDDEN
            raise _refusal(
                HTTPStatus.FORBIDDEN if refused else HTTPStatus.SERVICE_UNAVAILABLE, error.document
            ) from error
        except ClientError as error:
            undecided = {"type": "undecided", "detail": "nobody could decide, so nothing is given", "next": "try again"}
            raise _refusal(HTTPStatus.SERVICE_UNAVAILABLE, undecided) from error
        self._require(decision)
        return decision

    def _require(self, decision: Decision) -> None:
        allowed = decision.forms(self.dataset)
        missing = [name for name in self.fields or () if name not in allowed]
        if decision.is_allowed and not missing:
            return
        found = [one for one in decision.fields.get(self.dataset, ()) if one.name in missing]
        reasons = [reason for one in found for reason in one.reasons] or list(decision.reasons)
        told = reasons[0] if reasons else None
        raise _refusal(
            HTTPStatus.FORBIDDEN,
            {
                "type": told.code if told else "access-refused",
                "detail": told.en if told else "access refused",
                "next": told.en_next if told else "",
                "outcome": decision.outcome if not decision.is_allowed else "deny",
                "receipt": decision.id,
            },
        )


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        missing = {"type": "sign-in-needed", "detail": "a bearer token is needed", "next": "send your own token"}
        raise _refusal(HTTPStatus.UNAUTHORIZED, missing)
    return token.strip()


def _refusal(status: HTTPStatus, document: object) -> HTTPException:
    return HTTPException(status, document)
