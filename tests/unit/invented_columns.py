"""Invented columns for judging the classifier: every type in several written systems, headers in four styles.

Two families: `tuning`, at which the rules were looked at, and `held_out`, whose headers, vocabulary and number systems
differ. Identity numbers use district 99 (never assigned); names are drawn from characters by chance.
"""

import random
import string
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import yaml

from classification.validators import gb11643, gb16735, gb32100, luhn

Make = Callable[[random.Random], object]


@dataclass(frozen=True, slots=True)
class InventedColumn:
    name: str
    truth: str
    values: pa.Array
    style: str


_WORDS = yaml.safe_load((Path(__file__).parent / "data" / "invented_columns.yaml").read_text(encoding="utf-8"))
SURNAMES, GIVEN, PLACES = _WORDS["surnames"], _WORDS["given"], _WORDS["places"]
ROADS, ILLS, JOBS = _WORDS["roads"], _WORDS["illnesses"], _WORDS["occupations"]
HEADERS: dict[str, dict[str, list[str]]] = _WORDS["headers"]


def _pick(random_: random.Random, items: object) -> str:
    return random_.choice(items)  # type: ignore[call-overload,no-any-return]  # strings and lists alike


def _digits(random_: random.Random, count: int) -> str:
    return "".join(random_.choice(string.digits) for _ in range(count))


def _day(random_: random.Random, first: int, last: int) -> date:
    return date(first, 1, 1) + timedelta(days=random_.randrange((last - first + 1) * 365))


def person(random_: random.Random, family: str) -> str:
    return _pick(random_, SURNAMES[family]) + "".join(
        _pick(random_, GIVEN[family]) for _ in range(random_.choice((1, 2, 2)))
    )


def identity(random_: random.Random) -> str:
    body = (
        f"{_pick(random_, ['11', '31', '44', '33', '51'])}0199{_day(random_, 1945, 2006):%Y%m%d}{_digits(random_, 3)}"
    )
    return body + gb11643.check_character(body)


def permanent(random_: random.Random) -> str:
    body = f"931156{_day(random_, 1950, 2000):%Y%m%d}{_digits(random_, 3)}"
    return body + gb11643.check_character(body)


def mobile(random_: random.Random) -> str:
    return _pick(random_, ["138", "139", "150", "187", "166", "199", "176"]) + "00" + _digits(random_, 6)


def card(random_: random.Random) -> str:
    body = _pick(random_, ["622848", "621700", "625912", "436742"]) + _digits(random_, 12)
    return next(body + str(d) for d in range(10) if luhn.passes_luhn(body + str(d)))


def imei(random_: random.Random) -> str:
    body = "86" + _digits(random_, 12)
    return next(body + str(d) for d in range(10) if luhn.passes_luhn(body + str(d)))


def vehicle(random_: random.Random) -> str:
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
    body = "L" + "".join(_pick(random_, letters) for _ in range(12)) + _digits(random_, 4)
    return next(found for c in "0123456789X" if gb16735.is_vehicle_number(found := body[:8] + c + body[9:]))


def credit_code(random_: random.Random) -> str:
    body = "91" + _pick(random_, ["110199", "310199"]) + _digits(random_, 8) + _pick(random_, string.digits + "X")
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = body.replace("X", "9")
    return next(body + c for c in alphabet if gb32100.is_credit_code(body + c))


def plate(random_: random.Random, family: str) -> str:
    place = _pick(random_, "京沪粤浙苏" if family == "tuning" else "鄂鲁川闽陕") + _pick(random_, "ABCDE")
    dot = "" if family == "tuning" else _pick(random_, ["·", "", " "])
    if random_.random() < 0.3:
        return f"{place}{dot}D{_digits(random_, 5)}"
    return place + dot + "".join(_pick(random_, "ABCDEFGHJKLMNP0123456789") for _ in range(5))


def address(random_: random.Random, family: str) -> str:
    where = "".join(_pick(random_, PLACES[family]))
    house = f"{random_.randrange(1, 300)}号{random_.randrange(1, 30)}栋{random_.randrange(101, 2900)}室"
    return where + _pick(random_, ROADS[family]) + house


def remark(random_: random.Random, family: str) -> str:
    who = person(random_, family)
    return _pick(
        random_,
        [
            f"客户{who}来电咨询续保，回拨{mobile(random_)}。",
            f"{who}先生要求修改通讯地址为{address(random_, family)}，已受理",
            "已电话回访，客户满意，无其他问题。",
            f"患者因{_pick(random_, ILLS[family])}住院，理赔资料已补齐，请尽快处理",
            f"邮件发到 {_pick(random_, ['aa', 'bb', 'cc'])}{_digits(random_, 4)}@mail.example ，谢谢",
        ],
    )


