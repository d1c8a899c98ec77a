"""Addresses in running text: from the gazetteer down, from a cue on, and from a home's number back to its estate."""

import re
from collections.abc import Iterator

import ahocorasick

from classification.dictionary import Dictionary
from classification.families.addresses import AddressBook
from classification.lexicons import Lexicons
from classification.textcuts import name_start

_PLAIN = r"(?:和平|(?!变更|改为)(?![的由在和与及是了有到从被把您我你他她，。；！？、：:])[\u4e00-\u9fffA-Za-z0-9])"
_COUNT = r"[0-9零〇一二三四五六七八九十百A-Za-z]+(?:-[0-9A-Za-z]+)*"
# A room may follow a building, a stairway or a floor without a word of its own.
_ROOM = r"(?:\d{3,4}(?!\d|号|室|元|年|房|万|人|平|米|块|套))?"
_NUMBER = (
    rf"(?:{_COUNT}(?:号?(?:宿舍楼|公寓楼|教学楼|住宅楼|办公楼|宿舍|公寓|楼)|栋|幢|座|单元|层){_ROOM}|"
    rf"第?{_COUNT}(?:号院|弄|室|房|组|队|社|户|门|号(?!院|线|文|令|公告)))"
)
_KIND = (
    r"省|市|自治州|区|县|旗|盟|街道|镇|乡|村|路|大道|大街|街|道|巷|弄|段|胡同|里|屯|小区|花园|公寓|社区|广场|新村|"
    r"苑|大厦|家园|公馆|园区|科技园|产业园|工业园|软件园|中心|城|商务楼|写字楼|商厦|大楼|宿舍|家属院|大院|山庄|别墅|"
    r"庭院|豪庭|府邸|名邸|国际|会所|酒店|宾馆|大学|学院|中学|小学|学校|幼儿园|工厂|厂区|农场|林场|牧场|环路|环线|"
    r"国道|省道|高速|立交桥|大桥|码头|开发区|新区"
)
_UNIT = rf"{_PLAIN}{{1,10}}?(?:{_KIND}|{_PLAIN}(?=\d{{1,3}}(?:幢|栋|座|号楼)))"
# A hamlet whose name has no word for it shows by the team or number behind it.
_HAMLET = (
    r"[\u4e00-\u9fff]{1,5}?[沟庄屯营寨坝湾坪塘岭坡圩堡铺店棚集洼峪坳坊桥井台墩岗冲垭]"
    r"(?=第?[0-9一二三四五六七八九十]{1,3}(?:组|队|社|号|户))"
)
# A comma parts an address only where no other field begins behind it.
_NEXT = "户籍|现住|通讯|联系|收件|寄件|收货|邮寄|身份|电话|手机|邮编|原住|新址|姓名|常住|家庭"
_TAIL = re.compile(
    rf"(?:(?:[ ,，](?!{_NEXT}))?(?:{_NUMBER}|{_HAMLET}|{_UNIT}))*(?:[ ]?(?:{_NUMBER}|\d{{1,5}}(?:-\d{{1,5}}){{1,3}}))*"
    rf"(?:(?:与|和){_PLAIN}{{1,8}}?(?:路|街|大道|道|巷|线)(?:交叉口|交汇处|交界处|路口))?"
)
_HOUSE = re.compile(_NUMBER + r"|\d{1,5}-\d{1,5}|交叉口|交汇处|交界处|路口")
_CUED = re.compile(
    rf"(?:(?:户籍|现|现住|家庭|通讯|联系|邮寄|收件|寄件|收货|送货|办公|单位|公司|注册|经常居住)?(?:地址|住址|居住地|所在地|住所地?|户籍地)|"
    rf"家住|住在|住所?(?!址)|现住(?!址)|居住[在于]|户籍|坐落[于在]?|寄到|寄往|送到|位于|搬到|寄至|迁至|迁往|送至|addr(?:ess)?)"
    rf"[\"']?[ \t]*(?:[:：=]|由|是|为|在|于)?[ \t]*[\"']?(?P<v>(?:{_UNIT}|{_HAMLET})+(?:[ ]?{_NUMBER})+)"
)
# Building and room are enough: the estate before them may stand in no gazetteer.
_HOME = re.compile(
    r"(?<![0-9A-Za-z年月日第-])(?:[0-9]{1,3}|[A-Za-z]|[一二三四五六七八九十]{1,3})(?:栋|幢|号楼|座)"
    r"(?:[0-9一二三四五六]{1,2}(?:单元|门))?(?:[0-9]{1,2}(?:层|楼))?(?:[0-9A-Za-z]{1,2}-)?[0-9]{3,4}(?:室|房|号)?(?![0-9])"
)
_ENGLISH = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:Room|Rm|Apt|Apartment|Unit|Flat|Suite)"
    r"\.? ?[\w-]+, ?)?(?:(?:Building|Bldg|Block|Tower)\.? ?[\w-]+, ?)?"
    r"(?:No\. ?)?\d+[A-Za-z]?,? (?:(?:North|South|East|West|[NSEW]\.?|[A-Z][A-Za-z']+) ){1,4}(?:Street|St|Road|Rd|"
    r"Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Way|Place|Terrace|Crescent|Square|Highway|Hwy)\.?(?:,? "
    r"(?:[A-Z][a-z]+ ?){1,3}(?:District|City|Province)?)*(?![a-z])"
)
_ZONES = (
    "经济技术开发区",
    "高新技术产业开发区",
    "高新区",
    "经开区",
    "开发区",
    "保税区",
    "新城区",
    "工业园区",
    "示范区",
    "滨江区",
    "新区",
)
_LONGEST = 60


