"""The register of event kinds: every act that may stand in the log, with its title for people.

A kind is `THING.WHAT_HAPPENED`. Kinds are added here and never renamed: old entries keep theirs for ever.
"""

from collections.abc import Mapping
from types import MappingProxyType

from audit.errors import UnknownKindError

KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        # governed access
        "data.read": ("受控查询", "Governed read"),
        "data.lookup": ("精确查找", "Exact-key look-up"),
        "data.view": ("客户统一视图", "View of one person"),
        "data.export": ("数据导出", "Data export"),
        "data.unmasked": ("还原原文", "Raw value shown"),
        "decision.made": ("访问决策", "Decision without reading"),
        "break_glass.opened": ("紧急访问开启", "Break-glass opened"),
        "break_glass.ended": ("紧急访问结束", "Break-glass ended"),
        "break_glass.reviewed": ("紧急访问复核", "Break-glass reviewed"),
        # catalogue
        "source.added": ("数据源接入", "Source added"),
        "source.dropped": ("数据源移除", "Source dropped"),
        "scan.started": ("扫描开始", "Scan started"),
        "scan.finished": ("扫描完成", "Scan finished"),
        "scan.failed": ("扫描失败", "Scan failed"),
        "field.reviewed": ("字段复核", "Field reviewed"),
        "snapshot.made": ("受控快照生成", "Governed snapshot made"),
        # free text
        "text.analysed": ("文本识别", "Text analysed"),
        "text.anonymised": ("文本脱敏", "Text anonymised"),
        "text.restored": ("文本还原", "Text restored"),
        # configuration
        "world.applied": ("世界文件应用", "World file applied"),
        "policy.proposed": ("策略提出", "Policy proposed"),
        "policy.published": ("策略发布", "Policy published"),
        "policy.scoped": ("策略灰度范围变更", "Policy's share changed"),
        "policy.promoted": ("策略全面生效", "Policy promoted"),
        "policy.fell_back": ("策略回退", "Policy fallen back"),
        "policy.mismatch": ("策略复核不一致", "Policy re-check failed"),
        "purpose.replaced": ("目的替换", "Purpose replaced"),
        "notice.published": ("告知文本发布", "Notice published"),
        "demo.built": ("演示环境搭建", "Demo built"),
        # access requests and grants
        "access.requested": ("访问申请", "Access requested"),
        "access.approved": ("访问批准", "Access approved"),
        "access.rejected": ("访问驳回", "Access rejected"),
        "access.countered": ("缩小范围答复", "Smaller access offered"),
        "access.offer_accepted": ("接受缩小范围", "Smaller access accepted"),
        "access.withdrawn": ("申请撤回", "Access request withdrawn"),
        "access.lapsed": ("申请逾期失效", "Access request lapsed"),
        "grant.made": ("授权生效", "Grant made"),
        "grant.narrowed": ("授权收窄", "Grant narrowed"),
        "grant.revoked": ("授权撤销", "Grant revoked"),
        "grant.expired": ("授权到期", "Grant expired"),
        # consent and people's rights
        "consent.given": ("同意", "Consent given"),
        "consent.withdrawn": ("撤回同意", "Consent withdrawn"),
        "consent.imported": ("同意批量导入", "Consents imported"),
        "consent.propagated": ("撤回已由订阅方确认", "Withdrawal acknowledged by a subscriber"),
        "consent.propagation_failed": ("撤回通知逾期未确认", "Withdrawal not acknowledged in time"),
        "subscriber.changed": ("撤回订阅方变更", "Subscriber to withdrawals changed"),
        "rights.opened": ("个人权利请求受理", "Rights request opened"),
        "rights.done": ("个人权利请求办结", "Rights request done"),
        "rights.refused": ("个人权利请求拒绝", "Rights request refused"),
        "subject.erased": ("个人信息删除", "Person erased"),
        # sales scripts and contacts
        "script.checked": ("话术检查", "Script checked"),
        "dialogue.checked": ("对话检查", "Dialogue checked"),
        "contact.authorized": ("触达许可判断", "Contact permission decided"),
        "contact.recorded": ("触达记录", "Contact recorded"),
        # federated training
        "partner.admitted": ("合作方准入", "Partner admitted"),
        "partner.revoked": ("合作方撤销", "Partner revoked"),
        "job.opened": ("联邦任务建立", "Federated job opened"),
        "job.approved": ("联邦任务批准", "Federated job approved"),
        "job.rejected": ("联邦任务驳回", "Federated job rejected"),
        "round.started": ("联邦轮次开始", "Federated round started"),
        "round.finished": ("联邦轮次完成", "Federated round finished"),
        "round.failed": ("联邦轮次失败", "Federated round failed"),
        "training.started": ("联邦训练开始", "Training started"),
        "training.finished": ("联邦训练完成", "Training finished"),
        "training.refused": ("联邦训练被拒", "Training refused"),
        "budget.spent": ("隐私预算消耗", "Privacy budget spent"),
        "model.released": ("模型发布", "Model released"),
        "model.blocked": ("模型拦截", "Model blocked"),
        # people and sessions
        "person.changed": ("人员变更", "Person changed"),
        "person.signed_in": ("登录", "Signed in"),
        "person.sign_in_failed": ("登录失败", "Sign-in failed"),
        "person.signed_out": ("退出登录", "Signed out"),
        "token.issued": ("令牌签发", "Token issued"),
        "token.revoked": ("令牌撤销", "Token revoked"),
        # monitoring, incidents, inspections
        "signal.received": ("外部信号接收", "Signal received"),
        "alert.raised": ("告警", "Alert raised"),
        "alert.acknowledged": ("告警确认", "Alert acknowledged"),
        "session.restricted": ("会话受限", "Session restricted"),
        "session.released": ("会话恢复", "Session released"),
        "incident.opened": ("事件立案", "Incident opened"),
        "incident.changed": ("事件进展", "Incident changed"),
        "incident.closed": ("事件结案", "Incident closed"),
        "inspection.made": ("合规检查", "Inspection made"),
        "assessment.made": ("影响评估", "Assessment made"),
        # keys and the log itself
        "key.made": ("密钥生成", "Key made"),
        "key.rotated": ("密钥轮换", "Key rotated"),
        "key.destroyed": ("密钥销毁", "Key destroyed"),
        "log.exported": ("日志导出", "Log exported"),
        "log.verified": ("日志核验", "Log verified"),
        "log.witnessed": ("见证联署", "Checkpoint cosigned"),
        "log.policy": ("日志策略变更", "Log policy changed"),
        "clock.stepped": ("时钟回拨", "Clock stepped back"),
    }
)


def require_kind(kind: str) -> None:
    """Refuse a kind that is not in the register.

    Raises:
        UnknownKindError: it is not.
    """
    if kind not in KINDS:
        raise UnknownKindError(kind=kind)
