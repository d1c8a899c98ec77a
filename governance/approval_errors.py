"""What can go wrong with grants and emergency access.

GovernanceError
├── ConflictError
│   ├── GrantUsedUpError
│   ├── EmergencyUnreviewedError
│   ├── NobodyToReviewError
│   ├── TooLateToUndoError
│   └── EmergencyReviewedError
├── NotAllowedError
│   ├── EmergencyRoleError
│   └── OwnEmergencyError
└── GrantExceedsError
"""

from governance.errors import ConflictError, GovernanceError, NotAllowedError


class GrantUsedUpError(ConflictError):
    """Another read took the last use of a grant at the same time."""

    zh = "授权的次数刚刚用完"
    en = "the grant was used up a moment ago"
    zh_next = "如仍需要，请重新申请"
    en_next = "ask for access again if it is still needed"


class GrantExceedsError(GovernanceError):
    """A grant asks for more than the purpose allows."""

    zh = "授权超出用途 `{purpose}` 的最小必要范围：{fields}"
    en = "the grant asks for more than purpose `{purpose}` allows: {fields}"


class EmergencyUnreviewedError(ConflictError):
    """The last emergency access of this person or their role waits for its review."""

    zh = "您或您的角色上一次紧急访问 `{id}` 尚未复核"
    en = "the last emergency access `{id}` of you or your role is not reviewed yet"
    zh_next = "请另一位数据管理员或合规官先复核"
    en_next = "have another steward or an officer review it first"


class NobodyToReviewError(ConflictError):
    """Nobody else could be told or would review it."""

    zh = "没有其他人可以被告知和复核，不能紧急访问"
    en = "there is nobody else to tell and to review it, so the glass stays whole"
    zh_next = "在世界文件中声明另一位数据管理员或合规官"
    en_next = "declare another steward or officer in the world file"


class EmergencyReviewedError(ConflictError):
    """Somebody judged it before."""

    zh = "紧急访问 `{id}` 已复核"
    en = "emergency access `{id}` is reviewed already"


class EmergencyRoleError(NotAllowedError):
    """None of the person's roles is registered for this emergency."""

    zh = "您的角色没有登记为可在目的 `{purpose}` 下紧急访问此数据集"
    en = "none of your roles is registered to break the glass on this data set for purpose `{purpose}`"
    zh_next = "提交访问申请，或请管理员在世界文件的 `break_glass` 中登记"
    en_next = "ask for access, or have the role registered under `break_glass` in the world file"


class OwnEmergencyError(NotAllowedError):
    """Four eyes: whoever broke the glass never judges it."""

    zh = "不能复核自己的紧急访问"
    en = "nobody reviews their own emergency access"
    zh_next = "请另一位数据管理员或合规官复核"
    en_next = "ask another steward or an officer"


class TooLateToUndoError(ConflictError):
    """The decision has taken effect, or was never this person's."""

    zh = "已经生效，不能撤销"
    en = "it has taken effect and can't be undone"
    zh_next = "如需收回，请撤销授权并写明理由"
    en_next = "end the grant, with a reason, to take it back"
