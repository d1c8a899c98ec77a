"""Every kind of column: how a value is made, which primary types are right, which tiers.

The first tier is the one of `insurance-v1`; further ones are as defensible. Under the least is under-graded.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from bench.classification import identifiers as ids
from bench.classification import people
from bench.classification.worlds import World

CATEGORIES = {
    "name": "PERSON",
    "gov_id": "ID_CARD PASSPORT TRAVEL_PERMIT FOREIGNER_PR",
    "contact_phone": "PHONE PHONE_MASKED",
    "contact_email": "EMAIL WECHAT QQ",
    "address": "ADDRESS POSTCODE",
    "demographics": "DATE_OF_BIRTH GENDER MARITAL_STATUS SCHOOL",
    "occupation_income": "OCCUPATION INCOME",
    "policy_contract": "POLICY_NO SUM_INSURED CUSTOMER_NO",
    "payment_txn": "PREMIUM",
    "payment_account": "BANK_CARD",
    "claims_record": "CLAIM_NO CLAIM_AMOUNT",
    "medical_record": "MEDICAL HOSPITAL",
    "health_disclosure": "HEALTH_DECLARATION",
    "vehicle_driving": "PLATE VIN",
    "device_behaviour": "IP MAC IMEI URL HASH",
    "location_trace": "GEO",
    "relationship": "RELATIONSHIP",
    "auth_secret": "AUTH_SECRET",
    "biometric": "BIOMETRIC",
    "staff_data": "EMPLOYEE_NO LICENSE_NO",
    "conversation": "FREE_TEXT",
}
CATEGORY_OF = {kind: category for category, types in CATEGORIES.items() for kind in types.split()}
TIERS = {
    1: "USCC ORGANIZATION NONE",
    2: "PHONE_MASKED POSTCODE GENDER MARITAL_STATUS SCHOOL OCCUPATION SUM_INSURED CUSTOMER_NO"
    " PREMIUM IP MAC IMEI URL HASH RELATIONSHIP EMPLOYEE_NO LICENSE_NO",
    4: "MEDICAL HEALTH_DECLARATION AUTH_SECRET BIOMETRIC",
}
TIER_OF = {kind: tier for tier, types in TIERS.items() for kind in types.split()}

Maker = Callable[[World], str]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of column.

    Args:
        make: one value.
        types: the primary types that are right; the first is the best.
        tiers: the tiers that are right; the first is the best.
    """

    make: Maker
    types: tuple[str, ...]
    tiers: tuple[int, ...]


def coded(*words: str) -> Maker:
    """Give a maker that picks from a code list."""
    return lambda w: w.rng.choice(words)


def number(low: float, high: float, step: str = "0") -> Maker:
    """Give a maker of amounts; `step` is 0 for whole numbers, 2 for cents, k for round thousands."""

    def make(w: World) -> str:
        value = w.rng.uniform(low, high)
        return (
            f"{value:.2f}" if step == "2" else str(round(value, -3) if step == "k" else round(value)).removesuffix(".0")
        )

    return make


def dated(first: int, last: int, form: str) -> Maker:
    """Give a maker of dates between two years."""

    def make(w: World) -> str:
        since = timedelta(days=w.rng.randrange((last - first + 1) * 365))
        return (date(first, 1, 1) + since).strftime(form)

    return make


def note(pool: str) -> Maker:
    """Give a maker of free notes from a pool of templates; upper-case slots are personal."""
    slots: dict[str, Maker] = {
        "NAME": people.name, "PHONE": lambda w: ids.mobile(w.rng), "ADDRESS": people.address,
        "DISEASE": people.diagnosis, "HOSPITAL": lambda w: w.pick("hospital"), "ID": lambda w: ids.id_card(w.rng),
        "n": lambda w: str(w.rng.randint(1, 30)), "product": lambda w: w.pick("product"),
        "branch": lambda w: w.pick("branch"),
    }  # fmt: skip

    def make(w: World) -> str:
        text = w.pick(pool)
        for slot, maker in slots.items():
            while f"{{{slot}}}" in text:
                text = text.replace(f"{{{slot}}}", maker(w), 1)
        return text

    return make


def _masked_phone(w: World) -> str:
    phone = ids.mobile(w.rng)
    return f"{phone[:3]}****{phone[-4:]}"


def _jwt(w: World) -> str:
    return f"eyJhbGciOiJIUzI1NiJ9.{w.rng.randbytes(20).hex()}.{w.rng.randbytes(16).hex()}"


