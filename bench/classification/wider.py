"""Further written forms for the widening set: addresses of more shapes, secrets, numbers with their cue left out."""

from collections.abc import Callable

from bench.classification import identifiers as ids
from bench.classification import people
from bench.classification.kinds import dated
from bench.classification.worlds import World


def _lane(w: World) -> str:
    n = w.rng.randint
    return w.pick("city") + w.pick("district") + w.pick("road") + f"{n(1, 900)}弄{n(1, 60)}号{n(101, 2602)}室"


def _tower(w: World) -> str:
    n = w.rng.randint
    return (
        w.pick("city")
        + w.pick("district")
        + w.pick("road")
        + f"{n(1, 900)}号{w.pick('tower')}{w.rng.choice('ABC')}座{n(2, 38)}层{n(1001, 3810)}"
    )


def _bare(w: World) -> str:
    n = w.rng.randint
    home = w.rng.choice([f"{n(1, 40)}栋{n(1, 4)}单元{n(101, 2602)}", f"{n(1, 40)}号楼{n(101, 2602)}室"])
    return w.pick("estate") + home


def _rural(w: World) -> str:
    n = w.rng.randint
    head = w.pick("province") + w.pick("county") + w.pick("town")
    return head + w.pick("village") + w.rng.choice([f"{n(1, 12)}组", f"{n(1, 9)}队{n(1, 99)}号", f"{n(1, 300)}号"])


def _campus(w: World) -> str:
    n = w.rng.randint
    return w.pick("city") + w.pick("road") + f"{n(1, 900)}号{w.pick('school')}{n(1, 20)}号宿舍楼{n(101, 640)}"


def _city(w: World) -> str:
    n = w.rng.randint
    return w.pick("city") + w.pick("district") + w.pick("estate") + f"{n(1, 40)}幢{n(1, 4)}单元{n(101, 2602)}室"


def _cross(w: World) -> str:
    return w.pick("district") + w.pick("road") + "与" + w.pick("road") + "交叉口"


MORE: dict[str, Callable[[World], str]] = {
    "ADDRESS:lane": _lane,
    "ADDRESS:tower": _tower,
    "ADDRESS:bare": _bare,
    "ADDRESS:rural": _rural,
    "ADDRESS:campus": _campus,
    "ADDRESS:city": _city,
    "ADDRESS:cross": _cross,
    "AUTH_SECRET:key": lambda w: w.rng.choice(["sk-", "AK", "key_"]) + ids.hexadecimal(w.rng, 32),
    "AUTH_SECRET:jwt": lambda w: f"eyJhbGciOiJIUzI1NiJ9.eyJ{ids.hexadecimal(w.rng, 24)}.{ids.hexadecimal(w.rng, 40)}",
    "AUTH_SECRET:cvv": lambda w: ids.digits(w.rng, 3),
    "CLAIM_NO:digits": lambda w: "9" + ids.digits(w.rng, 17),
    "CUSTOMER_NO:cue": people.customer_no,
    "DATE_OF_BIRTH:iso": dated(1950, 2015, "%Y-%m-%d"),
    "DATE_OF_BIRTH:en": lambda w: dated(1950, 2015, w.rng.choice(["%d %B %Y", "%B %d, %Y", "%m/%d/%Y"]))(w),
    "POLICY_NO:long": lambda w: w.rng.choice(["P", "PDAA", "88", ""]) + "20" + ids.digits(w.rng, 14),
    "POSTCODE:cue": lambda w: w.rng.choice("01234567") + ids.digits(w.rng, 5),
    "QQ:cue": lambda w: str(w.rng.randint(10**8, 10**10 - 1)),
    "TRAVEL_PERMIT:taiwan": lambda w: ids.digits(w.rng, 8),
}
