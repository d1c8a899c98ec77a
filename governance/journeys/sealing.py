"""Wait until the log's newest checkpoint covers everything in it, so that an export holds what was just done."""

import time

from audit import head, latest_checkpoint
from audit.errors import NotInLogError
from governance.house import House
from storage import read_only

_POLL_SECONDS = 0.05


def wait_for_seal(house: House) -> bool:
    """Wait for a checkpoint over the whole log as it stands now, a few seconds at most; tell whether it came."""
    deadline = time.monotonic() + house.settings.notary_seconds
    with read_only(house.engine) as session:
        wanted = head(session).size
    while time.monotonic() < deadline:
        try:
            with read_only(house.engine) as session:
                if latest_checkpoint(session).head.size >= wanted:
                    return True
        except NotInLogError:
            pass  # nothing signed yet
        time.sleep(_POLL_SECONDS)
    return False
