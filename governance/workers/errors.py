"""What can go wrong when a rewritten statement runs.

GovernanceError
├── QueryFailedError
└── WorkerUnavailableError
"""

from governance.errors import GovernanceError


class QueryFailedError(GovernanceError):
    """The statement failed or met a limit; one error for all causes, because the cause could tell of hidden rows."""

    zh = "查询未能完成：运行出错，或超出时间、行数或内存上限"
    en = "the query did not complete: it failed, or met a limit on time, rows or memory"
    zh_next = "请缩小范围、检查类型转换（可用 TRY_CAST），或增加 LIMIT"
    en_next = "narrow it, check type conversions (TRY_CAST helps), or add a LIMIT"


class WorkerUnavailableError(GovernanceError):
    """No worker process could be started or kept."""

    zh = "查询进程不可用"
    en = "the query worker is unavailable"
    zh_next = "请稍后重试；若持续出现，请联系运维"
    en_next = "try again shortly; tell the operators if it persists"