def _postcode(w: World) -> str:
    return w.rng.choice("01234567") + ids.digits(w.rng, 3) + "0" + ids.digits(w.rng, 1)


def _password(w: World) -> str:
    return w.rng.choice("abkz") + ids.hexadecimal(w.rng, 5) + w.rng.choice("!@#$") + w.pick("pinyin").title()


def _url(w: World) -> str:
    site, page = w.habit("site").choice(["yunhai", "beichen", "anxin"]), w.rng.choice(["detail", "cart", "claim"])
    return f"https://m.{site}.example/p/{page}?id={ids.digits(w.rng, 6)}"


def of(make: Maker, types: str, *tiers: int) -> Kind:
    """Give a kind of column by its right types and tiers."""
    names = tuple(types.split())
    return Kind(make, names, tiers or (TIER_OF.get(names[0], 3),))


def _any(w: World) -> str:
    return ids.passport(w.rng) if w.rng.random() < 0.5 else ids.travel_permit(w.rng)


PERSONAL: dict[str, Kind] = {
    "person": of(people.name, "PERSON"),
    "person_en": of(people.name_english, "PERSON"),
    "person_py": of(people.name_pinyin, "PERSON"),
    "id_card": of(lambda w: ids.id_card(w.rng), "ID_CARD"),
    "id_15": of(lambda w: ids.id_card_15(w.rng), "ID_CARD"),
    "id_mixed": of(lambda w: ids.id_card(w.rng) if w.rng.random() < 0.85 else _any(w), "ID_CARD"),
    "residence": of(lambda w: ids.residence_permit(w.rng), "TRAVEL_PERMIT ID_CARD"),
    "passport": of(lambda w: ids.passport(w.rng), "PASSPORT"),
    "home_return": of(lambda w: ids.home_return(w.rng), "TRAVEL_PERMIT"),
    "travel": of(lambda w: ids.travel_permit(w.rng), "TRAVEL_PERMIT"),
    "pr": of(lambda w: ids.foreigner_pr(w.rng), "FOREIGNER_PR"),
    "pr_2017": of(lambda w: ids.foreigner_pr_2017(w.rng), "FOREIGNER_PR"),
    "phone": of(lambda w: ids.mobile(w.rng), "PHONE"),
    "landline": of(lambda w: ids.landline(w.rng), "PHONE"),
    "phone_mixed": of(lambda w: ids.mobile(w.rng) if w.rng.random() < 0.7 else ids.landline(w.rng), "PHONE"),
    "phone_masked": of(_masked_phone, "PHONE_MASKED"),
    "email": of(people.email, "EMAIL"),
    "wechat": of(people.wechat, "WECHAT"),
    "qq": of(people.qq, "QQ"),
    "address": of(people.address_any, "ADDRESS"),
    "address_part": of(people.address_part, "ADDRESS"),
    "postcode": of(_postcode, "POSTCODE"),
    "birth": of(dated(1948, 2012, "%Y-%m-%d"), "DATE_OF_BIRTH"),
    "birth_compact": of(dated(1950, 2005, "%Y%m%d"), "DATE_OF_BIRTH"),
    "birth_slash": of(dated(1950, 2005, "%Y/%m/%d"), "DATE_OF_BIRTH"),
    "birth_zh": of(dated(1950, 2005, "%Y年%m月%d日"), "DATE_OF_BIRTH"),
    "gender": of(coded("男", "女"), "GENDER"),
    "gender_code": of(coded("1", "2"), "GENDER"),
    "gender_letter": of(coded("M", "F"), "GENDER"),
    "marital": of(coded("未婚", "已婚", "已婚", "离异", "丧偶"), "MARITAL_STATUS"),
    "marital_code": of(coded("10", "20", "21", "30", "40"), "MARITAL_STATUS"),
    "school": of(lambda w: w.pick("school"), "SCHOOL", 2, 3, 4),
    "occupation": of(lambda w: w.pick("occupation"), "OCCUPATION"),
    "income": of(number(60_000, 900_000, "k"), "INCOME"),
    "policy_no": of(people.policy_no, "POLICY_NO"),
    "sum_insured": of(coded("50000", "100000", "200000", "300000", "500000", "1000000"), "SUM_INSURED"),
    "customer_no": of(people.customer_no, "CUSTOMER_NO"),
    "premium": of(number(120, 30_000, "2"), "PREMIUM"),
    "bank_card": of(lambda w: ids.bank_card(w.rng), "BANK_CARD"),
    "claim_no": of(people.claim_no, "CLAIM_NO"),
    "claim_amount": of(number(300, 200_000, "2"), "CLAIM_AMOUNT"),
    "diagnosis": of(people.diagnosis, "MEDICAL"),
    "illness": of(people.diagnosis, "HEALTH_DECLARATION MEDICAL"),
    "icd": of(people.icd, "MEDICAL"),
    "exam": of(lambda w: w.pick("exam"), "MEDICAL HEALTH_DECLARATION"),
    "hospital": of(lambda w: w.pick("hospital"), "HOSPITAL"),
    "declared": of(lambda w: w.pick("declared"), "HEALTH_DECLARATION MEDICAL"),
    "smoker": of(coded("Y", "N", "N"), "HEALTH_DECLARATION"),
    "plate": of(lambda w: (ids.plate if w.rng.random() < 0.75 else ids.plate_energy)(w.rng), "PLATE"),
    "plate_dot": of(lambda w: (ids.plate if w.rng.random() < 0.75 else ids.plate_energy)(w.rng, "·"), "PLATE"),
    "vin": of(lambda w: ids.vin(w.rng), "VIN"),
    "ip": of(lambda w: ids.ipv4(w.rng), "IP"),
    "ip_mixed": of(lambda w: ids.ipv4(w.rng) if w.rng.random() < 0.7 else ids.ipv6(w.rng), "IP"),
    "mac": of(lambda w: ids.mac(w.rng), "MAC"),
    "mac_hyphen": of(lambda w: ids.mac(w.rng, "-").lower(), "MAC"),
    "imei": of(lambda w: ids.imei(w.rng), "IMEI"),
    "url": of(_url, "URL"),
    "phone_hash": of(lambda w: ids.hexadecimal(w.rng, 64), "HASH"),
    "md5": of(lambda w: ids.hexadecimal(w.rng, 32), "HASH"),
    "geo": of(lambda w: f"{w.rng.uniform(100, 122):.6f},{w.rng.uniform(22, 40):.6f}", "GEO"),
    "longitude": of(lambda w: f"{w.rng.uniform(100, 122):.6f}", "GEO"),
    "latitude": of(lambda w: f"{w.rng.uniform(22, 40):.6f}", "GEO"),
    "relation": of(lambda w: w.pick("relation"), "RELATIONSHIP"),
    "password": of(_password, "AUTH_SECRET"),
    "bcrypt": of(lambda w: "$2b$12$" + ids.hexadecimal(w.rng, 53), "AUTH_SECRET", 4),
    "otp": of(lambda w: ids.digits(w.rng, 6), "AUTH_SECRET"),
    "cvv": of(lambda w: ids.digits(w.rng, 3), "AUTH_SECRET"),
    "token": of(_jwt, "AUTH_SECRET"),
    "face_ref": of(lambda w: f"face/{w.rng.randint(2021, 2025)}/{ids.hexadecimal(w.rng, 24)}.feat", "BIOMETRIC"),
    "voice_vec": of(lambda w: "[" + ",".join(f"{w.rng.uniform(-1, 1):.4f}" for _ in range(12)) + "]", "BIOMETRIC"),
    "employee_no": of(people.employee_no, "EMPLOYEE_NO"),
    "licence": of(people.licence_no, "LICENSE_NO"),
    "uscc": of(lambda w: ids.uscc(w.rng), "USCC"),
    "organisation": of(people.organisation, "ORGANIZATION"),
    "note_contact": of(note("note_contact"), "FREE_TEXT", 3),
    "note_health": of(note("note_health"), "FREE_TEXT", 4),
    "note_mail": of(note("note_mail"), "FREE_TEXT", 3),
}  # fmt: skip

