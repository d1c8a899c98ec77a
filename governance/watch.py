"""What operators watch: request ids, one log line a request, counters and times. No payload, no address of a person."""

import secrets
import time
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from governance.logs import log

_HEADER = "x-request-id"
_LONGEST_ID = 64


@dataclass(slots=True)
class Watch:
    """Metrics of one service process."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    requests: Counter = field(init=False)
    seconds: Histogram = field(init=False)
    outcomes: Counter = field(init=False)

    def __post_init__(self) -> None:
        """Register the metrics."""
        self.requests = Counter(
            "mingjing_http_requests",
            "requests by route and status",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "mingjing_http_request_seconds", "time to the answer's start", ["route"], registry=self.registry
        )
        self.outcomes = Counter(
            "mingjing_decisions", "decisions by outcome and purpose", ["outcome", "purpose"], registry=self.registry
        )

    def text(self) -> bytes:
        """Give the metrics in Prometheus' text form."""
        return generate_latest(self.registry)


class WatchMiddleware:
    """Gives each request an id, echoes it, and counts and logs the answer by its route, never by its path."""

    def __init__(self, app: ASGIApp, watch: Watch) -> None:
        """Wrap the application."""
        self.app = app
        self.watch = watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(_HEADER, "")
        fine = 0 < len(given) <= _LONGEST_ID and given.replace("-", "").isalnum() and given.isascii()
        request_id = given if fine else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.perf_counter()

        async def answered(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[_HEADER] = request_id
                self._count(scope, message["status"], request_id, time.perf_counter() - started)
            await send(message)

        await self.app(scope, receive, answered)

    def _count(self, scope: Scope, status: int, request_id: str, seconds: float) -> None:
        # The route's pattern, not the path: a path may hold a person's identifier.
        route = str(getattr(scope.get("route"), "path", "other"))
        self.watch.requests.labels(scope["method"], route, str(status)).inc()
        self.watch.seconds.labels(route).observe(seconds)
        log().info(
            "request",
            method=scope["method"],
            route=route,
            status=status,
            milliseconds=round(seconds * 1000, 1),
            request_id=request_id,
        )
