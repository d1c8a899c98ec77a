"""A decision told to a person, in their language."""

from typing import Final

from policies.decision import Decision
from policies.vocabulary import ConsentKind, Outcome
from storage.errors import Language

_HEAD: Final = {
    Outcome.ALLOW: {"zh": "允许", "en": "allowed"},
    Outcome.DENY: {"zh": "拒绝", "en": "refused"},
    Outcome.GAP: {"zh": "缺少必要信息，暂不允许", "en": "refused, because a needed fact is missing"},
}
_CONSENT: Final = {
    ConsentKind.GENERAL: {"zh": "只含已同意的人", "en": "only people who consent"},
    ConsentKind.SEPARATE: {"zh": "只含已单独同意的人", "en": "only people who gave separate consent"},
    ConsentKind.WRITTEN: {"zh": "只含已书面同意的人", "en": "only people who consent in writing"},
    ConsentKind.GUARDIAN: {"zh": "只含监护人已同意的儿童", "en": "only children whose guardian consents"},
}
_NEXT: Final = {"zh": "下一步：", "en": "next: "}
_CELL: Final = {"zh": "群体数字每格不少于 {n} 人", "en": "group figures over at least {n} people"}
_CASE: Final = {"zh": "只含案件 {case} 的主体", "en": "only the subject of case {case}"}


def explain(decision: Decision, language: Language) -> tuple[str, ...]:
    """Give a decision as lines: what was decided, why for each field, what holds for the answer, and what would help.

    Every line is a sentence of its own, free of values from the data.
    """
    lines = [_HEAD[decision.outcome][language]]
    told = dict.fromkeys(reason for field in decision.fields for reason in field.reasons)
    told.update(dict.fromkeys(decision.reasons))
    lines += [reason.sentence(language) for reason in told]
    if decision.outcome is Outcome.ALLOW:
        lines += _conditions(decision, language)
    changes = dict.fromkeys(reason.change(language) for reason in told)
    return (*lines, *(_NEXT[language] + change for change in changes if change))


def _conditions(decision: Decision, language: Language) -> list[str]:
    due = decision.obligations
    lines = [_CELL[language].format(n=due.min_cell)]
    if due.consent is not ConsentKind.NONE:
        lines.insert(0, _CONSENT[due.consent][language])
    if due.case_bound and due.case is not None:
        lines.append(_CASE[language].format(case=due.case))
    return lines
