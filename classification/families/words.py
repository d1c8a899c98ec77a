"""Columns of words: lists of sexes, relations, occupations; diagnoses; names that end in what they are."""

import re
from collections.abc import Callable, Sequence

from classification.lexicons import Lexicons
from classification.model import Finding

_ICD = re.compile(r"[A-TV-Za-tv-z]\d{2}(?:\.[0-9A-Za-z]{1,5})?(?:[x+*]\d*)?(?:[ ,;/]+[\u4e00-\u9fffA-Za-z].*)?")
_CODE_ONLY = re.compile(r"[A-TV-Za-tv-z]\d{2}(?:\.[0-9A-Za-z]{1,5})?")
_LAB = re.compile(r"\d{2,3}/\d{2,3}(?: ?mmHg)?|.*\d ?(?:mmol/L|mg/dL|g/L|U/L|IU/L|μmol/L|umol/L|×?10\^?9/L|mmHg|bpm).*")
_TAIL_NOTE = re.compile(r"[((（].*?[))）]$")
_ENGLISH_TAILS = {
    "HOSPITAL": re.compile(r"(?i).*\b(?:hospital|clinic|medical cent(?:er|re)|infirmary|polyclinic)\b.*"),
    "SCHOOL": re.compile(
        r"(?i).*\b(?:university|college|school|academy|kindergarten|institute of technology|polytechnic)\b.*"
    ),
    "ORGANIZATION": re.compile(
        r"(?i).*\b(?:inc|ltd|llc|corp|corporation|company|co|group|plc|gmbh|holdings|partners|"
        r"limited)\b\.?,?(?: ?ltd\.?)?"
    ),
}
_FIRM = re.compile(r"有限|保险|银行|集团|股份|人寿|财险|证券|科技")
_KIN_FRAME = re.compile(r"^(?:系|是|为)?(?:主|第[一二])?(?:被保险人|被保人|投保人|户主|员工)(?:之|的|者)?|(?<=..)关系$")
_FEW = 8
_SENTENCE = re.compile(r"。|，.*，|\d{5}")
_LONG_DIAGNOSIS = 40
_LISTS = (
    # type, allowed words, telling words, most distinct values, log-odds
    ("GENDER", "gender", "gender_core", 8, 5.2),
    ("MARITAL_STATUS", "marital", "marital_core", 12, 5.5),
    ("RELATIONSHIP", "relationship", "relationship_core", 60, 5.4),
)


class WordBook:
    """Judges columns by their vocabulary; built once from the lexicons."""

    def __init__(self, lexicons: Lexicons) -> None:
        """Compile the vocabulary."""
        self._l = lexicons
        terms = sorted(lexicons.words["medical"], key=len, reverse=True)
        self.medical = re.compile("|".join(map(_whole_word, terms)), re.IGNORECASE)
        self.declared = re.compile(
            "|".join(re.escape(term) for term in lexicons.words["declaration_core"]), re.IGNORECASE
        )
        self._tails = {
            "HOSPITAL": lexicons.words["hospital_tail"],
            "SCHOOL": lexicons.words["school_tail"],
            "ORGANIZATION": lexicons.words["organisation_tail"],
        }

    def find(self, values: Sequence[str]) -> list[Finding]:
        """Give what distinct values say about being words of a kind."""
        if not values:
            return []
        found = [*self._listed(values)]
        tests: tuple[tuple[str, Callable[[str], bool], float], ...] = (
            ("OCCUPATION", self._is_occupation, 5.4),
            ("HOSPITAL", lambda text: self.ends_as(text, "HOSPITAL"), 6.2),
            ("SCHOOL", lambda text: self.ends_as(text, "SCHOOL"), 6.0),
            ("ORGANIZATION", lambda text: self.ends_as(text, "ORGANIZATION"), 6.0),
            ("MEDICAL", self.is_medical, 5.6),
            ("HEALTH_DECLARATION", lambda text: self.declared.search(text) is not None, 5.8),
        )
        for kind, test, weight in tests:
            share = sum(map(test, values)) / len(values)
            if share >= 0.1:  # noqa: PLR2004 -- a stray word is no finding
                few = 1.0 if len(values) < 2 else 0.0  # noqa: PLR2004 -- one value proves little
                found.append(Finding(kind, share, weight - few, (f"vocabulary: {share:.0%}",)))
        return [self._codes(finding, values) for finding in found]

    def ends_as(self, text: str, kind: str) -> bool:
        """Tell whether a name ends in the word for what it is, a note in brackets aside."""
        if text.isascii():
            return _ENGLISH_TAILS[kind].fullmatch(text) is not None
        bare = _TAIL_NOTE.sub("", text).strip()
        if kind == "ORGANIZATION" and bare.endswith(self._l.words["branch_tail"]) and not _FIRM.search(bare):
            return False
        return len(bare) > 3 and bare.endswith(self._tails[kind])  # noqa: PLR2004 -- more than the word itself

    def is_medical(self, text: str) -> bool:
        """Tell whether a short text is a diagnosis, a code of one, or a result of an examination."""
        if _ICD.fullmatch(text) or _LAB.fullmatch(text):
            return True
        if (
            _SENTENCE.search(text)
            or len(text) > _LONG_DIAGNOSIS
            or self.ends_as(text, "HOSPITAL")
            or self.ends_as(text, "ORGANIZATION")
        ):
            return False
        if text.endswith(("险", "保险", "计划", "保障", "医疗险", "版", "科", "门诊")) or text.lower().endswith(
            ("plan", "insurance")
        ):
            return False
        return self.medical.search(text) is not None or (len(text) > 2 and text.endswith(self._l.words["medical_tail"]))  # noqa: PLR2004 -- a word before the ending

    def _listed(self, values: Sequence[str]) -> list[Finding]:
        lowered = {_KIN_FRAME.sub("", value.lower()) or value.lower() for value in values}
        found = []
        for kind, allowed, core, most, weight in _LISTS:
            inside = lowered & self._l.sets[allowed]
            telling = lowered & self._l.sets[core]
            if len(lowered) > most or not telling or len(inside) / len(lowered) < 0.75:  # noqa: PLR2004 -- a foreign word or two
                continue
            few = 1.5 if len(telling) < 2 else 0.0  # noqa: PLR2004 -- one word of a list may be chance
            found.append(
                Finding(kind, len(inside) / len(lowered), weight - few, (f"closed list of {len(lowered)} words",))
            )
        return found

    def _is_occupation(self, text: str) -> bool:
        low = text.lower()
        if low in self._l.sets["occupation"]:
            return True
        return 2 < len(text) < 13 and text.endswith(self._l.words["occupation_tail"])  # noqa: PLR2004 -- a title, not a sentence

    def _codes(self, finding: Finding, values: Sequence[str]) -> Finding:
        """Codes without a point (A01) may number anything: they count only beside coded diagnoses."""
        if finding.type != "MEDICAL" or not all(map(_CODE_ONLY.fullmatch, values)):
            return finding
        pointed = sum("." in value for value in values) / len(values)
        weight = 5.0 if pointed > 0.3 else 2.0 if len({value[0] for value in values}) > _FEW // 2 else 0.5  # noqa: PLR2004 -- a third with subcodes
        return Finding(finding.type, finding.share, weight, ("codes of the form of ICD-10",))


def _whole_word(term: str) -> str:
    """Give a pattern for a term; one in Latin letters must stand alone, for `CLOSED` is no `LOSE`."""
    return rf"(?<![A-Za-z]){re.escape(term)}(?![A-Za-z])" if term.isascii() else re.escape(term)
