"""Numbers that only a header can name: amounts, reference numbers, coordinates, codes, secrets.

What values can say here is whether they could be such a thing; a telling prefix or mask says a little more.
"""

import re
from collections import Counter
from collections.abc import Sequence

from classification.model import Finding

_AMOUNT = re.compile(
    r"(?:[¥$￥€£]|CNY|RMB|USD|HKD|EUR|人民币)? ?-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
    r"(?: ?元整?| ?万元?| ?亿元?| ?块| ?CNY| ?RMB)?"
)
_BAND = re.compile(
    r"[<>≤≥]?\d+(?:\.\d+)?[wWkK万千]?(?:元)?(?:[-~至到—]\d+(?:\.\d+)?[wWkK万千]?(?:元)?|"
    r"以上|以下|及以上|\+)?(?:/年|/月)?"
)
_REFERENCE = re.compile(r"[A-Za-z\u4e00-\u9fff]{0,6}[A-Za-z0-9\-_/]{3,40}")
_CODES_AT_MOST = {"GENDER": 5, "MARITAL_STATUS": 10, "RELATIONSHIP": 60, "HEALTH_DECLARATION": 2000}
# The largest value of a column must reach this for the column to be such an amount.
_AMOUNT_REACHES = {"PREMIUM": 10, "SUM_INSURED": 1000, "CLAIM_AMOUNT": 100, "INCOME": 1000}
_EPOCH_SECONDS, _EPOCH_MILLIS = (1_000_000_000, 2_000_000_000), (1_000_000_000_000, 2_000_000_000_000)
_LOSSY = re.compile(r"\d(?:\.\d+)?[eE]\+?(\d{1,2})")
_TEN_THOUSAND = 10000
_LONG_POWER = 9  # of ten: shorter numbers keep their text form
_NEARLY_ALL, _SOME = 0.9, 5
_GLANCE, _HARDLY = 60, 0.4
_NOT_A_LIST = 0.02  # distinct values per cell
_REFERENCES = ("POLICY_NO", "CLAIM_NO", "CUSTOMER_NO", "EMPLOYEE_NO", "LICENSE_NO")
_PREFIXES = (
    ("POLICY_NO", re.compile(r"(?:P|PL|PO|POL|PLC|PN|PC|BD|BX|TB|保单?|CONT)[\-_]?"), 9),
    ("CLAIM_NO", re.compile(r"(?:CL|CLM|CLAIM|LP|LA|BA|PA|AJ|CASE|赔)[\-_]?"), 7),
    ("CUSTOMER_NO", re.compile(r"(?:CUST?|KH|CIF|C|M|MEM|HY|UID|U|CID|客)[\-_]?"), 5),
    ("EMPLOYEE_NO", re.compile(r"(?:E|EMP|GH|YG|A|AG|AGT|S|STF|DL|工)[\-_]?"), 4),
)
_HEADED = (
    (
        "DATE_OF_BIRTH",
        re.compile(r"(?:19|20)\d\d[-/.年]?(?:0?[1-9]|1[0-2])月?|(?:0?[1-9]|1[0-2])[-/.月](?:0?[1-9]|[12]\d|3[01])日?"),
        1.6,
    ),
    ("POSTCODE", re.compile(r"[0-8]\d{5}|\d{5}"), 1.4),
    ("QQ", re.compile(r"[1-9]\d{4,10}(?:@qq\.com)?"), 1.3),
    ("WECHAT", re.compile(r"[A-Za-z][A-Za-z0-9_\-]{4,19}|1\d{10}"), 1.3),
    (
        "PHONE",
        re.compile(r"(?:\+?86[- ]?)?1[0-9]{10}|0\d{2,3}-?\d{7,8}|(?:10|2\d|[3-9]\d{2})-?\d{7,8}|\+\d[\d \-]{7,15}"),
        1.6,
    ),
    (
        "ID_CARD",
        re.compile(r"[1-9]\d{5}(?:19|20)\d{2}(?:0\d|1[0-2])[0-3]\d{4}[\dXx]|[1-6]\d{7}(?:0\d|1[0-2])[0-3]\d{4}"),
        1.6,
    ),
    ("BANK_CARD", re.compile(r"\d{12,21}|\d{4}(?:[ -]\d{4}){2,4}(?:[ -]\d{1,3})?"), 1.4),
    ("PASSPORT", re.compile(r"[A-Z]{1,2}\d{6,8}|\d{9}"), 1.2),
    ("TRAVEL_PERMIT", re.compile(r"[A-Z]?\d{8,10}|[A-Z]{2}\d{7}"), 1.2),
    ("FOREIGNER_PR", re.compile(r"[A-Z]{3}\d{12}|9\d{16}[\dXx]"), 1.4),
    ("USCC", re.compile(r"[0-9A-Z]{15,18}"), 1.2),
    ("IMEI", re.compile(r"\d{14,16}"), 1.4),
    ("VIN", re.compile(r"[A-HJ-NPR-Z0-9]{17}"), 1.4),
    ("HASH", re.compile(r"[0-9A-Za-z+/=_\-]{12,}"), 1.4),
    ("AUTH_SECRET", re.compile(r"\d{3,8}|(?=[!-~]*[A-Za-z])(?!v?\d+(?:\.\d+)+$)[!-~]{6,}"), 1.6),
    ("BIOMETRIC", re.compile(r"[^\u4e00-\u9fff]{12,}"), 1.6),
    ("GENDER", re.compile(r"[0129]|0[0-9]"), 1.6),
    ("MARITAL_STATUS", re.compile(r"[0-9A-Z]|\d{2}"), 1.4),
    ("RELATIONSHIP", re.compile(r"\d{1,2}|[A-Z]\d?"), 1.0),
    ("OCCUPATION", re.compile(r"\d{4,8}|[A-Z]\d{2,6}|[1-6](?:类)?"), 1.2),
    (
        "HEALTH_DECLARATION",
        re.compile(
            r"[01YNyn是否有无]{1,40}|true|false|yes|no|\d{2,3}(?:\.\d+)?(?:cm|kg)?|(?:已戒|从不|偶尔|经常|曾经|每天).{0,4}",
            re.IGNORECASE,
        ),
        1.4,
    ),
    ("GEO", re.compile(r"-?\d{1,3}\.\d{3,}|(?=\d*[a-z])[0-9b-hjkmnp-z]{6,12}"), 1.5),
    ("MEDICAL", re.compile(r"[A-Z]\d{2}.*"), 1.2),
)


