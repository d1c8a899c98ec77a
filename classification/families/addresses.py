"""Addresses: levels of the administrative gazetteer, then road, number, building, room; English street addresses."""

import re
from collections.abc import Sequence

from classification.lexicons import Lexicons
from classification.model import Finding

_ROAD = re.compile(
    r"[\u4e00-\u9fff\w]{1,12}?(?:路|街|大道|道|巷|弄|胡同|里|村|镇|乡|屯|组|庄|寨|小区|"
    r"花园|公寓|社区|广场|新村|苑|大厦|家园|公馆|府|城|湾|园区|科技园|高速|国道)"
)
_NUMBER = re.compile(
    r"[0-9零一二三四五六七八九十百A-Za-z\-]+(?:号楼|号院|号|弄|栋|幢|座|单元|室|楼|层|房|"
    r"组|巷|户|公里|米)|[0-9]+-[0-9]+(?:-[0-9]+)?$"
)
_ENGLISH = re.compile(
    r"(?i)(?:^|.*[ ,])(?:no\.? ?)?\d+[a-z]?,? .*\b(?:street|st|road|rd|avenue|ave|lane|ln|"
    r"drive|dr|boulevard|blvd|court|ct|way|place|pl|terrace|district|square)\b.*"
    r"|(?:room|rm|apt|unit|flat|suite) ?[\w\-]+,.*[a-z]{3,}.*"
)
_LEVEL = re.compile(r"(?:省|市|自治区|自治州|地区|区|县|旗|盟|街道|镇|乡)")
_SHORT = re.compile(r"[\u4e00-\u9fff]{2,8}(?:省|市|区|县|旗|州|盟)")
_NOT_ADDRESS = (
    "公司",
    "医院",
    "大学",
    "学院",
    "学校",
    "中学",
    "小学",
    "集团",
    "银行",
    "分行",
    "支行",
    "事务所",
    "幼儿园",
    "诊所",
    "卫生院",
    "营业部",
)
_LONGEST_NAME = 11
_ADDRESS_MOST = 120
_FEW = 8


class AddressBook:
    """Reads the levels of an address; built once from the lexicons."""

    def __init__(self, lexicons: Lexicons) -> None:
        """Keep the three levels."""
        self._levels = (lexicons.provinces, lexicons.cities, lexicons.districts)

    def leading_levels(self, text: str) -> tuple[int, int]:
        """Give how many gazetteer levels the text begins with, and where they end."""
        at, count = 0, 0
        for names in self._levels:
            for size in range(min(_LONGEST_NAME, len(text) - at), 1, -1):
                if text[at : at + size] in names:
                    at, count = at + size, count + 1
                    break
            else:
                continue
            while at < len(text) and text[at] in " ,-/　":
                at += 1
        return count, at

    def score(self, text: str) -> float:
        """Give how much a whole text looks like an address, 0 to 1; a region's name alone is none."""
        if text.isascii():
            return 0.9 if _ENGLISH.fullmatch(text) else 0.0
        if len(text) > _ADDRESS_MOST or any(mark in text for mark in "。？！；"):
            return 0.0
        levels, end = self.leading_levels(text)
        rest = text[end:]
        road, number = _ROAD.search(rest), _NUMBER.search(rest)
        if text.endswith(_NOT_ADDRESS) or (not number and any(word in rest for word in _NOT_ADDRESS)):
            return 0.0
        if levels >= 2:  # noqa: PLR2004 -- two levels name a place
            # Province and city without anything narrower is where a number was issued, not where somebody lives.
            return 0.95 if rest or levels > 2 or text.endswith(("区", "县", "旗")) else 0.3  # noqa: PLR2004 -- down to the district
        if levels == 1:
            return 0.9 if (road and number) or (road and len(rest) > 3) or len(_LEVEL.findall(rest)) >= 1 else 0.2  # noqa: PLR2004 -- more than the suffix
        if road and number:
            return 0.8
        return 0.6 if len(_SHORT.findall(text)) >= 2 else 0.0  # noqa: PLR2004 -- two levels, unknown ones


def find_addresses(values: Sequence[str], book: AddressBook) -> Finding | None:
    """Give what distinct values say about being addresses."""
    if not values:
        return None
    scores = [book.score(value) for value in values]
    share = sum(score >= 0.5 for score in scores) / len(scores)  # noqa: PLR2004 -- more likely than not
    if share < (0.1 if len(values) > _FEW else 0.5):  # a stray street is no finding, nor one desk in a short list
        return None
    quality = sum(score for score in scores if score >= 0.5) / max(1, share * len(scores))  # noqa: PLR2004 -- as above
    return Finding("ADDRESS", share, 6.5 * quality, (f"place names and street grammar: {share:.0%}",))
