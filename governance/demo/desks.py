"""Who works at the demo insurer's desks, and what one access of theirs looks like as an event."""

from dataclasses import dataclass
from datetime import UTC, datetime

Event = dict[str, object]
SHIFTS = {"day": [9, 18], "late": [8, 22], "night": [20, 30]}


@dataclass(frozen=True, slots=True)
class Desk:
    """What one role does all day."""

    role: str
    count: int
    shift: str
    purpose: str
    datasets: tuple[tuple[str, tuple[str, ...]], ...]
    daily: float
    subjects: float
    level: str


DESKS = (
    Desk(
        "claims_handler",
        6,
        "day",
        "claims",
        (("claims.claims", ("claim_no", "diagnosis", "claim_amount")), ("claims.documents", ("claim_no", "ocr_text"))),
        26,
        1.6,
        "raw",
    ),
    Desk(
        "service_agent",
        8,
        "late",
        "policy_service",
        (("core.customers", ("customer_no", "full_name", "mobile")), ("core.policies", ("policy_no", "status"))),
        30,
        1.2,
        "raw",
    ),
    Desk(
        "marketer",
        4,
        "day",
        "marketing",
        (("crm.customers", ("姓名", "手机号码")), ("campaign.targets", ("segment", "channel"))),
        9,
        240,
        "application",
    ),
    Desk(
        "analyst",
        3,
        "day",
        "risk_modelling",
        (("core.policies", ("policy_no", "premium")), ("underwriting.decisions", ("risk_score",))),
        7,
        1800,
        "intermediate",
    ),
    Desk(
        "actuary",
        2,
        "day",
        "actuarial_statistics",
        (("core.policies", ("premium", "sum_insured")),),
        5,
        4000,
        "application",
    ),
    Desk(
        "fraud_investigator",
        2,
        "night",
        "fraud_detection",
        (("claims.claims", ("claim_no", "claim_amount")), ("payments.transactions", ("card_no",))),
        14,
        3,
        "intermediate",
    ),
)


@dataclass(frozen=True, slots=True)
class Seat:
    """One person at a desk; `number` gives the network and the device."""

    desk: Desk
    user: str
    number: int


@dataclass(frozen=True, slots=True)
class Touch:
    """What one access touches; `None` means as at this desk."""

    dataset: str
    fields: tuple[str, ...]
    subjects: int
    shown: tuple[str, ...]
    action: str = "query"
    outcome: str = "allow"
    purpose: str | None = None
    client: str | None = None


def access_event(seat: Seat, moment: datetime, touch: Touch) -> Event:
    """Give the event, without its id, in the form that `mingjing dlp replay` reads."""
    day = moment.astimezone(UTC).strftime("%Y%m%d")
    return {
        "ts": moment.isoformat(),
        "user": seat.user,
        "role": seat.desk.role,
        "purpose": touch.purpose or seat.desk.purpose,
        "dataset": touch.dataset,
        "fields": list(touch.fields),
        "subjects": touch.subjects,
        "subject_hash": list(touch.shown),
        "level": seat.desk.level,
        "action": touch.action,
        "outcome": touch.outcome,
        "session": f"s-{seat.user}-{day}",
        "client": touch.client or f"10.20.{seat.number}.{10 + seat.number % 5}",
        "device": f"dev-{seat.number:03d}",
    }
