"""Why a decision fell as it did: a stable code, a sentence in both languages, and what would change it."""

from dataclasses import dataclass
from typing import Final

from policies.sentences import OF_ONE_PERSON, Sentence
from policies.vocabulary import Outcome
from storage.errors import Language

_ALLOW, _DENY, _GAP = Outcome.ALLOW, Outcome.DENY, Outcome.GAP
_ASK_ZH, _ASK_EN = "提交访问申请，由数据管家批准", "ask for access; a steward decides"

SENTENCES: Final[dict[str, Sentence]] = {
    "purpose-missing": Sentence(
        _DENY,
        "没有说明使用目的",
        "no purpose was stated",
        "说明一个登记过的目的",
        "state one registered purpose",
    ),
    "purpose-unknown": Sentence(
        _DENY,
        "目的 `{purpose}` 没有登记",
        "purpose `{purpose}` is not registered",
        "改用登记过的目的，或请合规官登记",
        "use a registered purpose, or have an officer register it",
    ),
    "purpose-not-held": Sentence(
        _DENY,
        "您的角色不包含目的 `{purpose}`",
        "none of your roles holds purpose `{purpose}`",
        "改用您角色所含的目的，或申请相应角色",
        "use a purpose of your roles, or ask for the role",
    ),
    "dataset-unknown": Sentence(
        _GAP,
        "没有数据集 `{dataset}` 的目录信息",
        "the catalogue says nothing about data set `{dataset}`",
        "检查名称，或先扫描该数据源",
        "check the name, or scan its source first",
    ),
    "table-fact-unknown": Sentence(
        _GAP,
        "数据集 `{dataset}` 的主体说明 `{word}` 无法识别",
        "data set `{dataset}` describes its subjects as `{word}`, which is not known",
        "请数据管家改正数据集的主体说明",
        "have a steward mend the subject fact of the data set",
    ),
    "aggregate-only": Sentence(
        _DENY,
        "字段 `{field}` 只能用于聚合：{zh}",
        "field `{field}` is for aggregation only: {en}",
        "使用 sum、avg、count、stddev 或 variance，参数为该列本身或与数字的四则运算",
        "use sum, avg, count, stddev or variance over the column itself or its arithmetic with numbers",
    ),
    "subject-unknown": Sentence(
        _GAP,
        "数据集 `{dataset}` 没有指明数据主体列，无法核对同意或最小人数",
        "data set `{dataset}` names no subject column, so consent or the least group can't be checked",
        "请数据管家指明主体列",
        "have a steward name the subject column",
    ),
    "minors-excluded": Sentence(
        _DENY,
        "目的 `{purpose}` 不得使用未成年人的数据",
        "purpose `{purpose}` may not use the data of minors",
        "改用不含未成年人的数据集",
        "use a data set without minors",
    ),
    "no-grant": Sentence(
        _DENY,
        "您在目的 `{purpose}` 下没有数据集 `{dataset}` 的授权",
        "you hold no grant on data set `{dataset}` for purpose `{purpose}`",
        _ASK_ZH,
        _ASK_EN,
    ),
    "grant-expired": Sentence(
        _DENY,
        "数据集 `{dataset}` 的授权已到期或次数已用完",
        "the grant on data set `{dataset}` has expired or is used up",
        "申请续期",
        "ask for it to be renewed",
    ),
    "field-not-granted": Sentence(_DENY, "字段 `{field}` 没有授权", "field `{field}` is not granted", _ASK_ZH, _ASK_EN),
    "field-denied": Sentence(
        _DENY,
        "授权明确禁止字段 `{field}`",
        "a grant denies field `{field}`",
        "去掉该字段，或请数据管家修改授权",
        "leave the field out, or have a steward change the grant",
    ),
    "field-unlabelled": Sentence(
        _GAP,
        "字段 `{field}` 还没有类别和级别",
        "field `{field}` has no category and tier yet",
        "扫描数据源，或请数据管家标注",
        "scan the source, or have a steward label it",
    ),
    "field-in-review": Sentence(
        _GAP,
        "字段 `{field}` 的标注等待数据管家确认",
        "the label of field `{field}` waits for a steward",
        "请数据管家确认标注",
        "have a steward confirm the label",
    ),
    "category-unknown": Sentence(
        _GAP,
        "字段 `{field}` 的类别 `{category}` 不在登记册中",
        "category `{category}` of field `{field}` is not in the register",
        "请数据管家改正标注",
        "have a steward mend the label",
    ),
    "category-never": Sentence(
        _DENY,
        "类别 `{category}` 不以任何形式提供（字段 `{field}`）",
        "category `{category}` is given in no form (field `{field}`)",
        "去掉该字段",
        "leave the field out",
    ),
    "category-not-in-purpose": Sentence(
        _DENY,
        "目的 `{purpose}` 不需要类别 `{category}`（字段 `{field}`）",
        "purpose `{purpose}` does not need category `{category}` (field `{field}`)",
        "去掉该字段，或改用需要它的目的",
        "leave the field out, or use a purpose that needs it",
    ),
    "no-ground": Sentence(
        _DENY,
        "目的 `{purpose}` 没有合法性基础，字段 `{field}` 只能以群体数字出现",
        "purpose `{purpose}` has no lawful basis, so field `{field}` may appear in group figures only",
        "改用合成数据，或只取群体数字",
        "use synthetic data, or group figures only",
    ),
    "tier-critical": Sentence(
        _DENY,
        "字段 `{field}` 为第 5 级，登记的目的都不提供",
        "field `{field}` is of tier 5, which no shipped purpose gives",
        "去掉该字段，或请合规官声明专门的目的",
        "leave the field out, or have an officer declare a purpose for it",
    ),
    "tier-clear": Sentence(
        _DENY,
        "字段 `{field}` 为第 4 级，明文需要案件号或他人批准",
        "field `{field}` is of tier 4; clear text needs a case or another person's approval",
        "填写案件号，或申请批准，或改用遮盖形式",
        "state the case, ask for approval, or use a masked form",
    ),
    "approval-needed": Sentence(
        _DENY,
        "目的 `{purpose}` 使用字段 `{field}` 需要他人批准",
        "purpose `{purpose}` needs another person's approval for field `{field}`",
        _ASK_ZH,
        _ASK_EN,
    ),
    "minors-approval": Sentence(
        _DENY,
        "查看未成年人的字段 `{field}` 需要他人批准",
        "field `{field}` of minors needs another person's approval",
        _ASK_ZH,
        _ASK_EN,
    ),
    "case-needed": Sentence(
        _DENY,
        "目的 `{purpose}` 使用字段 `{field}` 需要该主体的案件、保单或请求编号",
        "purpose `{purpose}` needs a case, policy or request number of the subject for field `{field}`",
        "填写编号",
        "state the number",
    ),
    "grant-other-case": Sentence(
        _DENY,
        "授权只适用于另一案件（字段 `{field}`）",
        "the grant is for another case (field `{field}`)",
        "填写授权所指的案件号",
        "state the case that the grant names",
    ),
    "condition-unknown": Sentence(
        _DENY,
        "授权带有无法识别的条件（字段 `{field}`）",
        "the grant holds a condition that is not known (field `{field}`)",
        "请数据管家重新授权",
        "have a steward grant it anew",
    ),
    "policy-forbids": Sentence(
        _DENY,
        "访问策略 `{policy}` 禁止字段 `{field}`：{zh}（依据：{basis}）",
        "access policy `{policy}` forbids field `{field}`: {en} (basis: {basis})",
        "{zh_next}",
        "{en_next}",
    ),
    "policy-permits-not": Sentence(
        _DENY,
        "没有访问策略许可字段 `{field}`",
        "no access policy permits field `{field}`",
        "请合规官发布许可该用途的策略，或去掉该字段",
        "have an officer publish a policy that permits it, or leave the field out",
    ),
    "policy-unjudged": Sentence(
        _DENY,
        "访问策略无法对字段 `{field}` 作出判断",
        "the access policies could not be judged for field `{field}`",
        "请合规官检查访问策略",
        "have an officer check the access policies",
    ),
    "bundle-mismatch": Sentence(
        _DENY,
        "编译结果与逐条判断不一致，因此不提供任何数据；已记录并告警",
        "the compiled answer and the one rule by rule differ, so nothing is given; it was recorded and an alarm raised",
        "请合规官查看日志条目 policy.mismatch 后重试",
        "have an officer look at the entry `policy.mismatch`, then try again",
    ),
    "rules-unusable": Sentence(
        _DENY,
        "现行访问策略无法使用，因此不提供任何数据",
        "the access policies in force can't be used, so nothing is given",
        "请合规官用 `mingjing policies status` 查看并回退",
        "have an officer look at `mingjing policies status` and fall back",
    ),
    "form-too-wide": Sentence(
        _DENY,
        "目的 `{purpose}` 对字段 `{field}` 最多接受 `{accepted}`，授权要求 `{asked}`",
        "purpose `{purpose}` takes field `{field}` as `{accepted}` at most, and the grant asks for `{asked}`",
        "改用更严格的形式",
        "use a stricter form",
    ),
    "field-unused": Sentence(
        _ALLOW,
        "目的 `{purpose}` 在 {days} 天内读取此数据集 {reads} 次，从未用到已授权的字段 `{field}`",
        "purpose `{purpose}` read this data set {reads} times in {days} days and never field `{field}`, though granted",
    ),
    "coarser-worked": Sentence(
        _ALLOW,
        "{days} 天内字段 `{field}` 以 `{given}` 形式读取 {reads} 次，查询都能完成",
        "field `{field}` was read {reads} times in {days} days as `{given}`, and the queries worked",
    ),
    "form-cut": Sentence(
        _ALLOW,
        "字段 `{field}` 由 `{asked}` 收紧为 `{given}`，目的 `{purpose}` 只接受后者",
        "field `{field}` was cut from `{asked}` to `{given}`, the most that purpose `{purpose}` takes",
    ),
    "granted": Sentence(
        _ALLOW,
        "字段 `{field}` 由授权 `{grant}` 以 `{given}` 形式提供",
        "grant `{grant}` gives field `{field}` as `{given}`",
    ),
    **OF_ONE_PERSON,
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason. `values` are names of fields, purposes, grants and forms, never a value from the data."""

    code: str
    values: tuple[tuple[str, str], ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Give what this reason makes of a decision; only a refusal stops anything."""
        return SENTENCES[self.code].outcome

    @property
    def zh(self) -> str:
        """Give the sentence in Chinese."""
        return self.sentence("zh")

    @property
    def en(self) -> str:
        """Give the sentence in English."""
        return self.sentence("en")

    def sentence(self, language: Language) -> str:
        """Give the sentence."""
        words = SENTENCES[self.code]
        return (words.zh if language == "zh" else words.en).format(**dict(self.values))

    def change(self, language: Language) -> str:
        """Give what would change this, or an empty text where nothing was refused."""
        words = SENTENCES[self.code]
        return (words.zh_next if language == "zh" else words.en_next).format(**dict(self.values))


def because(code: str, **values: str) -> Reason:
    """Give a reason with its values."""
    return Reason(code, tuple(values.items()))
