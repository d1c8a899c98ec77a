"""How far an address in Chinese is kept: its province, city or district, in the words of the address itself.

The patterns use only what Python's `re` and DuckDB's RE2 read alike. Where a level is missing the next coarser one
is given; where none is found, nothing is.
Source: the province-level names of GB/T 2260.
"""

import re
from typing import Final

from policies.forms.grammar import RegionLevel

_MUNICIPALITY = "(?:北京|天津|上海|重庆)"
_NORTH = "河北|山西|辽宁|吉林|黑龙江|山东|河南|陕西|甘肃|青海"
_SOUTH = "江苏|浙江|安徽|福建|江西|湖北|湖南|广东|海南|四川|贵州|云南|台湾"
_PROVINCE = f"(?:{_NORTH}|{_SOUTH})"
_AUTONOMOUS = "(?:内蒙古|广西|西藏|宁夏|新疆)"
_FULL = (
    f"(?:{_PROVINCE}省|内蒙古自治区|广西壮族自治区|西藏自治区|宁夏回族自治区|新疆维吾尔自治区"
    "|香港特别行政区|澳门特别行政区)"
)
_SHORT = f"(?:{_PROVINCE}|{_AUTONOMOUS})"
# A street is never part of a region: words of streets may only open a district's name (路桥区, 道里区).
_CITY = "(?:[^省市县区路街道号村 　0-9A-Za-z]{1,10}?(?:自治州|地区|盟|市))"
_NAMED_BY_STREET = "[路道][^省市县区旗路街巷弄号 　0-9A-Za-z]{0,3}"
_NAMED = "[^省市县区旗路街巷弄号道村 　0-9A-Za-z]{1,9}?"
_DISTRICT = f"(?:(?:{_NAMED_BY_STREET}|{_NAMED})(?:区|县|旗|市))"
_GAP = "[ 　]*"
_START = f"^{_GAP}(?:中国)?{_GAP}"
_ABOVE = f"{_FULL}{_GAP}{_CITY}?|{_SHORT}{_GAP}{_CITY}|{_CITY}"
_BELOW = f"(?:{_GAP}{_DISTRICT})?"

PATTERNS: Final = {
    RegionLevel.PROVINCE: (
        f"{_START}(?:({_MUNICIPALITY}){_GAP}{_DISTRICT}|({_MUNICIPALITY}市|{_FULL})|({_SHORT}){_GAP}{_CITY})",
        3,
    ),
    RegionLevel.CITY: (f"{_START}(?:({_MUNICIPALITY}){_GAP}{_DISTRICT}|({_MUNICIPALITY}市|{_ABOVE}))", 2),
    RegionLevel.DISTRICT: (
        f"{_START}({_MUNICIPALITY}{_GAP}{_DISTRICT}|{_MUNICIPALITY}市(?:市辖区)?{_BELOW}|(?:{_ABOVE}){_BELOW}|{_DISTRICT})",
        1,
    ),
}
_COMPILED: Final = {level: re.compile(pattern) for level, (pattern, _) in PATTERNS.items()}


def region_of(text: str, level: RegionLevel) -> str | None:
    """Give an address down to a level, without blanks, or nothing when it names no region."""
    found = _COMPILED[level].match(text)
    if found is None:
        return None
    kept = "".join(group or "" for group in found.groups())
    return kept.replace(" ", "").replace("　", "") or None


def region_sql(text: str, level: RegionLevel) -> str:
    """Give the DuckDB expression of the same."""
    pattern, groups = PATTERNS[level]
    parts = " || ".join(f"regexp_extract({text}, '{pattern}', {group})" for group in range(1, groups + 1))
    return f"NULLIF(replace(replace({parts}, ' ', ''), '　', ''), '')"
