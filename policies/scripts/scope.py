"""Whether a hit is meant: negation, prohibition, quotation and correction around it.

Each function looks only at the stretch of scope around the hit, so that what follows `但是` is judged afresh, and a
disclaimer in another sentence saves nothing.
"""

import re
from typing import Final

from policies.scripts.automaton import Hit
from policies.scripts.rules import Rule
from policies.scripts.views import View

WINDOW: Final = 80  # characters; speech without marks has sentences without end, and nobody's "not" reaches further
_NOT_NEGATION: Final = re.compile(
    r"不但|不仅|不光|不管|不论|不怕|不愧|不错|不止|不用(?:担心|怕|愁|管|操心|犹豫)|无论|没问题|没关系|没错|非常|无忧|无比|别人|别家|别的|特别"
    r"|差不多|不一样|不用说|不得了|未来|不敢说别的|要不|不然|不限|无限|不断|不如|不少|非得|(?<!是)不是吗|是不是|能不能|有没有|要不要|会不会|好不好|行不行"
)
_DOUBLE: Final = re.compile(
    r"(?:怎么|咋)(?:可能|会)?[^，。]{0,3}$|难道|哪(?:能|会|里会)|岂能|不可能不|不会不|没有不|无不|不得不"
)
_NEGATION: Final = re.compile(
    r"(?:不(?:是|能|会|可以|可能|可|敢|保证|承诺|存在|属于|等于|代表|构成|应|该|要|得|准|许|再|提供|支持|算|叫|同于|包括|宜|做|对|需要|含)?"
    r"|没(?:有|法|人)?|无(?:法|权|需)?|并非|绝非|从未|尚未|未(?:经)?|非|别|勿|莫|禁止|严禁|切忌|拒绝|否认|谢绝|杜绝|避免)"
    r"[^，。]{0,7}$"
)
_AFTER: Final = re.compile(
    r"^[^，。]{0,6}(?:是不(?:可能|存在|允许|对|行|合规|可以)(?!亏|不)|不可能的|不存在|做不到|违规|违法|不合规|是假的|是骗|都是骗|骗人|不能信|不可信|不能说|不能讲"
    r"|说法(?:是)?(?:错|不|有误)|是错|不成立|是误解|的都是|这种话|不允许|被禁止|是禁止|是不能)"
)
_PROHIBITED: Final = re.compile(
    r"严禁|禁止|(?<![舍恨巴怪记值顾])不得(?!不|了|已)|不准|不许|(?:不能|不要|不可|不可以|别|切勿|请勿|勿|切忌)(?:再|向|对|跟|和|给|随意|这么|这样|轻易|相信|听信|轻信|出现)?[^，。]{0,4}"
    r"(?:说|讲|承诺|宣传|信|暗示|表述|宣称)|谨防|警惕|提防|防范|防骗|骗子|骗局|反例|错误示范|负面清单|违规(?:话术|案例|表述)|禁用|违禁"
    r"|如果?有人|有人(?:说|称|让|要|打着)|要是有人|凡是|任何(?:人|以|要求|声称|自称|承诺)|谁(?:要是)?(?:这样|这么|跟|对|和|给|说|承诺|让|叫)|遇到(?:这样|此类|这种|有人|自称|要求|类似|任何)|冒充|声称|谎称|假冒|投诉过|举报"
    r"|处罚|通报|案例[:，]|误导"
)
_CONDEMNED: Final = re.compile(
    r"违规|违法|都是(?:骗|假|误导|陷阱)|骗局|骗子|诈骗|报警|举报|投诉他|投诉它|开除|处分|不要(?:相信|理会|轻信)|别信|不可信|不能信|一律(?:禁用|解约|拒绝|不)|属于误导|属误导"
    r"|不(?:被)?允许|是不对的|是错的|禁用|不能这么说|不能这样说|挂断电话|法律不允许|不合规|不实|要当心"
)
_QUOTED: Final = re.compile(
    r"(?:您|你|客户|先生|女士|阿姨|叔叔)(?:们)?(?:刚才|刚刚|之前|上次|前面|先前)?(?:所)?(?:说的?|提到的?|问的?|听到的?|听说的?|看到的?|理解的?|讲的|以为|担心|转述的?)"
    r"|网上(?:说|传|流传)的?|所谓的?|前(?:一个|任)?(?:坐席|业务员|代理人)(?:说|讲|承诺)"
)
_CORRECTED: Final = re.compile(
    r"不(?:是|准确|对|属实|正确|成立|存在|能|会|一定|保证|可能|代表|符合)|没有|并非|错误|误解|误会|有误|更正|纠正|需要澄清|道歉|核实"
)
_DISCLAIMED_TITLE: Final = re.compile(r"^(?:【)?(?:反例|禁用|错误示范|违规案例|违规话术|禁止用语|负面清单)")


def suppression(view: View, hit: Hit, rule: Rule) -> str | None:
    """Give why a hit does not count: `negated`, `prohibited` or `quoted`; None where it is meant."""
    clause_start, _ = view.clause(hit.start)
    start, end = view.sentence(hit.start)
    left = view.text[max(clause_start, hit.start - WINDOW) : hit.start]
    before = view.text[max(start, hit.start - WINDOW) : hit.start]
    after = view.text[hit.end : min(end, hit.end + WINDOW)]
    if _DISCLAIMED_TITLE.search(view.text):
        return "prohibited"
    if _PROHIBITED.search(before) or _CONDEMNED.search(after):
        return "prohibited"
    if _QUOTED.search(before) and _CORRECTED.search(after + _next_sentence(view, end)):
        return "quoted"
    if rule.negation == "exempt" and (_is_negated(left) or _AFTER.search(after)):
        return "negated"
    return None


def _is_negated(left: str) -> bool:
    plain = _NOT_NEGATION.sub(lambda found: "·" * len(found[0]), left)
    found = _NEGATION.search(plain)
    return found is not None and not _DOUBLE.search(left[: found.start()] + found[0][:2])


def _next_sentence(view: View, end: int) -> str:
    return view.text[end : min(view.sentence(end)[1], end + WINDOW)] if end < len(view.text) else ""
