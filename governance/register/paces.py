"""How often something may be done: so many times an hour for each scope, kept in the database for all processes.

The generic cell rate algorithm: one instant for each scope says when all earlier acts will have been worked off.
Scopes are stored as keyed hashes.
Source: ITU-T I.371, annex A.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil

from sqlmodel import Session

from governance.register.tables import PaceRow

_HOUR = timedelta(hours=1)


def take_turn(session: Session, scopes: Mapping[str, int], now: datetime) -> int:
    """Count one act in every scope, or in none.

    Args:
        scopes: the hash of each scope, and how many acts an hour it may have; all of them may come at once.
        now: the instant of the act.

    Returns:
        0, or in how many seconds the act may be tried again.
    """
    waits, due = [0.0], {}
    for scope, hourly in sorted(scopes.items()):
        row = session.get(PaceRow, scope, with_for_update=True)
        busy_until = max(row.busy_until, now) if row is not None else now
        after = busy_until + _HOUR / hourly
        waits.append((after - now - _HOUR).total_seconds())
        due[scope] = after
    if (wait := max(waits)) > 0:
        return ceil(wait)
    for scope, after in due.items():
        session.merge(PaceRow(scope_hash=scope, busy_until=after))
    session.flush()
    return 0