class AddressFinder:
    """Finds addresses; built once."""

    def __init__(self, lexicons: Lexicons, book: AddressBook, dictionary: Dictionary) -> None:
        """Build the automaton of places."""
        self._book = book
        self._dictionary = dictionary
        self._places = ahocorasick.Automaton()
        districts = {name for name in lexicons.districts if len(name) > 2}  # noqa: PLR2004 -- two characters are too common
        for name in lexicons.provinces | lexicons.cities | districts | set(_ZONES):
            self._places.add_word(name, len(name))
        self._places.make_automaton()

    def find(self, text: str) -> Iterator[tuple[int, int, float]]:
        """Give start, end and score of every address; they may overlap, the longest is meant."""
        yield from self._placed(text)
        for hit in _CUED.finditer(text):
            yield hit.start("v"), hit.end("v"), 0.8
        for hit in _HOME.finditer(text):
            start = name_start(text, hit.start(), self._dictionary)
            if hit.start() - start > 1:
                yield start, hit.end(), 0.75
        for hit in _ENGLISH.finditer(text):
            yield hit.start(), hit.start() + len(hit[0].rstrip(" ,")), 0.85

    def _placed(self, text: str) -> Iterator[tuple[int, int, float]]:
        covered = 0
        for start in sorted({end - size + 1 for end, size in self._places.iter(text)}):
            if start < covered:
                continue
            levels, at = self._levels(text, start)
            tail = _TAIL.match(text, at)
            end = max(at, tail.end() if tail else 0)
            written = text[start:end].rstrip(" ,，")
            housed = _HOUSE.search(text, at, end) is not None
            if levels > 1 or (levels > 0 and housed and len(written) > at - start + 2):
                covered = start + len(written)
                yield start, covered, 0.92 if housed else 0.7

    def _levels(self, text: str, start: int) -> tuple[int, int]:
        levels, size = self._book.leading_levels(text[start : start + _LONGEST])
        at = start + size
        zone = next((one for one in _ZONES if text.startswith(one, at)), None)
        return (levels + 1, at + len(zone)) if zone else (levels, at)
