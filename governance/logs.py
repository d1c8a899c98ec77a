"""Log lines on stderr, structured and without personal data.

Lines carry ids and counts. A processor drops every field that is not on the short list of known ones, so that a
careless call can't leak a payload.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# What a log line may hold. Anything else is replaced by its type's name.
ALLOWED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "logger",
        "request_id",
        "method",
        "route",
        "status",
        "milliseconds",
        "person",
        "outcome",
        "problem",
        "entry",
        "index",
        "count",
        "dataset",
        "source",
        "purpose",
        "workflow",
        "error",
        "host",
        "port",
    }
)


def keep_known(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace every field that is not known by its type's name."""
    for name in event:
        if name not in ALLOWED:
            event[name] = f"<{type(event[name]).__name__}>"
    return event


def configure_logs(level: str, form: str) -> None:
    """Set up logging for a service process."""
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if form == "text":
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[
            keep_known,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # Libraries log payloads at their lower levels (statements, addresses): only their warnings pass.
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s")


def log() -> Any:  # noqa: ANN401 -- structlog's bound logger is dynamic
    """Give the service's logger."""
    return structlog.get_logger()
