"""Texts with exact gold spans, from `data/texts_SPLIT.yaml`: values put into templates.

An upper-case slot `{TYPE}` or `{TYPE:form}` becomes a gold span over the whole written value; a lower-case slot is
filler that is nobody's data, or one that may be told or not (OPTIONAL), such as a surname beside a title.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import yaml

from bench.classification import identifiers as ids
from bench.classification import people
from bench.classification.dirt import FULL_WIDTH
from bench.classification.kinds import KINDS
from bench.classification.wider import MORE
from bench.classification.worlds import DATA, WIDER, World

COPIES = 6
SLOT = re.compile(r"\{([A-Z_]+(?::[a-z]+)?|[a-z]+[0-9]*)\}")
PERSON_ONLY = {"tune": ("news_prose", "resumes"), "test": ("press_prose", "biographies")}

Maker = Callable[[World], str]


@dataclass(frozen=True, slots=True)
class Gold:
    """A span of the truth; an optional one may be told or not."""

    start: int
    end: int
    label: str
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its truth."""

    family: str
    text: str
    language: str
    spans: tuple[Gold, ...]


def _phone(w: World) -> str:
    number = ids.mobile(w.rng)
    split = f"{number[:3]}-{number[3:7]}-{number[7:]}"
    forms = (number, split, split.replace("-", " "), f"+86{number}", f"+86 {number}", f"0086-{number}")
    return w.rng.choices(forms, weights=(60, 8, 10, 8, 8, 6))[0]


def _phone_abroad(w: World) -> str:
    number = ids.mobile(w.rng)
    return w.rng.choice([f"+86 {number}", f"+86 {number[:3]} {number[3:7]} {number[7:]}", f"+86-{number}"])


def _card(w: World) -> str:
    number = ids.bank_card(w.rng)
    grouped = " ".join(number[at : at + 4] for at in range(0, len(number), 4))
    return grouped if w.rng.random() < 0.35 else number


def _plate(w: World) -> str:
    make = ids.plate if w.rng.random() < 0.75 else ids.plate_energy
    return make(w.rng, w.rng.choice(["", "", "", "·", " "]))


def _birth(w: World) -> str:
    return w.rng.choice([KINDS["birth"], KINDS["birth_slash"], KINDS["birth_zh"]]).make(w)


def _amount(w: World) -> str:
    return w.rng.choice([f"{w.rng.randint(100, 99999)}", f"{w.rng.uniform(10, 99999):,.2f}"])


