"""How fast recorded decisions are replayed against a draft, beside judging each of them one by one.

Run: python bench/what_if.py [decisions]
"""

import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from governance import register
from governance.house import House, open_house
from governance.journeys.apply import apply_world
from governance.journeys.callers import OWNER
from governance.journeys.drafts import Draft, side_of
from governance.journeys.facts import Asked
from governance.journeys.sides import Side
from governance.journeys.what_if import what_if
from governance.settings import Settings
from storage import new_id, read_only, unit_of_work
from tests.desk_world import lay_out_desk

NOW = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
FIELDS = ("customer_no", "name", "phone", "id_no", "income", "city")
WISHES = [
    (who, purpose, tuple(name for bit, name in enumerate(FIELDS) if mask >> bit & 1))
    for who, purpose in (("zhou", "care"), ("zhou", "outreach"), ("lin", "study"))
    for mask in range(1, 64)
]


def recorded(number: int) -> register.RecordedDecision:
    who, purpose, names = WISHES[number % len(WISHES)]
    fields = [{"name": name, "outcome": "allow", "form": "raw", "reasons": []} for name in names]
    body = {"purpose": purpose, "case": None, "datasets": [{"dataset": "desk.customers", "fields": fields}]}
    at = NOW - timedelta(seconds=number % 2_000_000)
    return register.RecordedDecision(new_id(at), who, "allow", body, "e", at)


def main() -> None:
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder)
        with open_house(Settings(data_dir=where / "var"), clock=lambda: NOW) as house:
            apply_world(house, "owner", lay_out_desk(where))
            for start in range(0, total, 5000):
                with unit_of_work(house.engine) as session:
                    for number in range(start, min(total, start + 5000)):
                        register.add_decision(session, recorded(number))
            with read_only(house.engine) as session:
                grant = next(
                    one for one in register.list_grants(session) if "phone" in one.forms and one.purpose == "care"
                )
            draft = Draft(narrow={grant.id: ("phone",)})
            found = what_if(house, OWNER, draft, 30)
            single = one_by_one(house, draft, 2000)
    rate = found.decisions / found.seconds
    print(f"{found.decisions} decisions of {found.shapes} shapes in {found.seconds:.2f} s: {rate:,.0f} decisions/s")
    print(f"{rate / single:.0f} x judging each by itself ({single:,.0f}/s, both sides, nothing read from the database)")
    print(f"flips: {found.count('allow_to_deny')} allow to deny")


def one_by_one(house: House, draft: Draft, count: int) -> float:
    with read_only(house.engine) as session:
        now = Side(house, session, house.book(session), house.release(session), NOW)
        then = side_of(draft, now)
        started = time.perf_counter()
        for number in range(count):
            who, purpose, names = WISHES[number % len(WISHES)]
            caller = now.caller(who)
            assert caller is not None
            for side in (now, then):
                side.decide(Asked(caller, purpose, None, NOW), "desk.customers", names)
        return count / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
