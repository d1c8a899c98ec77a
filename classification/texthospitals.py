"""Places of treatment in running text: an institution's kind, and the name before it."""

import re
from collections.abc import Iterator

from classification.dictionary import Dictionary
from classification.textcuts import name_start

_KIND = re.compile(
    r"(?:医院|卫生院|卫生所|卫生室|卫生服务(?:中心|站)|保健院|保健所|疗养院|康复院|防治院|防治所|门诊部|诊所|"
    r"(?:诊疗|医疗|医学|急救|体检|康复|精神卫生|妇产|透析|眼科|口腔|健康管理|血液)中心|"
    r"(?:口腔|眼科|中医|骨科|皮肤科?|妇科|儿科)(?:诊所|门诊部?|医馆)|中医馆|国医馆)"
    r"(?![ \t]*[:：=])(?:[（(][\u4e00-\u9fff]{0,6}(?:院区?|部|区|馆|门诊)[）)]|"
    r"[东西南北新老总本分][院](?:区)?|[东西南北]区)?"
)
_ENGLISH = re.compile(
    r"(?<![A-Za-z])(?:(?:[A-Z][\w'&.-]*|of|the|and) ){0,5}[A-Z][\w'&.-]* "
    r"(?:(?:General|Memorial|Children's|University|Community|Regional|Teaching) )?"
    r"(?:Hospital|Clinic|Infirmary|Medical Cent(?:er|re)|Health Cent(?:er|re)|Polyclinic)(?![A-Za-z])"
)
# What stands before the kind without naming any one place.
_NO_NAME = re.compile(
    r"(?:.*(?:指定|定点|以上|公立|私立|民营|我们|公司|三甲|[一二三]级|甲等|当地|任何|同级|上级|下级|所有|某|该|本|贵|其他|附近|大型|正规|县级|市级|省级|"
    r"全国|不同|多家|几家|两家|各大|各级|哪家|什么|网络|合作|直付|就诊|诊|治疗|住院|入院|接诊|转入|转出|社保|医保|非|的)|人民|中心|中医|专科|综合|第一|社区|乡镇|村|口腔|眼科|骨科|儿童|健康|互联网)?"
)


class HospitalFinder:
    """Finds hospitals, clinics and other places of treatment."""

    def __init__(self, dictionary: Dictionary) -> None:
        """Take the general words by which a name's beginning is told."""
        self._dictionary = dictionary

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Give where names of such places stand."""
        for hit in _KIND.finditer(text):
            start = name_start(text, hit.start(), self._dictionary)
            if start < hit.start() and _NO_NAME.fullmatch(text, start, hit.start()) is None:
                yield start, hit.end()
        for hit in _ENGLISH.finditer(text):
            yield hit.span()