GOLD: dict[str, Maker] = {
    "PERSON": people.name_any,
    "PERSON:three": people.name_three,
    "PERSON:english": people.name_english,
    "PERSON:pinyin": people.name_pinyin,
    "PERSON:minority": lambda w: w.pick("minority"),
    "PERSON:japanese": lambda w: w.pick("japanese"),
    "PHONE": _phone,
    "PHONE:landline": lambda w: ids.landline(w.rng),
    "PHONE:intl": _phone_abroad,
    "PHONE:full": lambda w: ids.mobile(w.rng).translate(FULL_WIDTH),
    "ID_CARD": lambda w: ids.id_card(w.rng),
    "ID_CARD:lower": lambda w: ids.id_card(w.rng).lower(),
    "ID_CARD:full": lambda w: ids.id_card(w.rng).translate(FULL_WIDTH),
    "PASSPORT": lambda w: ids.passport(w.rng),
    "TRAVEL_PERMIT": lambda w: ids.travel_permit(w.rng),
    "TRAVEL_PERMIT:home": lambda w: ids.home_return(w.rng),
    "FOREIGNER_PR": lambda w: w.rng.choice([ids.foreigner_pr, ids.foreigner_pr_2017])(w.rng),
    "BANK_CARD": _card,
    "EMAIL": people.email,
    "WECHAT": people.wechat,
    "QQ": people.qq,
    "ADDRESS": people.address_any,
    "ADDRESS:road": lambda w: w.pick("city") + w.pick("district") + w.pick("road") + f"{w.rng.randint(1, 900)}号",
    "ADDRESS:short": people.address_short,
    "ADDRESS:english": people.address_english,
    "POSTCODE": KINDS["postcode"].make,
    "DATE_OF_BIRTH": _birth,
    "DATE_OF_BIRTH:zh": KINDS["birth_zh"].make,
    "POLICY_NO": people.policy_no,
    "CLAIM_NO": people.claim_no,
    "CUSTOMER_NO": people.customer_no,
    "EMPLOYEE_NO": people.employee_no,
    "LICENSE_NO": people.licence_no,
    "PLATE": _plate,
    "PLATE:dot": lambda w: ids.plate(w.rng, "·"),
    "PLATE:energy": lambda w: ids.plate_energy(w.rng),
    "VIN": lambda w: ids.vin(w.rng),
    "MEDICAL": people.diagnosis,
    "HOSPITAL": lambda w: w.pick("hospital"),
    "IP": lambda w: ids.ipv4(w.rng),
    "IP:six": lambda w: ids.ipv6(w.rng),
    "MAC": lambda w: ids.mac(w.rng, w.rng.choice(":-")),
    "IMEI": lambda w: ids.imei(w.rng),
    "USCC": lambda w: ids.uscc(w.rng),
    "AUTH_SECRET:otp": lambda w: ids.digits(w.rng, 6),
    "AUTH_SECRET:password": KINDS["password"].make,
}
FILLERS: dict[str, Maker] = {
    "sur": lambda w: w.pick("surname"),
    "product": lambda w: w.pick("product"),
    "branch": lambda w: w.pick("branch"),
    "city": lambda w: w.pick("city"),
    "province": lambda w: w.pick("province"),
    "org": people.organisation,
    "school": lambda w: w.pick("school"),
    "amount": _amount,
    "date": KINDS["date"].make,
    "isodate": KINDS["date"].make,
    "year": lambda w: str(w.rng.randint(1955, 2020)),
    "n": lambda w: str(w.rng.randint(2, 60)),
    "order11": lambda w: w.rng.choice("23456789") + ids.digits(w.rng, 10),
    "seq13": lambda w: "20" + ids.digits(w.rng, 11),
    "seq18": KINDS["seq_18"].make,
    "epoch": KINDS["epoch"].make,
    "hex32": lambda w: ids.hexadecimal(w.rng, 32),
    "ill": lambda w: w.pick("disease"),
    "lng": lambda w: f"{w.rng.uniform(100, 122):.4f}",
    "lat": lambda w: f"{w.rng.uniform(22, 40):.4f}",
}
_MAKERS = GOLD | FILLERS | MORE
OPTIONAL = {"sur": "PERSON", "ill": "MEDICAL", "lng": "GEO", "lat": "GEO", "hex32": "HASH"}


def fill(template: str, world: World) -> tuple[str, tuple[Gold, ...]]:
    """Give the text of a template and its spans in order."""
    parts, spans, length, at = [], [], 0, 0
    for slot in SLOT.finditer(template):
        name = slot[1]
        value = _MAKERS[name](world)
        parts += [template[at : slot.start()], value]
        start = length + slot.start() - at
        length, at = start + len(value), slot.end()
        label = name.partition(":")[0] if name[0].isupper() else OPTIONAL.get(name)
        if label:
            spans.append(Gold(start, length, label, name in OPTIONAL))
    return "".join((*parts, template[at:])), tuple(spans)


def read_families(split: str) -> dict[str, list[str]]:
    """Give the templates of each family of a split."""
    name = "texts_wider" if split in WIDER else f"texts_{split}"
    read = yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    families: dict[str, list[str]] = read[split] if split in WIDER else read
    return families


def make_texts(split: str, seed: int, copies: int = COPIES) -> list[Text]:
    """Give every template of a split, filled `copies` times."""
    made = []
    for family, templates in read_families(split).items():
        for number, template in enumerate(templates):
            for copy in range(copies):
                rng = Random(f"{seed}/{split}/{family}/{number}/{copy}")
                text, spans = fill(template, World(rng, split, f"{seed}/{split}/{copy}"))
                made.append(Text(family, text, "zh" if re.search(r"[\u4e00-\u9fff]", template) else "en", spans))
    return made
