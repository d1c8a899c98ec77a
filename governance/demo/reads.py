"""The reads and the access request of the demo's story: who asks what, and what should come of it."""

# ruff: noqa: E501 -- one statement a line reads as the story it is

from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["allowed", "masked", "denied", "gap"]


@dataclass(frozen=True, slots=True)
class DemoRead:
    """One statement of the story.

    Args:
        kind: what should come of it: `allowed` when every field is clear or a group figure, `masked` when some are
            hidden, generalised or tokens, otherwise the refusal.
        why: for the printed story.
    """

    person: str
    purpose: str
    sql: str
    case: str | None
    kind: Kind
    why_zh: str
    why_en: str


@dataclass(frozen=True, slots=True)
class DemoRequest:
    """The access request of the story: lin asks, wu approves, and what was refused before is then masked."""

    person: str
    purpose: str
    dataset: str
    forms: dict[str, str]
    reason: str
    days: int
    approver: str
    after: DemoRead

    @property
    def before(self) -> DemoRead:
        """Give the same read before anybody approved."""
        return replace(
            self.after,
            kind="denied",
            why_zh="审批之前，同一查询被拒绝",
            why_en="before approval the same read is refused",
        )


@dataclass(frozen=True, slots=True)
class WaitingRequest:
    """An access request that nobody has decided when the demo opens: the stewards' first work."""

    person: str
    purpose: str
    dataset: str
    forms: dict[str, str]
    reason: str
    days: int


@dataclass(frozen=True, slots=True)
class StoryCase:
    """A claim, its policy and its customer that the story follows; the customer has agreed to claims handling."""

    claim_no: str
    policy_no: str
    customer_no: str


def demo_reads(case: StoryCase) -> tuple[DemoRead, ...]:
    """Give the story's reads; `case` comes with the built insurer."""
    return (*_honest(case), *_refused(case))


def _honest(case: StoryCase) -> tuple[DemoRead, ...]:
    return (
        DemoRead(
            "qian",
            "actuarial_statistics",
            "SELECT product_line, count(*) AS policies, avg(premium) AS mean_premium FROM core.policies GROUP BY product_line ORDER BY product_line",
            None,
            "allowed",
            "精算只看分组统计",
            "actuaries see groups only",
        ),
        DemoRead(
            "qian",
            "actuarial_statistics",
            "SELECT cause, count(*) AS claims, sum(claim_amount) AS total FROM claims.claims GROUP BY cause ORDER BY cause",
            None,
            "allowed",
            "按出险原因汇总赔案",
            "claims by cause",
        ),
        DemoRead(
            "sun",
            "claims",
            f"SELECT claim_no, insured_name, cause, claim_amount, status FROM claims.claims WHERE claim_no = '{case.claim_no}'",
            case.claim_no,
            "allowed",
            "理赔员凭案件号查本案",
            "a handler reads the claim at hand",
        ),
        DemoRead(
            "zhou",
            "policy_service",
            f"SELECT policy_no, product_name, end_on, status FROM core.policies WHERE policy_no = '{case.policy_no}'",
            case.policy_no,
            "allowed",
            "客服查询保单状态",
            "an agent looks up a policy",
        ),
        DemoRead(
            "zhao",
            "marketing",
            "SELECT 姓名, 手机号码, 出生日期, 偏好渠道 FROM crm.customers LIMIT 20",
            None,
            "masked",
            "营销只见脱敏与令牌",
            "marketing sees masks and tokens",
        ),
        DemoRead(
            "lin",
            "risk_modelling",
            "SELECT customer_no, birth_date, annual_income FROM core.customers LIMIT 50",
            None,
            "masked",
            "建模用令牌与分段",
            "modelling works on tokens and bands",
        ),
        DemoRead(
            "chen",
            "fraud_detection",
            "SELECT card_no, count(*) AS times FROM payments.transactions GROUP BY card_no ORDER BY times DESC LIMIT 10",
            None,
            "masked",
            "反欺诈用令牌找重复卡",
            "fraud finds repeated cards by token",
        ),
        DemoRead(
            "jiang",
            "service_qa",
            "SELECT call_id, agent_no, caller, seconds FROM callcentre.calls LIMIT 20",
            None,
            "masked",
            "质检抽查通话",
            "a quality check of calls",
        ),
        DemoRead(
            "zheng",
            "audit_inspection",
            "SELECT full_name, id_no, mobile FROM core.customers LIMIT 10",
            None,
            "masked",
            "合规检查用脱敏样本",
            "inspection on masked samples",
        ),
    )


def _refused(case: StoryCase) -> tuple[DemoRead, ...]:
    return (
        DemoRead(
            "sun",
            "claims",
            f"SELECT insured_name, claim_amount FROM claims.claims WHERE claim_no = '{case.claim_no}'",
            None,
            "denied",
            "没有案件号不能看明文",
            "no clear text without a case",
        ),
        DemoRead(
            "zhao",
            "marketing",
            "SELECT 姓名, 联系地址 FROM crm.customers LIMIT 5",
            None,
            "denied",
            "地址不在营销用途内",
            "addresses are not for marketing",
        ),
        DemoRead(
            "zhao",
            "claims",
            "SELECT diagnosis FROM claims.claims LIMIT 5",
            None,
            "denied",
            "该用途不属于营销角色",
            "not a purpose of this role",
        ),
        DemoRead(
            "zhao",
            "marketing",
            "SELECT child_name, guardian_mobile FROM web.juniors",
            None,
            "denied",
            "未成年人数据不得营销",
            "no marketing to minors",
        ),
        DemoRead(
            "zhao",
            "marketing",
            "SELECT contact, source_page FROM campaign.leads_new LIMIT 5",
            None,
            "gap",
            "新表尚未扫描分级",
            "a new table nobody has scanned",
        ),
    )


def demo_request() -> DemoRequest:
    """Give the access request that a steward approves in the story."""
    read = DemoRead(
        "lin",
        "risk_modelling",
        "SELECT customer_no, product_code, risk_score, decision FROM underwriting.decisions LIMIT 20",
        None,
        "masked",
        "经审批后可用令牌化的核保结论建模",
        "after approval: underwriting outcomes as tokens",
    )
    forms = {"customer_no": "token", "product_code": "raw", "risk_score": "token", "decision": "raw"}
    return DemoRequest(
        "lin",
        "risk_modelling",
        "underwriting.decisions",
        forms,
        "复核核保评分的稳定性，为下一季度模型做准备",
        30,
        "wu",
        read,
    )


def waiting_requests() -> tuple[WaitingRequest, ...]:
    """Give what waits in the inbox: one that one steward decides and that asks for too much, one that needs two."""
    return (
        WaitingRequest(
            "zhao",
            "marketing",
            "crm.customers",
            {"客户号": "token", "姓名": "raw", "手机号码": "raw", "偏好渠道": "raw", "联系地址": "raw"},
            "三月回馈活动的触达名单",
            30,
        ),
        WaitingRequest(
            "jiang",
            "service_qa",
            "callcentre.calls",
            {"call_id": "raw", "agent_no": "raw", "caller": "mask:keep_last(4)", "note": "raw"},
            "抽检三月的理赔回访",
            14,
        ),
    )