def find_numbers(values: Sequence[str], variety: float) -> list[Finding]:
    """Give the things that values could be if the header says so, and what prefixes hint at by themselves."""
    if not values:
        return []
    found = [*_amounts(values), *_references(values, variety), *_lossy(values)]
    for kind, pattern, weight in _HEADED:
        share = _share(pattern, values)
        if share >= 0.8 and len(values) <= _CODES_AT_MOST.get(kind, len(values)):  # noqa: PLR2004 -- nearly all could be
            found.append(Finding(kind, share, weight, ("values could be",)))
    return [*found, *_coordinates(values), *_post_codes(values), *_passwords(values)]


def _share(pattern: re.Pattern[str], values: Sequence[str]) -> float:
    """Give the share that has a form; of a form that few at first have, what those say, for nearly all must have it."""
    glanced = sum(map(bool, map(pattern.fullmatch, values[:_GLANCE]))) / len(values[:_GLANCE])
    if glanced < _HARDLY or len(values) <= _GLANCE:
        return glanced
    return sum(map(bool, map(pattern.fullmatch, values))) / len(values)


def _amounts(values: Sequence[str]) -> list[Finding]:
    share = _share(_AMOUNT, values)
    if share >= _NEARLY_ALL:
        sizes = [abs(float(re.sub(r"[^\d.]", "", value) or 0)) for value in values]
        if any(low <= min(sizes) and max(sizes) < high for low, high in (_EPOCH_SECONDS, _EPOCH_MILLIS)):
            return []
        reached = max(sizes) * (_TEN_THOUSAND if any("万" in value for value in values) else 1)
        found = [Finding(kind, share, 1.6, ("numbers",)) for kind, least in _AMOUNT_REACHES.items() if reached >= least]
        round_share = sum(size >= _TEN_THOUSAND and size % _TEN_THOUSAND == 0 for size in sizes) / len(sizes)
        if round_share > 0.95 or all("万" in value for value in values):  # noqa: PLR2004 -- nearly all
            found.append(Finding("SUM_INSURED", share, 2.4, ("round sums",)))
        return found
    bands = _share(_BAND, values)
    if bands <= _NEARLY_ALL:
        return []
    # Ranges of tens of thousands are mostly what people earn: alone a doubt for a person, with the header's word sure.
    earned = 2.6 if any("万" in value or "w" in value.lower() for value in values) else 1.6
    return [Finding("INCOME", bands, earned, ("bands",)), Finding("SUM_INSURED", bands, 1.4, ("bands",))]