NEGATIVE: dict[str, Kind] = {
    "flag": of(coded("0", "1"), "NONE"),
    "flag_yn": of(coded("Y", "N"), "NONE"),
    "flag_zh": of(coded("是", "否"), "NONE"),
    "verified": of(coded("true", "false"), "NONE"),
    "status_zh": of(coded("有效", "失效", "中止", "终止"), "NONE"),
    "status_en": of(coded("ACTIVE", "LAPSED", "PENDING", "CLOSED"), "NONE"),
    "check_zh": of(coded("已核验", "未核验", "核验失败"), "NONE"),
    "enum": of(coded("01", "02", "03", "09"), "NONE"),
    "enum_letter": of(coded("A", "B", "C", "D"), "NONE"),
    "id_type": of(coded("身份证", "护照", "军官证", "港澳通行证"), "NONE"),
    "brand": of(coded("华为", "小米", "苹果", "荣耀", "OPPO"), "NONE"),
    "bank_name": of(coded("工商银行", "建设银行", "农业银行", "招商银行"), "NONE ORGANIZATION"),
    "order_11": of(lambda w: str(w.rng.randint(10**10, 10**11 - 1)), "NONE"),
    "order_1": of(lambda w: "1" + ids.digits(w.rng, 10), "NONE"),
    "seq_18": of(lambda w: f"20{w.rng.randint(18, 25)}{ids.day(w.rng)[4:]}{ids.digits(w.rng, 10)}", "NONE"),
    "seq_16": of(lambda w: w.rng.choice("2345678") + ids.digits(w.rng, 15), "NONE"),
    "proposal": of(lambda w: ids.digits(w.rng, 16), "NONE POLICY_NO", 1, 2, 3),
    "running": of(lambda w: str(w.rng.randint(1, 10**6)), "NONE"),
    "epoch": of(lambda w: str(w.rng.randint(1_500_000_000, 1_760_000_000)), "NONE"),
    "epoch_ms": of(lambda w: str(w.rng.randint(1_500_000_000_000, 1_760_000_000_000)), "NONE"),
    "instant": of(dated(2018, 2025, "%Y-%m-%d 10:%M:%S"), "NONE"),
    "date": of(dated(2018, 2025, "%Y-%m-%d"), "NONE"),
    "date_compact": of(dated(2018, 2025, "%Y%m%d"), "NONE"),
    "date_future": of(dated(2026, 2060, "%Y-%m-%d"), "NONE"),
    "product": of(lambda w: w.pick("product"), "NONE"),
    "product_code": of(lambda w: w.rng.choice("ABGH") + ids.digits(w.rng, 4), "NONE"),
    "branch": of(lambda w: w.pick("branch"), "NONE ORGANIZATION"),
    "branch_code": of(lambda w: w.rng.choice(["3301", "3302", "4101", "3502"]) + ids.digits(w.rng, 2), "NONE"),
    "province": of(lambda w: w.pick("province"), "NONE", 1, 2, 3),
    "city": of(lambda w: w.pick("city"), "NONE", 1, 2, 3),
    "fee": of(number(0, 500, "2"), "NONE"),
    "rate": of(lambda w: f"{w.rng.uniform(0, 1):.4f}", "NONE"),
    "count": of(lambda w: str(w.rng.randint(0, 40)), "NONE"),
    "age": of(lambda w: str(w.rng.randint(0, 88)), "NONE", 1, 2),
    "score": of(lambda w: str(w.rng.randint(300, 850)), "NONE", 1, 2, 3),
    "uuid": of(lambda w: "-".join(ids.hexadecimal(w.rng, n) for n in (8, 4, 4, 4, 12)), "NONE HASH", 1, 2),
    "file_md5": of(lambda w: ids.hexadecimal(w.rng, 32), "NONE HASH", 1, 2),
    "channel": of(coded("个险", "银保", "电销", "网销", "经代"), "NONE"),
    "hotline": of(coded("95500", "400-800-1234", "4008123456", "95577"), "NONE"),
    "word": of(lambda w: w.pick("minor_words"), "NONE"),
    "department": of(coded("核保部", "理赔部", "客服中心", "财务部", "信息技术部"), "NONE ORGANIZATION"),
    "os": of(coded("iOS 17.4", "Android 14", "HarmonyOS 4.0"), "NONE"),
    "remark": of(note("remark"), "NONE"),
    "question": of(note("question"), "NONE"),
    "car_model": of(coded("比亚迪汉EV", "大众帕萨特", "丰田凯美瑞", "特斯拉Model 3"), "NONE"),
    "invoice": of(lambda w: ids.digits(w.rng, 8), "NONE"),
    "version": of(lambda w: f"{w.rng.randint(1, 9)}.{w.rng.randint(0, 20)}.{w.rng.randint(0, 30)}", "NONE"),
    "vehicle_engine": of(lambda w: w.rng.choice("ABCDEFGH") + ids.digits(w.rng, 6), "NONE", 1, 2, 3),
}  # fmt: skip

KINDS = {**PERSONAL, **NEGATIVE}
