"""The client for programs on an event loop: the same calls, awaited."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import httpx

from governance.client import calls
from governance.client.calls import Answer, Call, Why
from governance.client.model import Decision, LookUp, PersonView
from governance.client.retrying import Caller
from governance.client.synchronous import RETRIES, SECONDS

if TYPE_CHECKING:
    import pyarrow as pa


class AsyncClient:
    """Talks to one service as one caller, on one event loop. Arguments and errors are those of `Client`."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        purpose: str | None = None,
        case: str | None = None,
        language: str = "en",
        retries: int = RETRIES,
        http: httpx.AsyncClient | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            url: of the service, such as `https://mingjing.example`.
            token: as `mingjing token issue` gave it.
            purpose: stated by every call that states none.
            case: likewise.
            language: of problems, `zh` or `en`.
            retries: how often a call is tried again when no answer comes or the service is busy.
            http: a client of one's own, for proxies or certificates; the caller closes it.
            sleep: waits between trials.
        """
        self._caller = Caller(url, token, language, retries)
        self._why = Why(purpose, case)
        self._own = http is None
        self._http = http or httpx.AsyncClient(timeout=SECONDS)
        self._sleep = sleep

    async def query(
        self,
        sql: str,
        parameters: Sequence[Any] | Mapping[str, Any] = (),
        *,
        purpose: str | None = None,
        case: str | None = None,
    ) -> "pa.Table":
        """Read by one SELECT; the schema's metadata carries purpose and receipt.

        Args:
            sql: one SELECT; `?` or `$name` stand for parameters.
            parameters: become literals of the statement, parsed and printed anew, never pasted.

        Raises:
            RefusedError: by policy, recorded.
            ProblemError: any other problem.
            UnreachableError, AnswerUnusableError: no usable answer came.
            BindingError: parameters and statement don't fit.
        """
        return await self._do(calls.query(sql, parameters, self._why.or_else(purpose, case)))

    async def decide(
        self,
        dataset: str,
        fields: Sequence[str] | None = None,
        *,
        purpose: str | None = None,
        case: str | None = None,
        token: str | None = None,
    ) -> Decision:
        """Decide what the caller may see of a data set; a refusal is an outcome here, not an error.

        Args:
            dataset: its id.
            fields: nothing asks for all granted ones.
            token: decides for another caller, whose token this is.
        """
        return await self._do(calls.decide(dataset, fields, self._why.or_else(purpose, case)), token)

    async def decide_many(
        self, wishes: Mapping[str, Sequence[str] | None], *, purpose: str | None = None, case: str | None = None
    ) -> tuple[Decision, ...]:
        """Decide several data sets in one call, in order; fields by data set."""
        return await self._do(calls.decide_many(wishes, self._why.or_else(purpose, case)))

    async def decide_table(self, questions: "pa.Table") -> "pa.Table":
        """Decide each row of a table with columns `dataset`, `purpose`, and where wanted `fields` and `case`.

        Returns:
            `id`, `outcome`, `forms`, `reasons`, `entry` and `index`, in the order asked; each row has its own entry.
        """
        return await self._do(calls.decide_table(questions))

    async def receipt(self, decision_id: str) -> dict[str, Any]:
        """Give the receipt of a decision: `mingjing audit verify` checks it offline.

        Raises:
            ThingUnknownError: there is no such decision, or not one of this caller's.
        """
        return await self._do(calls.receipt(decision_id))

    async def decision(self, decision_id: str) -> Decision:
        """Explain a recorded decision.

        Raises:
            ThingUnknownError: there is none, or not one of this caller's.
        """
        return await self._do(calls.decision(decision_id))

    async def view(
        self, subject: str, *, purpose: str | None = None, case: str | None = None, limit: int | None = None
    ) -> PersonView:
        """Show one person across systems.

        Raises:
            RefusedError: no data set may show anything.
        """
        return await self._do(calls.view(subject, limit, self._why.or_else(purpose, case)))

    async def look_up(
        self, dataset: str, field: str, value: str, *, reason: str, purpose: str | None = None, case: str | None = None
    ) -> LookUp:
        """Find at most one person by a key.

        Raises:
            RefusedError: the purpose may not look up by this field.
            TooOftenError: the pace is used up.
        """
        return await self._do(calls.look_up(dataset, field, value, reason, self._why.or_else(purpose, case)))

    async def _do(self, call: Call[Answer], token: str | None = None) -> Answer:
        request = self._caller.request(call, token)
        trial = 0
        while True:
            trial += 1
            try:
                answer = await self._http.request(**request)
            except httpx.HTTPError as error:
                pause = self._caller.pause(trial, None, {})
                if pause is None:
                    raise self._caller.unreachable(error) from error
            else:
                pause = self._caller.pause(trial, answer.status_code, answer.headers)
                if pause is None:
                    problem = calls.problem_of(answer.status_code, answer.content, answer.headers)
                    if problem is not None:
                        raise problem
                    return calls.read(call, answer.content)
            await self._sleep(pause)

    async def close(self) -> None:
        """Close the connections."""
        if self._own:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        """Enter a block that closes the client."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        await self.close()
