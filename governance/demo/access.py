"""Thirty days of access events with a few attacks among them, for loss monitoring to find.

Ordinary people work in their shift on their own datasets and purposes. The attacks are known and listed apart.
"""

# ruff: noqa: PLR2004 -- shares, sizes and hours of an invented story; a name for each would tell no more

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np

from governance.demo.attacks import CANARY, stage_attacks
from governance.demo.desks import DESKS, SHIFTS, Desk, Event, Seat, Touch, access_event
from governance.demo.identifiers import hex_texts
from governance.demo.writers import write_jsonl

TOPIC = 51
DAYS = 30
ZONE = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Access:
    """What was written: events, context, and where the attacks are."""

    events: Path
    context: Path
    answers: Path
    count: int


def write_access(folder: Path, seed: int, scale: int, as_of: date) -> Access:
    """Write events, context and the list of attacks; the last day of the events is the day before `as_of`."""
    rng = np.random.default_rng([seed, TOPIC])
    start = datetime(as_of.year, as_of.month, as_of.day, tzinfo=ZONE) - timedelta(days=DAYS)
    pool = hex_texts(rng, max(200, scale // 4), 8)
    desks = [desk for desk in DESKS for _ in range(desk.count)]
    places = [n for desk in DESKS for n in range(desk.count)]
    seats = [
        Seat(desk, f"{desk.role}-{place + 1:02d}", n) for n, (desk, place) in enumerate(zip(desks, places, strict=True))
    ]
    quiet = min(1.0, max(0.2, scale / 20000))
    attacks = stage_attacks(rng, {seat.user: seat for seat in seats}, start, pool)
    usual = [event for seat in seats for event in _work(rng, seat, start, pool, quiet)]
    told = sorted(
        usual + [event for found in attacks.values() for event in found],
        key=lambda event: (str(event["ts"]), str(event["user"]), str(event["dataset"])),
    )
    names = {id(event): f"a{number:06d}" for number, event in enumerate(told)}
    answers = folder.parent / "answers" / "access-attacks.json"
    paths = Access(folder / "access-events.jsonl", folder / "context.json", answers, len(told))
    folder.mkdir(parents=True, exist_ok=True)
    write_jsonl(paths.events, [{"id": names[id(event)], **event} for event in told])
    _write_json(paths.context, _context(seats, start))
    _write_json(paths.answers, {kind: [names[id(event)] for event in found] for kind, found in attacks.items()})
    return paths


def _work(rng: np.random.Generator, seat: Seat, start: datetime, pool: list[str], quiet: float) -> list[Event]:
    events: list[Event] = []
    opens, closes = SHIFTS[seat.desk.shift]
    for day in range(DAYS):
        morning = start + timedelta(days=day)
        if morning.weekday() >= 5 and seat.desk.shift == "day":
            continue
        times = rng.integers(opens * 3600 + 300, closes * 3600 - 300, rng.poisson(seat.desk.daily * quiet))
        moments: list[int] = np.sort(times).tolist()
        events += [
            access_event(seat, morning + timedelta(seconds=second), _touch(rng, seat.desk, pool)) for second in moments
        ]
    return events


def _touch(rng: np.random.Generator, desk: Desk, pool: list[str]) -> Touch:
    """Draw one ordinary access; people mistype now and then and are refused."""
    dataset, fields = desk.datasets[rng.integers(0, len(desk.datasets))]
    if rng.random() < 0.012:
        return Touch(dataset, fields, 0, (), outcome="deny")
    many = int(max(1, rng.poisson(desk.subjects)))
    return Touch(dataset, fields, many, tuple(pool[i] for i in rng.integers(0, len(pool), min(16, many))))


def _context(seats: list[Seat], start: datetime) -> dict[str, object]:
    return {
        "start": start.isoformat(),
        "holidays": [],
        "workdays": [],
        "shifts": SHIFTS,
        "users": [
            {"user": seat.user, "role": seat.desk.role, "shift": seat.desk.shift, "net": f"10.20.{seat.number}."}
            for seat in seats
        ],
        "role_purposes": {desk.role: [desk.purpose] for desk in DESKS},
        "role_datasets": {desk.role: [name for name, _ in desk.datasets] for desk in DESKS},
        "grants": [
            {"user": seat.user, "purpose": seat.desk.purpose, "first_day": 0, "last_day": DAYS} for seat in seats
        ],
        "approved_exports": [{"user": "marketer-01", "dataset": "campaign.targets", "weekday": 0, "subjects": 3000}],
        "canaries": [CANARY],
    }


def _write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
