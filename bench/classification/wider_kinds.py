"""Further kinds of columns for the widening set: house formats and written forms that the two splits do not have."""

from datetime import date, timedelta

from bench.classification import identifiers as ids
from bench.classification.kinds import Kind, Maker, coded, dated, number, of
from bench.classification.worlds import World


def _in_house(what: str, *forms: str) -> Maker:
    """Give numbers of one of the forms, each company its own: `#` is a digit, `@` a letter, `Y` a year."""

    def make(w: World) -> str:
        form = w.habit(what).choice(forms)
        year = str(w.rng.randint(2016, 2025))
        letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
        return "".join(
            ids.digits(w.rng, 1) if c == "#" else w.rng.choice(letters) if c == "@" else year if c == "Y" else c
            for c in form
        )

    return make


def _one_of(*makers: Maker) -> Maker:
    return lambda w: w.rng.choice(makers)(w)


def _spoken(low: float, high: float, form: str) -> Maker:
    return lambda w: form.format(w.rng.uniform(low, high))


def _birth_words(w: World) -> str:
    day = date(1950, 1, 1) + timedelta(days=w.rng.randrange(365 * 55))
    return w.rng.choice([f"{day.year}.{day.month}.{day.day}", f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}"])


def _birth_clock(w: World) -> str:
    return dated(1950, 2004, "%Y-%m-%d 00:00:00")(w)


def _english_day(w: World) -> str:
    return dated(1950, 2004, w.habit("day").choice(["%m/%d/%Y", "%d-%b-%Y", "%d/%m/%Y"]))(w)


def _month(w: World) -> str:
    return dated(1950, 2004, w.habit("month").choice(["%Y-%m", "%Y年%m月", "%Y/%m"]))(w)


_BAND = coded("5万以下", "5-10万", "10-20万", "20-50万", "50万以上")
_MARITAL = coded("未婚", "初婚", "再婚", "离婚", "丧偶", "未说明")

PERSONAL: dict[str, Kind] = {
    "w_customer": of(_in_house("c", "M########", "88######", "P-#######", "10##########", "VIP######"), "CUSTOMER_NO"),
    "w_employee": of(_in_house("e", "######", "@#####", "00######", "SH-####", "8########"), "EMPLOYEE_NO"),
    "w_licence": of(_in_house("l", "02000##################", "ZX#########", "2020####8000########"), "LICENSE_NO"),
    "w_claim": of(_in_house("k", "5Y############", "CASE-Y-######", "Y########", "C#########01"), "CLAIM_NO"),
    "w_policy": of(_in_house("p", "#########01", "Y-######-##", "@@@@Y##########", "P########"), "POLICY_NO"),
    "w_claim_amount": of(_one_of(_spoken(80, 90_000, "{:.2f}"), _spoken(80, 90_000, "{:,.2f}")), "CLAIM_AMOUNT"),
    "w_claim_yuan": of(_spoken(50, 50_000, "¥{:,.2f}"), "CLAIM_AMOUNT"),
    "w_claim_zero": of(lambda w: "0.00" if w.rng.random() < 0.7 else f"{w.rng.uniform(20, 900):.2f}", "CLAIM_AMOUNT"),
    "w_cents": of(lambda w: str(w.rng.randint(10_000, 900_000)), "PREMIUM"),
    "w_premium": of(_spoken(30, 900, "{:.1f}"), "PREMIUM"),
    "w_premium_cny": of(_spoken(300, 9000, "CNY {:,.2f}"), "PREMIUM"),
    "w_premium_small": of(_spoken(2, 45, "{:.2f}"), "PREMIUM"),
    "w_sum": of(_one_of(_spoken(1, 90, "{:.0f}万"), _spoken(1, 90, "{:.0f}万元")), "SUM_INSURED"),
    "w_sum_plain": of(number(10_000, 3_000_000, "k"), "SUM_INSURED"),
    "w_income_band": of(_BAND, "INCOME"),
    "w_income_ten": of(_spoken(3, 80, "{:.1f}万"), "INCOME"),
    "w_income_month": of(number(2500, 48_000, "0"), "INCOME"),
    "w_income_code": of(coded("A", "B", "C", "D", "E"), "INCOME"),
    "w_postcode": of(lambda w: w.rng.choice("01234567") + ids.digits(w.rng, 5), "POSTCODE"),
    "w_qq": of(lambda w: str(w.rng.randint(10**5, 10 ** w.rng.randint(6, 10))), "QQ"),
    "w_school": of(lambda w: w.pick("school_name"), "SCHOOL", 2, 3, 4),
    "w_marital": of(_MARITAL, "MARITAL_STATUS"),
    "w_marital_en": of(coded("Single", "Married", "Divorced", "Widowed"), "MARITAL_STATUS"),
    "w_marital_letter": of(coded("S", "M", "D", "W"), "MARITAL_STATUS"),
    "w_gender_code": of(coded("0", "1", "2", "9"), "GENDER"),
    "w_gender_en": of(coded("Male", "Female"), "GENDER"),
    "w_relation_code": of(coded("00", "01", "02", "03", "05"), "RELATIONSHIP"),
    "w_relation_en": of(coded("Self", "Spouse", "Child", "Parent", "Sibling"), "RELATIONSHIP"),
    "w_relation_insured": of(coded("被保险人本人", "被保险人之配偶", "被保险人之父母"), "RELATIONSHIP"),
    "w_occupation_code": of(_in_house("o", "#######", "@######"), "OCCUPATION"),
    "w_occupation_class": of(coded("1类", "2类", "3类", "4类"), "OCCUPATION", 2, 1),
    "w_occupation_en": of(coded("Accountant", "Nurse", "Teacher", "Welder", "Farmer", "Cook"), "OCCUPATION"),
    "w_birth_words": of(_birth_words, "DATE_OF_BIRTH"),
    "w_birth_clock": of(_birth_clock, "DATE_OF_BIRTH"),
    "w_birth_en": of(_english_day, "DATE_OF_BIRTH"),
    "w_birth_month": of(_month, "DATE_OF_BIRTH", 3, 2),
    "w_birth_child": of(dated(2012, 2024, "%Y-%m-%d"), "DATE_OF_BIRTH"),
    "w_smoker_zh": of(coded("是", "否", "已戒"), "HEALTH_DECLARATION"),
    "w_height": of(lambda w: str(w.rng.randint(148, 192)), "HEALTH_DECLARATION"),
    "w_answers": of(lambda w: "".join(w.rng.choice("YN") for _ in range(12)), "HEALTH_DECLARATION"),
    "w_pin": of(lambda w: ids.digits(w.rng, 6), "AUTH_SECRET"),
    "w_key": of(lambda w: ids.hexadecimal(w.rng, 40), "AUTH_SECRET"),
    "w_pass_digest": of(lambda w: ids.hexadecimal(w.rng, 32), "AUTH_SECRET HASH", 4),
    "w_account": of(lambda w: "1102" + ids.digits(w.rng, 15), "BANK_CARD"),
    "w_masked_name": of(lambda w: w.pick("surname") + "*" * w.rng.randint(1, 2), "PERSON", 3, 2),
    "w_surname_title": of(lambda w: w.pick("surname") + w.rng.choice(["先生", "女士"]), "PERSON"),
    "w_taiwan": of(lambda w: ids.digits(w.rng, 8), "TRAVEL_PERMIT"),
}  # fmt: skip

NEGATIVE: dict[str, Kind] = {
    "n_version": of(_in_house("v", "V#.#.#", "#.##"), "NONE"),
    "n_part": of(_in_house("pt", "BX-####-@", "PN####@@"), "NONE"),
    "n_percent": of(_spoken(0, 100, "{:.1f}%"), "NONE"),
    "n_points": of(lambda w: str(w.rng.randint(0, 50_000)), "NONE"),
    "n_minutes": of(_spoken(0, 600, "{:.0f}"), "NONE"),
    "n_state": of(coded("待处理", "处理中", "已办结", "已退回"), "NONE"),
    "n_state_en": of(coded("OPEN", "DONE", "FAILED", "RETRY"), "NONE"),
    "n_yes": of(coded("Y", "N", ""), "NONE"),
    "n_kind": of(coded("个人", "团体", "机构"), "NONE"),
    "n_way": of(coded("短信", "微信", "电话", "邮件"), "NONE"),
    "n_level": of(coded("一级", "二级", "三级甲等"), "NONE"),
    "n_carrier": of(coded("移动", "联通", "电信", "广电"), "NONE"),
    "n_clock": of(lambda w: f"{w.rng.randint(0, 23):02}:{w.rng.randint(0, 59):02}:{w.rng.randint(0, 59):02}", "NONE"),
    "n_order": of(lambda w: "DD" + dated(2019, 2025, "%Y%m%d")(w) + ids.digits(w.rng, 8), "NONE"),
    "n_trace": of(lambda w: ids.hexadecimal(w.rng, 16), "NONE", 1, 2),
    "n_area": of(lambda w: w.rng.choice(["110105", "310115", "440106", "510107", "330203"]), "NONE", 1, 2),
    "n_masked": of(coded("***", "****"), "NONE", 1, 2),
    "n_page": of(coded("index.html", "form_a.html", "claims/list"), "NONE", 1, 2),
    "n_screen": of(coded("1080x2400", "750x1334", "1440x3200"), "NONE"),
    "n_template": of(coded("TPL_001", "TPL_014", "TPL_203", "TPL_077"), "NONE"),
    "n_similarity": of(_spoken(0.5, 1, "{:.6f}"), "NONE"),
    "n_error": of(coded("E1001", "E2043", "E3007", "OK"), "NONE"),
    "n_year": of(lambda w: str(w.rng.randint(1, 30)), "NONE"),
    "n_price": of(_spoken(9, 999, "{:.2f}"), "NONE"),
    "n_fund": of(lambda w: "0" + ids.digits(w.rng, 5), "NONE"),
}  # fmt: skip

WIDER_KINDS = {**PERSONAL, **NEGATIVE}
