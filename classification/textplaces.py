"""Addresses, hospitals and diagnoses in running text."""

import re
from collections.abc import Iterator

import ahocorasick

from classification.families.addresses import AddressBook
from classification.lexicons import Lexicons
from classification.model import Span

_PLAIN = r"(?:和平|(?!变更|改为)(?![的由在和与及是了有到从被把您我你他她，。；！？、：:])[\u4e00-\u9fffA-Za-z0-9])"
_NUMBER = (
    r"[0-9零一二三四五六七八九十百A-Za-z]+(?:-[0-9A-Za-z]+)*(?:号楼|号院|号|弄|室|层|房|组|"
    r"(?:栋|幢|座|单元|楼)(?:\d{3,4}(?!\d|号|室|元|年))?)"
)
_UNIT = (
    rf"{_PLAIN}{{1,10}}?(?:省|市|自治州|区|县|旗|盟|街道|镇|乡|村|路|大道|大街|街|道|巷|弄|段|"
    rf"胡同|里|屯|小区|花园|公寓|社区|广场|新村|苑|大厦|家园|公馆|园区|科技园|产业园|工业园|中心|城|"
    rf"{_PLAIN}(?=\d{{1,3}}(?:幢|栋|座|号楼)))"
)
_TAIL = re.compile(rf"(?:[ ,，]?(?:{_NUMBER}|{_UNIT}))*(?:[ ]?(?:{_NUMBER}|\d{{1,5}}(?:-\d{{1,5}}){{1,3}}))*")
_HOUSE = re.compile(_NUMBER + r"|\d{1,5}-\d{1,5}")
_CUED = re.compile(
    rf"(?:地址|住址|家住|住在|现住|居住在|户籍地?|寄到|寄往|送到|位于|搬到|寄至)[ \t]*(?:[:：]|"
    rf"由|是|为|在)?[ \t]*(?P<v>(?:{_UNIT})+(?:[ ]?{_NUMBER})+)"
)
_ENGLISH = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:Room|Rm|Apt|Unit|Flat|Suite)"
    r"\.? ?[\w-]+, ?)?(?:(?:Building|Bldg|Block)\.? ?[\w-]+, ?)?"
    r"(?:No\. ?)?\d+[A-Za-z]? (?:[A-Z][a-z']+ ){1,4}(?:Street|St|Road|Rd|"
    r"Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Way|Place)\.?(?:,? "
    r"(?:[A-Z][a-z]+ ?){1,3}(?:District|City|Province)?)*(?![a-z])"
)
_QUALIFIER = (
    r"(?:急性|慢性|亚急性|原发性|继发性|多发性|复发性|陈旧性|老年性|先天性|特发性|病毒性|"
    r"细菌性|过敏性|化脓性|粉碎性|开放性|闭合性|压缩性|[甲乙丙丁戊]型|[前后下侧]壁|[远近]端|"
    r"重度|中度|轻度|早期|晚期|中期|左侧?|右侧?|双侧|良性|恶性|妊娠期?|"
    r"[IⅠⅡⅢⅣ0-9一二三四]+型|[IⅠⅡⅢⅣ0-9一二三四][级期度]|股骨颈|非小细胞|小细胞|浸润性|上|下|前|后|"
    r"股骨|胫骨|桡骨|锁骨|腰椎|颈椎|胸椎|肋骨|踝|膝|髋|腕|肩)*"
)
_AFTER = (
    r"(?:[0-9一二三四ⅠⅡⅢⅣIV]+(?:[A-C]?期|[级度型]|-[0-9]级)|[ ]?(?:TI|BI)-RADS ?[0-6][a-c]?类|"
    r"伴[\u4e00-\u9fff]{1,4}?(?:病变|病(?!史)|炎|症(?!状))|"
    r"[（(](?:[0-9一二三四ⅠⅡⅢⅣIV]+[级期度型]|[^（）()]{1,8}期?)[）)]|术后|急性发作|综合征|"
    r"病(?![人历房例情史])|症(?!状)){0,3}"
)
_ORGAN = (
    r"(?:肺|肝|胃|肠|胰|肾|脑|骨|皮肤|乳|宫颈|子宫|卵巢|甲状|前列|食管|膀胱|鼻咽|喉|胆|胆囊|心|肌|血管|关节|淋巴|脊髓|角膜|结膜|牙周|盆腔|"
    r"输卵管|尿道|扁桃体|鼻窦|阑尾){1,3}(?:腺|鳞|细胞|小细胞|泡|膜|状|间质)?(?:癌|瘤|炎|结石|囊肿|息肉|梗死|梗塞|出血|硬化|溃疡|穿孔|狭窄|"
    r"衰竭|结节|结核|纤维化|积水|脱垂)|[颈胸腰骶]\d(?:-\d)?椎间盘(?:突出|膨出)"
)
_TRIGGERS = frozenset("癌瘤炎石肿肉死塞血化疡孔窄竭节核水垂突膨")
_PRODUCT = re.compile(r"(?:保险|险|保障|责任|理赔金|保险金|产品|计划|筛查|检测|疫苗|预防|专项)")
_HOSPITAL = re.compile(
    r"[\u4e00-\u9fff]{0,12}?(?:医院|卫生院|卫生服务中心|妇幼保健院)(?:[（(][^（）()]{1,6}[）)]|[东西南北]院区?)?"
)
_PLACE_CUE = re.compile(
    r"(?:[在到于赴去往至由送]|就诊|住院|入住|医院[:：]|就医于)(?P<v>[\u4e00-\u9fff]{2,14}?(?:医院|卫生院|妇幼保健院))"
)
_KINDS_OF_HOSPITAL = (
    r"(?:[省市县区旗州]|大学|附属|第[一二三四五六七八九十]+|人民|中心|中医|"
    r"肿瘤|儿童|妇产|口腔|骨科|协和|同济|红十字会?){1,4}医院|"
    r"(?:[省市县区]|[^省市县区])妇幼保健院|[镇乡]卫生院"
)
_NAMED = re.compile(
    r"(?:(?<![\u4e00-\u9fff])|(?<=建议转)|(?<=调查)|(?<=转至)|(?<=转往)|(?<=就诊于)|(?<=住院于))"
    r"(?P<v>(?!二级|三级|一级|公立|私立|定点|指定|该|本|当地|各|任何|全国|所有|由|在|到|去|于|和|或|请)"
    rf"(?:(?![的在和与及或以了是转查送至到住诊往入由经后赴被说看家])[\u4e00-\u9fff]|仁和|协和){{0,6}}?(?:{_KINDS_OF_HOSPITAL}))"
)
_NO_ONE_HOSPITAL = re.compile(
    r"指定|定点|以上|公立|私立|我们|公司|三甲|[一二三]级|当地|任何|同级|所有|^(?:人民|中心|中医)?医院$"
)
_LONGEST = 60