def _references(values: Sequence[str], variety: float) -> list[Finding]:
    share = _share(_REFERENCE, values)
    lengths = Counter(map(len, values))
    digits = sum(sum(c.isdigit() for c in value) >= 3 for value in values) / len(values)  # noqa: PLR2004 -- a running number
    if share < 0.9 or digits < 0.9 or max(lengths) < 4:  # noqa: PLR2004 -- not shaped as references
        return []
    found = [Finding(kind, share, 1.8, ("reference numbers",)) for kind in _REFERENCES]
    prefixes = Counter(re.match(r"[A-Za-z\u4e00-\u9fff]*[\-_]?", value)[0] for value in values)  # type: ignore[index]  # matches the empty text too
    prefix, count = prefixes.most_common(1)[0]
    if prefix and count / len(values) > _NEARLY_ALL and variety > _NOT_A_LIST and len(values) > _SOME:
        typical = lengths.most_common(1)[0][0] - len(prefix)
        for kind, pattern, least in _PREFIXES:
            if pattern.fullmatch(prefix.upper()) and typical >= least:
                found.append(Finding(kind, share, 2.9, ("numbering with a telling prefix",)))
                break
    return found


def _lossy(values: Sequence[str]) -> list[Finding]:
    """Numbers that a spreadsheet wrote in powers of ten: only the magnitude is left."""
    powers = [int(found[1]) for value in values if (found := _LOSSY.fullmatch(value))]
    if len(powers) / len(values) < 0.8:  # noqa: PLR2004 -- nearly all
        return []
    power, count = Counter(powers).most_common(1)[0]
    kinds = {10: ("PHONE",), 17: ("ID_CARD", "BANK_CARD"), 18: ("BANK_CARD",), 15: ("BANK_CARD",), 14: ("IMEI",)}
    told = ("text form lost to powers of ten",)
    known = [Finding(kind, count / len(values), 1.8, told) for kind in kinds.get(power, ())]
    numbering = _REFERENCES if power >= _LONG_POWER else ()
    return [*known, *(Finding(kind, count / len(values), 1.4, told) for kind in numbering)]


def _coordinates(values: Sequence[str]) -> list[Finding]:
    fine = _share(re.compile(r"\d{2,3}\.\d{4,}"), values)
    if fine < _NEARLY_ALL or len(values) < _SOME:
        return []
    numbers = [float(value) for value in values if re.fullmatch(r"\d+\.\d+", value)]
    inside = all(73 <= n <= 135.1 for n in numbers) or all(3.8 <= n <= 53.6 for n in numbers)  # noqa: PLR2004 -- the country's corners
    return [Finding("GEO", fine, 3.4, ("degrees within the country",))] if inside else []


def _post_codes(values: Sequence[str]) -> list[Finding]:
    whole = _share(re.compile(r"[0-8]\d{5}"), values)
    ending = sum(value.endswith("0") for value in values) / len(values)
    telling = whole == 1 and ending > 0.7 and len(values) > 10  # noqa: PLR2004 -- post codes of towns end in nought
    return [Finding("POSTCODE", whole, 3.4, ("six digits ending in nought",))] if telling else []


def _passwords(values: Sequence[str]) -> list[Finding]:
    mixed = re.compile(
        r"(?!\d(?:\.\d+)?e[+-]?\d+$)"  # a number in powers of ten
        r"(?=.*[a-z])(?=.*\d)(?=.*[!@#$%^&*?_.+=~])(?!.*[/:,;|(){}<>\[\]\"' ])[!-~]{6,24}"
    )
    share = _share(mixed, values)
    if share < _NEARLY_ALL or len(values) < _SOME:
        return []
    return [Finding("AUTH_SECRET", share, 3.0, ("letters, digits and signs mixed",))]
