"""The attacks hidden in the demo's access events."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np

from governance.demo.desks import Event, Seat, Touch, access_event

CANARY = "feedfacecafe0001"
OUTSIDE = "203.0.113.77"


def stage_attacks(
    rng: np.random.Generator, seats: Mapping[str, Seat], start: datetime, pool: Sequence[str]
) -> dict[str, list[Event]]:
    """Give the events of each attack by its kind.

    Five kinds: an export by night, one customer after another at machine speed, a touched decoy, a burst of refusals
    on a foreign dataset, and medical reads by night from an unknown network.
    """

    def some(count: int) -> tuple[str, ...]:
        return tuple(pool[i] for i in rng.integers(0, len(pool), count))

    def spread(user: str, day: int, hour: int, pause: int, touches: Sequence[Touch]) -> list[Event]:
        first = start + timedelta(days=day, hours=hour, seconds=17)
        return [access_event(seats[user], first + timedelta(seconds=pause * n), t) for n, t in enumerate(touches)]

    dump = Touch("crm.customers", ("姓名", "手机号码"), 18_500, some(16), action="export")
    crawl = [Touch("core.customers", ("customer_no", "full_name", "mobile"), 1, some(1)) for _ in range(260)]
    bait = Touch("claims.claims", ("claim_no",), 1, (CANARY,))
    stray = Touch("underwriting.declarations", ("disclosure",), 0, (), outcome="deny", purpose="underwriting")
    elsewhere = [Touch("claims.claims", ("diagnosis",), 40, some(16), client=OUTSIDE) for _ in range(6)]
    return {
        "bulk_export": spread("marketer-02", 16, 3, 1, [dump]),
        "enumeration": spread("service_agent-05", 19, 14, 4, crawl),
        "canary": spread("claims_handler-03", 22, 11, 1, [bait]),
        "denied_burst": spread("service_agent-02", 24, 10, 40, [stray] * 24),
        "odd_hours_new_network": spread("claims_handler-05", 26, 2, 600, elsewhere),
    }
