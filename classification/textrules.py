r"""Patterns of mentions in running text, Chinese and English; compiled once by whoever holds the recognisers.

Neighbours are ASCII look-arounds: `\b` would see no boundary between a digit and a Chinese character. A rule's group
`v` is the value without its label word; without the group the whole match is the value.
"""

import re
from collections.abc import Callable
from datetime import date
from functools import partial

from classification.families.forms import PROVINCE_CHARACTERS
from classification.textrule import TextRule
from classification.textsecrets import secret_rules
from classification.validators import gb11643, gb16735, gb32100, luhn, network
from classification.validators.days import day_of

_L, _R = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
_IS = r"(?:号码?|号|码|ID)?[\"']?[ \t]*(?:的话)?就?(?:[:：=#]|是|为|叫|(?:no|number)\.?[:：]?|is)?[ \t]*[\"']?"
_DAY = r"(?:19|20)\d\d(?:[-/.]\d{1,2}[-/.]\d{1,2}|年\d{1,2}月\d{1,2}[日号]?|\d{4})"
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|"
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_BORN = r"(?:date[ _]of[ _]birth|birth[ _]?date|DOB|birthday|birth|born(?: (?:on|in))?)(?: ?\([^()\n]{1,16}\))?"
_DAY_ABROAD = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)?[ -]{_MONTH}\.?,?[ -](?:19|20)\d\d|"
    rf"{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d\d|\d{{1,2}}[/.-]\d{{1,2}}[/.-](?:19|20)\d\d)"
)


def _literal(pattern: str) -> str:
    """Give the letters a pattern begins with, without one that may be absent."""
    letters = re.match(r"[\u4e00-\u9fffA-Za-z]*", pattern)
    end = letters.end() if letters else 0
    return pattern[: end - 1] if pattern[end : end + 1] == "?" else pattern[:end]


def _label_words(pattern: str) -> tuple[str, ...]:
    """Give the literal beginnings of a pattern that starts with alternative label words, or nothing."""
    if not pattern.startswith("(?:") or "(?P<v>" not in pattern:
        return ()
    words, depth, current = [], 0, ""
    for character in pattern[3:]:
        if depth == 0 and character in "|)":
            words.append(current)
            current = ""
            if character == ")":
                break
        else:
            depth += {"(": 1, ")": -1}.get(character, 0)
            current += character
    literal = [_literal(word.replace("投?", "")).lower() for word in words]
    inner = [re.match(r"\(\?:([\u4e00-\u9fff|]+)\)", word.replace("投?", "")) for word in words]
    found = [
        part for text, group in zip(literal, inner, strict=True) for part in (group[1].split("|") if group else [text])
    ]
    return tuple(found) if all(found) else ()


