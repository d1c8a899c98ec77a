"""Names in running text: a surname alone proves nothing, so a name needs a cue beside it.

Cues are label words, titles, relations and verbs of speech, or another mention that touches the name.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from classification.families.names import NameBook
from classification.lexicons import Lexicons
from classification.model import Span

_LEFT = re.compile(
    r"(?:姓名|名字|户名|全名|联系人|收件人|收货人|寄件人|持卡人|开户人|投保人|被保险人|"
    r"被保人|受益人|申请人|报案人|经办人|驾驶员|驾驶人|监护人|负责人|代理人|业务员|查勘员|"
    r"客户经理|坐席|客服|客户|用户|车主|患者|病人|伤者|死者|逝者|家属|学员|会员|医生|大夫|"
    r"护士|老师|同事|朋友|配偶|丈夫|妻子|老公|老婆|爱人|儿子|女儿|父亲|母亲|爸爸|妈妈|"
    r"哥哥|弟弟|姐姐|妹妹|孩子|本人|我是|我叫|我姓名|名叫|叫做|叫|您是|你是|找到|找|联系|"
    r"致电|通知|回访|转告|转给|告知|委托|咨询人|来电人|收款人|付款人|当事人|三者|"
    r"标的车司机|司机|"
    r"[\u4e00-\u9fff][:：]|是|为|由|和|与|请|给|让)(?:姓名|名称|本人|的)?[ \t]*[:：是为叫，,（(「“\"]?[ \t]*$"
)
_WEAK_LEFT = re.compile(
    r"(?:^|[^\u4e00-\u9fff])(?:是|为|由|和|与|请|给|让|找|联系|通知|告知|叫)$|"
    r"[\u4e00-\u9fff](?:(?<![我您你])是|为|由|和|与|请|给|让)$|"
    r"(?<!姓名)(?<!名字)(?<!户名)(?<!联系人)(?<!人)(?<!客户)[:：]$"
)
_RIGHT = re.compile(
    r"(?:先生|女士|小姐|太太|老师|经理|医生|大夫|主任|同志|师傅|阿姨|大哥|大姐|叔叔|律师|教授|护士|总(?![额数计]))|"
    r"[ \t]*[（(]?(?:手机|电话|联系方式|身份证|证件|保单|邮箱|微信|车牌|银行卡|出生|男|女|"
    r"本人|来电|致电|反映|表示|反馈|咨询|投诉|报案|要求|申请|说|称|提出|询问|购买|投保|"
    r"确认|收(?![入款费])|"
    r"住院|因|于|在|驾驶|名下|您好|你好|的(?:手机|电话|身份证|保单|邮箱|地址|车牌|银行卡|"
    r"微信|住址|账户|账号|父亲|母亲|妻子|丈夫|儿子|女儿|证件|护照|家属|病历|诊断|理赔|"
    r"联系方式|信息))"
)
_EDGE = re.compile(
    r"$|[^\u4e00-\u9fff]|的|在|于|和|与|及|是|为|因|已|已经|对|将|来|去|被|想|要|从|向|也|又|就|到|有|没|未|不"
)
_LATIN_NAME = r"(?P<v>[A-Z][a-z]+(?:[ ][A-Z]\.)?(?:[ ][A-Z][a-z'-]+){1,2})"
_LATIN_CUE = re.compile(
    r"(?:(?i:name(?: is)?|named|called|i am|i'm|this is|customer|client|patient|insured|"
    r"policyholder|beneficiary|contact|applicant|agent|claimant|driver|owner|holder|mr|"
    r"mrs|ms|miss|dr|spouse|wife|husband|son|daughter|from|with|姓名|客户|联系人)"
    r"\.?[:：,]?[ ]?)" + _LATIN_NAME
)
_LATIN_ANY = re.compile(r"(?<![A-Za-z])" + _LATIN_NAME + r"(?![A-Za-z])")
_DOTTED = re.compile(r"[\u4e00-\u9fff]{2,6}·[\u4e00-\u9fff]{2,6}(?:·[\u4e00-\u9fff]{1,6})?")
_TOUCH = re.compile(r"[ \t,，、:：/|;；()（）\-]{0,3}")
_SURE, _FAIR = 0.9, 0.78
_CALLED = re.compile(r"(?:叫|姓名|名字|户名)[:：是为]?$")
_KNOWN, _UNKNOWN = 0.6, 0.2  # below, the given name is made of unknown characters; a name that is called so may be


class NameFinder:
    """Finds names in text; built once."""

    LABELS = frozenset(("PERSON",))

    def __init__(self, lexicons: Lexicons, book: NameBook) -> None:
        """Compile the surnames into one pattern."""
        single = "".join(sorted(lexicons.common_surnames | lexicons.rare_surnames))
        double = "|".join(sorted(lexicons.double_surnames))
        self._surname = re.compile(f"(?:{double})|[{single}]")
        self._book = book
        self._lexicons = lexicons

    def find(self, text: str, others: Sequence[Span]) -> list[Span]:
        """Give the names in a text, given what else was found there."""
        taken = sorted((span.start, span.end) for span in others)
        found = [*self._chinese(text, taken), *self._latin(text)]
        found += [Span(hit.start(), hit.end(), "PERSON", _SURE) for hit in _DOTTED.finditer(text)]
        return found

    def _chinese(self, text: str, taken: Sequence[tuple[int, int]]) -> Iterator[Span]:
        end = 0
        starts = [a for a, _ in taken]
        for hit in self._surname.finditer(text):
            start = hit.start()
            inside = bisect_right(starts, start) - 1
            if start < end or (inside >= 0 and start < taken[inside][1]):
                continue
            left = text[max(0, start - 10) : start]
            cued = _LEFT.search(left)
            weak = cued is not None and _WEAK_LEFT.search(left) is not None
            best: tuple[float, int] | None = None
            for size in (2, 3, 4):
                stop = start + size
                score = self._candidate(text, start, stop, len(hit[0]))
                if score <= 0:
                    continue
                right = _RIGHT.match(text, stop)
                edge = _EDGE.match(text, stop) is not None
                touching = _touches(text, start, stop, _nearby(taken, starts, start, stop))
                evidence = (
                    (1.0 if cued and not weak else 0.5 if weak else 0.0)
                    + (1.0 if right else 0.0)
                    + (0.8 if touching else 0.0)
                )
                rank = score + (0.5 if right else 0.3 if edge else 0.0) + 0.1 * size
                strong = evidence >= 0.8 or (weak and edge and score > 0.9)  # noqa: PLR2004 -- a whole cue, or half a one on a sure name
                if strong and (right or edge or (cued and not weak)) and (best is None or rank > best[0]):
                    best = (rank, stop)
            if best is not None:
                end = best[1]
                yield Span(start, end, "PERSON", _SURE if cued and not weak else _FAIR)

    def _candidate(self, text: str, start: int, stop: int, surname: int) -> float:
        word = text[start:stop]
        if len(word) != stop - start or len(word) <= surname or not all("\u4e00" <= c <= "\u9fff" for c in word):
            return 0.0
        score = self._book.score(word)
        called = _CALLED.search(text, max(0, start - 4), start) is not None
        return score if score >= (_UNKNOWN if called else _KNOWN) else 0.0

    def _latin(self, text: str) -> Iterator[Span]:
        for hit in _LATIN_CUE.finditer(text):
            if self._book.score(hit["v"]) > 0:
                yield Span(hit.start("v"), hit.end("v"), "PERSON", _SURE)
        for hit in _LATIN_ANY.finditer(text):
            if self._book.score(hit["v"]) >= _SURE:
                yield Span(hit.start("v"), hit.end("v"), "PERSON", _FAIR)


def _nearby(
    taken: Sequence[tuple[int, int]], starts: Sequence[int], start: int, stop: int
) -> Sequence[tuple[int, int]]:
    """Give the mention before a name and the one behind it; the mentions are in order and apart."""
    return taken[max(0, bisect_right(starts, start) - 1) : bisect_left(starts, stop) + 1]


def _touches(text: str, start: int, stop: int, taken: Sequence[tuple[int, int]]) -> bool:
    """Tell whether nothing but punctuation lies between the name and another mention."""
    for a, b in taken:
        between = text[stop:a] if a >= stop else text[b:start] if b <= start else None
        if between is not None and len(between) <= 3 and _TOUCH.fullmatch(between):  # noqa: PLR2004 -- as the pattern
            return True
    return False