def makers(family: str) -> dict[str, Make]:
    tuning = family == "tuning"
    return {
        "PERSON": lambda r: person(r, family),
        "ID_CARD": identity,
        "PASSPORT": lambda r: "E" + _digits(r, 8) if tuning else _pick(r, ["EA", "EB", "EJ"]) + _digits(r, 7),
        "TRAVEL_PERMIT": lambda r: _pick(r, "HM") + _digits(r, 8 if tuning else 10),
        "FOREIGNER_PR": permanent,
        "PHONE": lambda r: mobile(r) if tuning else f"+86 {mobile(r)}" if r.random() < 0.4 else mobile(r),
        "PHONE_MASKED": lambda r: f"138****{_digits(r, 4)}",
        "EMAIL": lambda r: f"u{_digits(r, 5)}@{'mail' if tuning else 'corp.mail'}.example",
        "WECHAT": lambda r: "wxid_" + "".join(_pick(r, string.ascii_lowercase) for _ in range(12)),
        "ADDRESS": lambda r: address(r, family),
        "DATE_OF_BIRTH": lambda r: _day(r, 1945, 2005).isoformat() if tuning else f"{_day(r, 1945, 2005):%Y/%m/%d}",
        "GENDER": lambda r: _pick(r, "男女") if tuning else _pick(r, "MF"),
        "MARITAL_STATUS": lambda r: _pick(
            r, ["未婚", "已婚", "离异"] if tuning else ["已婚", "未婚", "离婚", "丧偶", "其他"]
        ),
        "SCHOOL": lambda r: (
            _pick(r, "东西南北江海")
            + _pick(r, "城山河湖")
            + _pick(r, ["大学", "学院"] if tuning else ["第一中学", "实验小学", "理工大学"])
        ),
        "OCCUPATION": lambda r: _pick(r, JOBS[family]),
        "BANK_CARD": card,
        "MEDICAL": lambda r: _pick(r, ILLS[family]),
        "HOSPITAL": lambda r: (
            _pick(r, "东西南北江")
            + _pick(r, "城山河湖海")
            + _pick(r, ["人民医院", "中心医院"] if tuning else ["妇幼保健院", "中医院", "区卫生服务中心"])
        ),
        "PLATE": lambda r: plate(r, family),
        "VIN": vehicle,
        "IP": lambda r: ".".join(str(r.randrange(1, 255)) for _ in range(4)),
        "MAC": lambda r: (":" if tuning else "-").join(f"{r.randrange(256):02X}" for _ in range(6)),
        "IMEI": imei,
        "URL": lambda r: f"https://www.shop{_digits(r, 2)}.example/p/{_digits(r, 6)}",
        "HASH": lambda r: "".join(_pick(r, "0123456789abcdef") for _ in range(32 if tuning else 64)),
        "GEO": lambda r: f"{r.uniform(80, 130):.6f},{r.uniform(20, 50):.6f}",
        "RELATIONSHIP": lambda r: _pick(
            r, ["本人", "配偶", "子女", "父母"] if tuning else ["父子", "母女", "夫妻", "本人", "其他"]
        ),
        "AUTH_SECRET": lambda r: "$2b$12$" + "".join(_pick(r, string.ascii_letters + string.digits) for _ in range(53)),
        "BIOMETRIC": lambda r: "[" + ",".join(f"{r.uniform(-1, 1):.5f}" for _ in range(32)) + "]",
        "USCC": credit_code,
        "ORGANIZATION": lambda r: (
            _pick(r, "东西南北华")
            + _pick(r, "城山河湖通")
            + _digits(r, 1)
            + _pick(r, ["科技有限公司", "贸易有限公司"] if tuning else ["集团股份有限公司", "律师事务所", "机械厂"])
        ),
        "FREE_TEXT": lambda r: remark(r, family),
        # Only a header names these.
        "POLICY_NO": lambda r: ("P" if tuning else "6801") + f"20{r.randrange(18, 26)}" + _digits(r, 10),
        "CLAIM_NO": lambda r: ("CLM" if tuning else "A88") + _digits(r, 10),
        "CUSTOMER_NO": lambda r: ("C" if tuning else "7") + _digits(r, 9),
        "EMPLOYEE_NO": lambda r: ("E" if tuning else "1") + _digits(r, 5),
        "LICENSE_NO": lambda r: "0000" + _digits(r, 22),
        "PREMIUM": lambda r: round(r.uniform(100, 9000), 2),
        "SUM_INSURED": lambda r: r.choice((100000, 200000, 300000, 500000, 1000000)),
        "CLAIM_AMOUNT": lambda r: round(r.uniform(100, 90000), 2),
        "INCOME": lambda r: r.randrange(30, 500) * 1000,
        "QQ": lambda r: str(r.randrange(10**6, 10**10)),
        "POSTCODE": lambda r: _pick(r, ["1", "2", "5"]) + _digits(r, 4) + "0",
        "HEALTH_DECLARATION": lambda r: _pick(
            r,
            ["无", "吸烟", "既往高血压", "否认家族史"]
            if tuning
            else ["不吸烟", "偶尔饮酒", "体检异常", "既往史：无", "有住院史"],
        ),
    }