class PlaceFinder:
    """Finds addresses, hospitals and diagnoses; built once."""

    LABELS = frozenset(("ADDRESS", "HOSPITAL", "MEDICAL"))

    def __init__(self, lexicons: Lexicons, book: AddressBook) -> None:
        """Build the gazetteer automaton and the pattern of diagnoses."""
        self._book = book
        self._places = ahocorasick.Automaton()
        for name in lexicons.provinces | lexicons.cities | {name for name in lexicons.districts if len(name) > 2}:  # noqa: PLR2004 -- two characters are too common
            self._places.add_word(name, len(name))
        self._places.make_automaton()
        vague = lexicons.sets["vague_in_text"]
        terms = [term for term in lexicons.words["medical"] if term.lower() not in vague]
        zh = "|".join(sorted((re.escape(term) for term in terms if not term.isascii()), key=len, reverse=True))
        en = "|".join(sorted((re.escape(term) for term in terms if term.isascii()), key=len, reverse=True))
        self._terms = ahocorasick.Automaton()
        for term in terms:
            self._terms.add_word(term.lower(), len(term))
        self._terms.make_automaton()
        self._diagnosis = re.compile(
            rf"{_QUALIFIER}(?:{zh}|{_ORGAN}){_AFTER}|(?<![A-Za-z])(?i:(?:acute|chronic|type [12I]+|severe|"
            rf"mild|stage [IV1-4]+) )?(?i:{en})(?:s)?(?![A-Za-z])"
        )

    def find(self, text: str) -> list[Span]:
        """Give the places and diagnoses in a text."""
        found = [*self._addresses(text), *self._diagnoses(text)]
        if "院" in text or "卫生服务" in text:
            found.extend(self._hospitals(text))
        return found

    def _addresses(self, text: str) -> Iterator[Span]:
        covered = 0
        for start in self._starts(text):
            if start < covered:
                continue
            levels, at = self._book.leading_levels(text[start : start + _LONGEST])
            tail = _TAIL.match(text, start + at)
            end = max(start + at, tail.end() if tail else 0)
            written = text[start:end].rstrip(" ,，")
            housed = _HOUSE.search(text, start + at, end) is not None
            placed = levels > 1 or (levels > 0 and housed and len(written) > at + 2)
            if placed:
                covered = start + len(written)
                yield Span(start, covered, "ADDRESS", 0.92 if housed else 0.7)
        for hit in _CUED.finditer(text):
            yield Span(hit.start("v"), hit.end("v"), "ADDRESS", 0.8)
        for hit in _ENGLISH.finditer(text):
            yield Span(hit.start(), hit.start() + len(hit[0].rstrip(" ,")), "ADDRESS", 0.85)

    def _starts(self, text: str) -> list[int]:
        return sorted({end - size + 1 for end, size in self._places.iter(text)})

    def _diagnoses(self, text: str) -> Iterator[Span]:
        if _TRIGGERS.isdisjoint(text) and next(self._terms.iter(text.lower()), None) is None:
            return
        for hit in self._diagnosis.finditer(text):
            if _PRODUCT.match(text, hit.end()) is None and hit.end() > hit.start():
                yield Span(hit.start(), hit.end(), "MEDICAL", 0.85)

    def _hospitals(self, text: str) -> Iterator[Span]:
        for start in self._starts(text):
            hit = _HOSPITAL.match(text, start)
            if hit is not None:
                yield Span(start, hit.end(), "HOSPITAL", 0.88)
        for pattern, score in ((_NAMED, 0.8), (_PLACE_CUE, 0.75)):
            for hit in pattern.finditer(text):
                if _NO_ONE_HOSPITAL.search(hit["v"]) is None:
                    yield Span(hit.start("v"), hit.end("v"), "HOSPITAL", score)
