"""The words of a reason, and those of the reasons that concern one named person."""

from dataclasses import dataclass
from typing import Final

from policies.vocabulary import Outcome


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of one code; placeholders are filled from the reason's values."""

    outcome: Outcome
    zh: str
    en: str
    zh_next: str = ""
    en_next: str = ""


_DENY, _GAP = Outcome.DENY, Outcome.GAP

OF_ONE_PERSON: Final[dict[str, Sentence]] = {
    "nothing-granted": Sentence(
        _DENY,
        "您在目的 `{purpose}` 下没有任何数据集的授权",
        "you hold no grant on any data set for purpose `{purpose}`",
        "提交访问申请，由数据管家批准",
        "ask for access; a steward decides",
    ),
    "consent-missing": Sentence(
        _DENY,
        "此人没有对目的 `{purpose}` 有效的同意（数据集 `{dataset}`）",
        "this person has no live consent to purpose `{purpose}` (data set `{dataset}`)",
        "征得此人同意，或改用不以同意为基础的目的",
        "obtain the person's consent, or use a purpose that does not rest on it",
    ),
    "case-other-subject": Sentence(
        _DENY,
        "所填编号不属于此人（字段 `{field}`）",
        "the stated number is not one of this person's (field `{field}`)",
        "填写此人的案件、保单或请求编号",
        "state a case, policy or request number of this person",
    ),
    "figure-too-close": Sentence(
        _DENY,
        "此数字与之前已给出的数字相减，会显出数据集 `{dataset}` 中不足 {n} 人的情况",
        "with figures given before, this one would tell of fewer than {n} people of data set `{dataset}`",
        "改用与之前相同的分组，或相差更多人的范围",
        "ask for the same groups as before, or for groups that differ by more people",
    ),
    "aggregate-one-person": Sentence(
        _DENY,
        "字段 `{field}` 只能用于群体数字，不能显示一个人的值",
        "field `{field}` is for group figures only, so one person's value is not shown",
        "改用明文、遮盖或令牌形式的授权",
        "ask for a grant in clear, masked or token form",
    ),
    "subject-form": Sentence(
        _DENY,
        "数据集 `{dataset}` 的主体列只以 `{form}` 提供，不能按所给编号找人",
        "data set `{dataset}` shows its subject column as `{form}`, so the given id finds nobody there",
        "使用该形式下看到的编号，或申请主体列的授权",
        "use the id as it shows in that form, or ask for the subject column",
    ),
    "subject-not-granted": Sentence(
        _DENY,
        "数据集 `{dataset}` 的主体列没有授权，不能按人查看",
        "the subject column of data set `{dataset}` is not granted, so it can't be read by person",
        "申请主体列的授权",
        "ask for the subject column",
    ),
    "source-unreachable": Sentence(
        _GAP,
        "数据集 `{dataset}` 的数据源暂不可读",
        "the source of data set `{dataset}` can't be read now",
        "稍后再试，或请管理员检查数据源",
        "try again later, or have an administrator check the source",
    ),
    "key-field": Sentence(
        _DENY,
        "字段 `{field}` 不是可以唯一查找一个人的字段",
        "field `{field}` is not one by which a single person is looked up",
        "按手机号、证件号、邮箱、保单号、赔案号、客户号、银行卡号、车牌或车架号查找",
        "look up by phone, identity document, e-mail, policy, claim, customer or card number, plate or VIN",
    ),
    "key-form": Sentence(
        _DENY,
        "字段 `{field}` 以 `{form}` 提供，按其原值查找会还原此人的身份",
        "field `{field}` is given as `{form}`; a look-up by its value would undo that",
        "使用以明文或遮盖形式提供该字段的目的",
        "use a purpose that gives the field in clear or masked",
    ),
}
"""Reasons that arise only where rows of one named person are asked for."""
