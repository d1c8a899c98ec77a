"""Scans as durable workflows (DBOS): one step a source; a killed process goes on at the next source.

A scan is first a row, committed by the journey that asked for it; this loop finds unended rows and starts a workflow
under an id derived from the row, so that finding one twice is harmless. One process of a host runs the loop, held by
a file lock; its telemetry is off and it opens no port. Workflow state lies in the service's PostgreSQL database, or in
a file beside the embedded SQLite one, whose single writer it would otherwise hold up.
"""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import IO, Any

from sqlalchemy.exc import DBAPIError

from governance import register
from governance.house import House
from governance.journeys.access import lapse_requests
from governance.journeys.holding import settle_holds
from governance.journeys.propagation import tell_withdrawals
from governance.logs import log
from storage import read_only, unit_of_work
from storage.errors import ProductError

_POLL_SECONDS = 1.0


class Jobs:
    """The durable worker of one service process."""

    def __init__(self, house: House) -> None:
        """Hold the house; nothing runs before `start`."""
        self._house = house
        self._stopping = Flag()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin looking for work in the background."""
        self._thread = Thread(target=self._run, name="jobs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop looking; a workflow at work goes on at the next start."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _run(self) -> None:
        lock = _only_here(self._house.settings.data_dir / "jobs.lock", self._stopping)
        if lock is None:
            return
        engine: Any = None
        try:
            while not self._stopping.wait(_POLL_SECONDS):
                self._pass_time()
                scans = self._unfinished()
                if scans and engine is None:
                    # Loading the workflow engine takes a second or more: only when there is work.
                    engine = _launch(self._house)
                for scan in scans:
                    engine(scan.id)
        except Exception as error:  # noqa: BLE001 -- a background thread must say that it died
            log().error("jobs stopped", error=type(error).__name__)
        finally:
            if engine is not None:
                from dbos import DBOS  # noqa: PLC0415 -- only where it was launched

                DBOS.destroy(destroy_registry=True)
            lock.close()

    def _pass_time(self) -> None:
        """Do what is due by the clock alone; a database that does not answer now is asked again at the next turn."""
        try:
            settle_holds(self._house)
            lapse_requests(self._house)
            tell_withdrawals(self._house)
        except (DBAPIError, ProductError) as error:
            log().error("jobs wait", error=type(error).__name__)

    def _unfinished(self) -> tuple[register.Scan, ...]:
        """Give what is to be done; a database that does not answer now is asked again at the next turn."""
        try:
            with read_only(self._house.engine) as session:
                return register.unfinished_scans(session)
        except DBAPIError as error:
            log().error("jobs wait", error=type(error.orig).__name__)
            return ()


def _launch(house: House) -> Callable[[str], None]:
    """Start the workflow engine; give the function that runs one scan, once, under its own id."""
    from dbos import DBOS, SetWorkflowID  # noqa: PLC0415 -- slow to load

    from governance.journeys.depth import Depth  # noqa: PLC0415 -- likewise
    from governance.journeys.scan import scan_applied_source  # noqa: PLC0415 -- likewise

    settings = house.settings
    beside = f"sqlite:///{settings.data_dir / 'jobs.db'}"
    postgres = settings.database.startswith("postgres")
    DBOS(
        config={
            "name": "mingjing",
            "system_database_url": settings.database if postgres else beside,
            "enable_otlp": False,
            "console_log_level": "ERROR",
            "application_version": "1",
            "executor_id": "mingjing",
        }
    )

    @DBOS.step(name="scan-source")
    def one_source(scan_id: str, source_id: str) -> None:
        with read_only(house.engine) as session:
            scan = register.scan_by_id(session, scan_id)
        problem = done = None
        try:
            depth = Depth(full=scan.full, sample=scan.sample, again=scan.again, mark=scan_id)
            found = scan_applied_source(house, scan.person, source_id, depth, key=f"{scan_id}/{source_id}")
            done = {
                "source": source_id,
                "datasets": len(found.datasets),
                "fields": found.fields,
                "unchanged": len(found.unchanged),
                "changes": [change.document for change in found.changes],
                "problems": [
                    {"dataset": dataset, "zh": trouble.detail("zh"), "en": trouble.detail("en")}
                    for dataset, trouble in found.problems
                ],
            }
        except ProductError as error:
            problem = {"source": source_id, "zh": error.detail("zh"), "en": error.detail("en")}
        with unit_of_work(house.engine) as session:
            register.scan_progress(session, scan_id, done=done, problem=problem)

    @DBOS.step(name="end-scan")
    def finish(scan_id: str) -> None:
        with unit_of_work(house.engine) as session:
            register.end_scan(session, scan_id, house.clock())

    @DBOS.workflow(name="scan")
    def scan_workflow(scan_id: str) -> None:
        with read_only(house.engine) as session:
            sources = register.scan_by_id(session, scan_id).sources
        for source_id in sources:
            one_source(scan_id, source_id)
        finish(scan_id)

    DBOS.launch()

    def run(scan_id: str) -> None:
        with SetWorkflowID(f"scan-{scan_id}"):
            DBOS.start_workflow(scan_workflow, scan_id)

    return run


def _only_here(path: Path, stopping: Flag) -> IO[str] | None:
    """Wait for the lock that one process of this host holds; None when stopped first."""
    lock = path.open("w")
    if os.name == "nt":
        return lock
    import fcntl  # noqa: PLC0415 -- not on Windows

    while not stopping.is_set():
        with contextlib.suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        stopping.wait(_POLL_SECONDS)
    lock.close()
    return None