def text_rules(today: date) -> tuple[TextRule, ...]:
    """Give the rules for everything but names, addresses and diagnoses."""
    citizen = partial(gb11643.is_identity_number, today=today)
    digits = "0123456789"

    def rule(
        label: str, pattern: str, score: float, check: Callable[[str], bool] | None = None, needs: str = digits
    ) -> TextRule:
        return TextRule(label, re.compile(pattern, re.IGNORECASE), score, check, needs, _label_words(pattern))

    return (
        rule(
            "ID_CARD", rf"{_L}[1-8]\d{{5}}[ -]?(?:19|20)\d{{6}}[ -]?\d{{3}}[\dX]{_R}", 0.99, lambda t: citizen(_bare(t))
        ),
        rule("ID_CARD", rf"(?:身份证|证件)(?:号码?)?{_IS}(?P<v>[1-8]\d{{16}}[\dX]|[1-6]\d{{14}}){_R}", 0.85),
        rule(
            "ID_CARD",
            rf"{_L}[1-6]\d{{5}}(?:19|20)\d{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
            rf"\d{{3}}[\dX]{_R}",
            0.6,
        ),
        rule("FOREIGNER_PR", rf"{_L}9\d{{16}}[\dX]{_R}", 0.95, partial(gb11643.is_foreigner_permanent, today=today)),
        rule(
            "FOREIGNER_PR", rf"(?:永久居留|永居|permanent residen\w+)[^\d\n]{{0,8}}?(?P<v>[A-Z]{{3}}\d{{12}}){_R}", 0.9
        ),
        rule(
            "USCC", rf"{_L}[0-9A-HJ-NPQRTUWXY]{{2}}\d{{6}}[0-9A-HJ-NPQRTUWXY]{{10}}{_R}", 0.95, gb32100.is_credit_code
        ),
        rule("VIN", rf"{_L}[A-HJ-NPR-Z0-9]{{13}}\d{{4}}{_R}", 0.9, gb16735.is_vehicle_number),
        rule("VIN", rf"(?:车架号码?|车辆识别代[号码]|VIN码?){_IS}(?P<v>[A-HJ-NPR-Z0-9]{{17}}){_R}", 0.9),
        rule(
            "PHONE",
            r"(?<![0-9A-Za-z.+])(?:(?:\+|00)86[- ]?|86[- ])?1(?:3\d|4[0145-9]|5[0-35-9]|6[2567]|"
            r"7\d|8\d|9[0-35-9])[- ]?\d{4}[- ]?\d{4}(?![0-9A-Za-z]|\.\d)",
            0.9,
        ),
        rule(
            "PHONE",
            r"(?<![0-9A-Za-z-])(?:\+?86[- ]?)?(?:\(0\d{2,3}\)|0(?:10|2\d|[3-9]\d{2}))"
            r"[- ]?[2-9]\d{6,7}(?:(?:-|转)\d{1,6})?(?![0-9A-Za-z-])",
            0.85,
        ),
        rule(
            "PHONE",
            rf"(?:手机|电话|联系方式|致电|phone|mobile|tel)"
            rf"[^\d\n+]{{0,6}}(?P<v>\+?(?:86[- ]?)?1\d{{2}}[- ]?\d{{4}}[- ]?\d{{4}}){_R}",
            0.85,
        ),
        rule("PHONE_MASKED", r"(?<![0-9A-Za-z])1\d{2}[- ]?\*{4}[- ]?\d{4}(?![0-9A-Za-z])", 0.95, None, "*"),
        rule(
            "EMAIL",
            r"(?<![A-Za-z0-9._%+\-])"
            r"[A-Za-z0-9][A-Za-z0-9._%+\-]*@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.(?:xn--[A-Za-z0-9-]{2,59}|[A-Za-z]{2,})(?![A-Za-z0-9])",
            0.98,
            None,
            "@",
        ),
        rule("URL", r"(?:https?|ftp)://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+[A-Za-z0-9/=_#-]", 0.95, None, ":"),
        rule(
            "BANK_CARD",
            rf"{_L}\d{{4}}(?:[ -]?\d{{4}}){{3}}(?:[ -]?\d{{1,3}})?{_R}",
            0.92,
            lambda t: luhn.is_card(_bare(t)),
        ),
        rule("BANK_CARD", rf"{_L}3[47]\d{{2}}[ -]?\d{{6}}[ -]?\d{{5}}{_R}", 0.9, lambda t: luhn.is_card(_bare(t))),
        rule(
            "BANK_CARD",
            rf"(?:银行卡|卡号|账号|帐号|账户|信用卡|储蓄卡|account|card)"
            rf"[^\d\n]{{0,8}}(?P<v>\d{{4}}(?:[ -]?\d{{4}}){{2,3}}[ -]?\d{{0,4}}\d?){_R}",
            0.8,
        ),
        rule("IMEI", rf"{_L}(?:35|86|01|99)\d{{13}}{_R}", 0.7, luhn.passes_luhn),
        rule("IMEI", rf"(?:IMEI|串号|设备标识|device[ _-]?id)[^\d\n]{{0,4}}(?P<v>\d{{15}}){_R}", 0.9),
        rule("PASSPORT", rf"(?:护照|passport)[^0-9A-Z\n]{{0,3}}{_IS}(?P<v>[A-Z]{{1,2}}\d{{7,8}}){_R}", 0.95),
        rule("PASSPORT", r"(?<![0-9A-Za-z])(?-i:E[A-HJ-NP-Z]\d{7}|[EG]\d{8})(?![0-9A-Za-z])", 0.75),
        rule(
            "TRAVEL_PERMIT",
            rf"(?:通行证|回乡证|台胞证|permit)[^0-9A-Z\n]{{0,10}}(?P<v>[HMCLTW][A-Z]?\d{{7,10}}|"
            rf"\d{{8}}){_R}",
            0.95,
        ),
        rule("TRAVEL_PERMIT", r"(?<![0-9A-Za-z])(?-i:[HM]\d{10}|[HM]\d{8})(?![0-9A-Za-z])", 0.6),
        rule(
            "PLATE",
            rf"[{PROVINCE_CHARACTERS}][A-HJ-NP-Z][·•. -]?(?:[A-HJ-NP-Z0-9]{{4}}[挂学警港澳领]|"
            rf"[DABCEFGHJK][A-HJ-NP-Z0-9]\d{{4}}|\d{{5}}[DF]|[A-HJ-NP-Z0-9]{{5}})(?![0-9A-Za-z])",
            0.92,
        ),
        rule("IP", r"(?<![0-9.])(?:\d{1,3}\.){3}\d{1,3}(?![0-9]|\.\d)", 0.9, network.is_address, "."),
        rule(
            "MAC",
            r"(?<![0-9A-Za-z:-])[0-9A-F]{2}(?:(?::[0-9A-F]{2}){5}|(?:-[0-9A-F]{2}){5})(?![0-9A-Za-z:-])",
            0.95,
            network.is_one_device,
            ":-",
        ),
        rule(
            "WECHAT",
            rf"(?:微信|wechat|wx|vx|v信|薇信|加v)(?:号码?|ID|id)?{_IS}(?P<v>[A-Z][A-Z0-9_-]{{5,19}}){_R}",
            0.9,
            None,
            "",
        ),
        rule("WECHAT", rf"{_L}wxid_[A-Z0-9]{{6,20}}{_R}", 0.98, None, "_"),
        rule("QQ", rf"(?<![A-Za-z])QQ{_IS}(?P<v>[1-9]\d{{4,10}}){_R}", 0.92),
        rule("QQ", rf"(?:扣扣|企鹅号|(?<![A-Za-z])Q(?:号|我|群)){_IS}(?P<v>[1-9]\d{{4,10}}){_R}", 0.88),
        rule(
            "DATE_OF_BIRTH",
            rf"(?:出生日期|出生年月日?|出生于|生于|出生|生日|{_BORN})"
            rf"[\"']?[ \t]*(?:[:：=]|是|为|is)?[ \t]*[\"']?(?P<v>{_DAY})(?![0-9])",
            0.92,
            lambda t: day_of(t.replace("号", "日")) is not None,
        ),
        rule(
            "DATE_OF_BIRTH",
            rf"(?:出生年月日?|出生日期|出生|{_BORN})"
            rf"[\"']?[ \t]*(?:[:：=]|是|为|is)?[ \t]*[\"']?(?P<v>{_DAY_ABROAD}|(?:19|20)\d\d年\d{{1,2}}月)(?![0-9])",
            0.9,
        ),
        rule(
            "DATE_OF_BIRTH",
            rf"(?<![0-9])(?P<v>{_DAY})(?:出生|生人|生(?=[，。；、）),. ]|$))",
            0.9,
            lambda t: day_of(t.replace("号", "日")) is not None,
        ),
        rule(
            "POLICY_NO",
            rf"(?:(?:投?保单|保险单|保险合同|合同)(?:号码|编号|号)?|policy[ _]?(?:no\.?|number|num|#|id)?|pol[ _]?no)"
            rf"{_IS}(?P<v>[A-Z]{{0,6}}[-]?\d[A-Z0-9-]{{6,28}}[A-Z0-9]){_R}",
            0.96,
            bool,  # a label beats a check digit that was met by chance
        ),
        # Said aloud, words come between.
        rule("POLICY_NO", rf"(?:保单|保险单)[\u4e00-\u9fff ，,]{{1,10}}(?P<v>[A-Z]{{0,6}}\d{{10,24}}){_R}", 0.8),
        rule("POLICY_NO", rf"{_L}(?-i:P|PL|PO|POL|PLC|BD)-?\d{{10,24}}{_R}", 0.75),
        rule(
            "CLAIM_NO",
            rf"(?:(?:赔案|理赔|报案|立案|案件)(?:号码|编号|号)|赔案|"
            rf"claim[ _]?(?:no\.?|number|num|#|id|ref(?:erence)?)?){_IS}"
            rf"(?P<v>[A-Z]{{0,6}}-?\d[A-Z0-9-]{{5,28}}[A-Z0-9]){_R}",
            0.96,
            bool,
        ),
        rule("CLAIM_NO", rf"{_L}(?-i:CL|CLM|LP|LA|BA)-?\d{{10,24}}{_R}", 0.75),
        rule(
            "CUSTOMER_NO",
            rf"(?:(?:客户|会员|用户)(?:号码|编号|代码|号|ID)|customer[ _]?(?:no\.?|number|num|id)|"
            rf"cust[ _]?(?:no|num|id)|client[ _]?(?:no|id)|member[ _]?(?:no|id)){_IS}"
            rf"(?P<v>[A-Z]{{0,6}}\d[A-Z0-9-]{{3,20}}){_R}",
            0.85,
        ),
        rule(
            "EMPLOYEE_NO",
            rf"(?:工号|员工编号|员工号|职工号|人员编号|[坐座]席号|employee[ _]?(?:no\.?|number|id)|emp[ _]?(?:no|id)|"
            rf"staff[ _]?(?:no|id)|agent[ _]?(?:no|id)){_IS}(?P<v>[A-Z]{{0,5}}\d[A-Z0-9-]{{2,15}}){_R}",
            0.88,
        ),
        rule("EMPLOYEE_NO", rf"(?:[坐座]席|客服|业务员|柜员)[ \t]?(?P<v>[A-Z]{{1,4}}\d{{4,8}}){_R}", 0.8),
        rule(
            "LICENSE_NO",
            rf"(?:执业证|资格证|展业证)(?:书)?(?:号码|编号|号)?{_IS}(?P<v>[A-Z0-9]*\d[A-Z0-9]{{7,29}}){_R}",
            0.9,
        ),
        *secret_rules(),
        rule("GEO", r"(?<![0-9.])\d{2,3}\.\d{4,8}[,， ]+\d{2,3}\.\d{4,8}(?![0-9.])", 0.85),
        rule(
            "POSTCODE",
            rf"(?:邮编|邮政编[码号]|邮区|post(?:al)?[ _]?code|zip(?:[ _]?code)?){_IS}(?P<v>\d{{6}}){_R}",
            0.92,
        ),
        rule(
            "INCOME",
            r"(?:年薪|月薪|年收入|月收入|工资|收入)[ \t]*(?:约|大约|为|是|:|"
            r"：)?[ \t]*(?P<v>\d+(?:\.\d+)?[万千wWkK]?(?:多)?)(?=元|块|左右|[，。,. ]|$)",
            0.75,
        ),
    )


def _bare(text: str) -> str:
    return text.replace(" ", "").replace("-", "")
