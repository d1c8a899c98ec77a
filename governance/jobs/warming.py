"""Load what the first read, page and scan need, once the service answers; so neither its start nor they wait for it.

Nothing here is a fact of readiness: whoever asks earlier loads the same module a moment sooner.
"""

from importlib import import_module
from threading import Event, Thread

# In the order in which people need them: a governed read, a page, a text.
MODULES = (
    "policies.sql.rewriting",
    "governance.workers.process",
    "governance.sources.opening",
    "jinja2",
    "policies.scripts.library",
    "classification.recognisers",
)
_DELAY_SECONDS = 1.0


class Warming:
    """Loads modules in the background of one service process."""

    def __init__(self, delay_seconds: float = _DELAY_SECONDS) -> None:
        """Prepare; nothing is loaded in the first `delay_seconds` after `start`: they belong to first callers."""
        self._delay_seconds = delay_seconds
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="warming", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the module at hand."""
        self._stopping.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        if self._stopping.wait(self._delay_seconds):
            return
        for name in MODULES:
            if self._stopping.is_set():
                return
            import_module(name)
