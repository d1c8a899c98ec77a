"""What can go wrong with grants and emergency access.

GovernanceError
├── ConflictError
│   └── GrantUsedUpError
└── GrantExceedsError
"""

from governance.errors import ConflictError, GovernanceError


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
