"""Where a name of an institution or estate begins in running Chinese text, read leftwards from its end."""

import re
from collections.abc import Mapping

from classification.dictionary import ADVERB, LINK, VERB, Dictionary, kind_of, weight_of

_NAME = re.compile(r"[\u4e00-\u9fff〇]|[0-9](?=[0-9]{0,3}[\u4e00-\u9fff])")
# Words after which such a name begins: prepositions, verbs of going, sending and showing, and what ends a clause.
_LONG = (
    *(
        "就诊于",
        "住院于",
        "就医于",
        "转诊至",
        "转诊到",
        "转院至",
        "送医至",
        "入住于",
        "居住在",
        "居住于",
        "居住地",
        "现居住",
    ),
    *(
        "转至",
        "转往",
        "转到",
        "转入",
        "转去",
        "送至",
        "送往",
        "送到",
        "送去",
        "前往",
        "去往",
        "赶往",
        "赶到",
        "来到",
        "去了",
        "到了",
    ),
    *(
        "住在",
        "住进",
        "住到",
        "住址",
        "地址",
        "搬到",
        "搬至",
        "搬去",
        "迁至",
        "迁往",
        "迁到",
        "寄到",
        "寄至",
        "寄往",
        "快递放",
        "放到",
        "放在",
        "发往",
    ),
    *("位于", "坐落", "坐落于", "停在", "停放在", "停于", "行驶至", "驶入", "途经", "途径", "经过", "路过"),
    *(
        "由于",
        "提供",
        "出具",
        "附上",
        "附有",
        "持有",
        "凭借",
        "根据",
        "依据",
        "按照",
        "关于",
        "以及",
        "或者",
        "还有",
        "包括",
        "例如",
    ),
    *(
        "看望",
        "探望",
        "陪同",
        "联系",
        "约在",
        "约到",
        "查询",
        "调取",
        "调查",
        "走访",
        "核实",
        "致电",
        "咨询",
        "通过",
        "确认",
        "建议",
        "推荐",
    ),
    *(
        "就诊",
        "就医",
        "住院",
        "入住",
        "入院",
        "复查",
        "复诊",
        "手术",
        "治疗",
        "检查",
        "体检",
        "挂号",
        "急诊",
        "现住",
        "家住",
        "户籍",
        "房产",
    ),
    *(
        "我院",
        "本院",
        "贵院",
        "委托",
        "留观",
        "我们",
        "你们",
        "他们",
        "本人",
        "患者",
        "客户",
        "老板",
        "医生",
        "家属",
        "今天",
        "昨天",
        "明天",
        "上午",
        "下午",
        "晚上",
        "最近",
        "目前",
    ),
    *(
        "后来",
        "已经",
        "曾经",
        "一直",
        "当时",
        "现在",
        "准备",
        "打算",
        "需要",
        "必须",
        "可以",
        "希望",
        "想要",
        "正在",
        "并且",
        "然后",
        "因为",
    ),
)
_SHORT = frozenset(
    "自入见拿报抵在到去由转经于至往赴住附与和及或是为把给送被从向对请找凭据查陪的了过着又也再曾因系跟同我你他她它让叫回来进出放寄搬奔将并且而但若如即则还只就都才可能会想要该此每各这那称说报曰"
)
_OPENING = frozenset("在到去由转经于至往赴附据被从向")  # at the beginning of a clause these lead in whatever follows
_LEADING = frozenset((VERB, ADVERB, LINK))
_MOST = 16
_SHORTEST = 2
_LEVELS = frozenset("省市区县镇乡校院")


def name_start(text: str, at: int, dictionary: Dictionary, most: int = _MOST) -> int:
    """Give where the name that runs into a position begins.

    Args:
        text: the text.
        at: where the name's own kind, such as 医院, begins.
        dictionary: general words: a short word inside a longer one, such as 和 in 和谐, ends nothing.
        most: how many characters to read at most.
    """
    start = at
    while start > 0 and at - start < most and _NAME.match(text, start - 1):
        if start < at and _is_cut(text, start, dictionary, short=at - start < _SHORTEST):
            break
        start -= 1
    return start


def _is_cut(text: str, at: int, dictionary: Dictionary, *, short: bool) -> bool:
    """Tell whether a word that ends right before a position leads a name in."""
    if text.endswith(_LONG, 0, at):
        return True
    codes = dictionary.codes
    last = text[at - 1]
    if last not in _SHORT:
        # A single character left over is more likely the end of a name such as 安居苑.
        return not (short and text[at] not in _LEVELS) and _leading_word(text, at, codes) > _crossing(text, at, codes)
    if last in _OPENING and (at == 1 or not "\u4e00" <= text[at - 2] <= "\u9fff"):
        return True
    belongs_left = last in "和同" and at > 1 and text[at - 2 : at] in codes  # as 和 does in 仁和
    return not belongs_left and not _crossing(text, at, codes)


def _leading_word(text: str, at: int, codes: Mapping[str, int]) -> float:
    """Give how usual the verb, adverb or preposition is that ends before a position; 0 where none does."""
    found = (codes.get(text[at - size : at]) for size in (2, 3) if at >= size)
    return max((weight_of(code) for code in found if code is not None and kind_of(code) in _LEADING), default=0.0)


def _crossing(text: str, at: int, codes: Mapping[str, int]) -> float:
    """Give how usual the word is that begins before a position and ends behind it; 0 where none does."""
    words = (text[at - back : at - back + size] for size in (2, 3, 4) for back in range(1, size) if at >= back)
    return max((weight_of(codes[word]) or 0.1 for word in words if word in codes), default=0.0)