NEEDS_HEADER = frozenset(
    (
        "POLICY_NO",
        "CLAIM_NO",
        "CUSTOMER_NO",
        "EMPLOYEE_NO",
        "LICENSE_NO",
        "PREMIUM",
        "SUM_INSURED",
        "CLAIM_AMOUNT",
        "INCOME",
        "QQ",
        "POSTCODE",
        "WECHAT",
        "PASSPORT",
        "TRAVEL_PERMIT",
    )
)

NOT_PERSONAL: dict[str, list[tuple[str, Make]]] = {
    "tuning": [
        ("phone_status", lambda r: r.choice((0, 1))),
        ("product_name", lambda r: _pick(r, ["安心百万医疗险", "康宁终身重疾险", "少儿年金计划"])),
        ("order_no", lambda r: "D" + _digits(r, 14)),
        ("status", lambda r: _pick(r, ["有效", "失效", "待支付"])),
        ("email_verified", lambda r: r.choice((0, 1))),
        ("create_time", lambda r: f"{_day(r, 2020, 2025)} {r.randrange(24):02d}:{r.randrange(60):02d}:00"),
        ("count", lambda r: r.randrange(100)),
        ("id_type", lambda r: _pick(r, ["01", "02", "03"])),
        ("branch", lambda r: _pick(r, ["北京分公司", "上海分公司", "杭州中心支公司"])),
        ("city", lambda r: _pick(r, ["杭州市", "南京市", "成都市", "武汉市"])),
        (
            "uuid",
            lambda r: (
                f"{r.getrandbits(32):08x}-{r.getrandbits(16):04x}-{r.getrandbits(16):04x}-{r.getrandbits(16):04x}-{r.getrandbits(48):012x}"
            ),
        ),
        ("effective_date", lambda r: _day(r, 2019, 2025).isoformat()),
    ],
    "held_out": [
        ("姓名校验结果", lambda r: _pick(r, ["通过", "不通过"])),
        ("手机号归属地", lambda r: _pick(r, ["江苏苏州", "山东青岛", "湖北武汉"])),
        ("name", lambda r: _pick(r, ["臻爱百万医疗险", "金满意足年金险", "车险商业第三者责任险"])),
        ("mobile", lambda r: _pick(r, ["SKU", "PRD"]) + _digits(r, 6)),
        ("id_card_flag", lambda r: _pick(r, "YN")),
        ("address_type", lambda r: _pick(r, ["住宅", "公司", "学校"])),
        ("phone_model", lambda r: _pick(r, ["Mate 60", "iPhone 15", "Mi 14"])),
        ("bank_name", lambda r: _pick(r, ["工商银行", "建设银行", "招商银行"])),
        ("保单状态", lambda r: _pick(r, ["有效", "中止", "终止", "满期"])),
        ("premium_rate", lambda r: round(r.uniform(0.1, 3.0), 3)),
        ("app_version", lambda r: f"{r.randrange(1, 9)}.{r.randrange(10)}.{r.randrange(10)}.{r.randrange(10)}"),
        ("登录次数", lambda r: r.randrange(1, 400)),
        ("流水号", lambda r: f"2025{_digits(r, 14)}"),
        ("customer_level", lambda r: _pick(r, ["金卡", "银卡", "白金"])),
        ("ts", lambda r: 1700000000 + r.randrange(10**7)),
        ("生日礼品发放标志", lambda r: r.choice((0, 1))),
        ("email", lambda r: _pick(r, ["已发送", "未发送", "退信"])),
        ("诊断状态码", lambda r: _pick(r, ["S1", "S2", "S3"])),
        ("f07", lambda r: round(r.gauss(0, 1), 4)),
        ("c12", lambda r: _pick(r, ["线上", "电销", "代理"])),
        ("注册时间", lambda r: f"{_day(r, 2018, 2025)}T{r.randrange(24):02d}:15:00"),
        ("身份证有效期", lambda r: _day(r, 2024, 2040).isoformat()),
        ("department", lambda r: _pick(r, ["理赔部", "客服中心", "精算部"])),
        ("score", lambda r: r.randrange(300, 850)),
    ],
}


def columns(family: str, seed: int, rows: int = 300) -> list[InventedColumn]:
    """Give every type under a Chinese, pinyin, English and opaque header, and columns that are not personal."""
    random_ = random.Random(seed)  # noqa: S311 -- invented data
    made = makers(family)
    found = []
    for truth, headers in HEADERS[family].items():
        for style, header in zip(("zh", "pinyin", "en", "opaque"), [*headers, f"f{len(found) % 97:02d}"], strict=True):
            if style == "opaque" and truth in NEEDS_HEADER | {"HEALTH_DECLARATION"}:
                continue
            values = [made[truth](random_) if random_.random() > 0.05 else None for _ in range(rows)]
            found.append(InventedColumn(header, truth, pa.array(values), style))
    for header, make in NOT_PERSONAL[family]:
        found.append(InventedColumn(header, "NONE", pa.array([make(random_) for _ in range(rows)]), "not personal"))
    return found
