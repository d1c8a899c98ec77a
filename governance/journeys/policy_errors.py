"""What can go wrong when access policies are published.

GovernanceError
├── ConflictError
│   └── ReleaseBusyError
└── NotAllowedError
    └── OwnProposalError
"""

from governance.errors import ConflictError, NotAllowedError


class ReleaseBusyError(ConflictError):
    """The act on the access policies does not fit what is in force."""

    zh = "访问策略现状不允许此操作：{reason}"
    en = "the access policies in force don't allow this: {reason}"
    zh_next = "用 `mingjing policies status` 查看现状"
    en_next = "see what is in force with `mingjing policies status`"


class OwnProposalError(NotAllowedError):
    """Four eyes: who proposed a version of the policies does not approve it."""

    zh = "提出策略版本的人不能批准该版本"
    en = "whoever proposed a version of the policies does not approve it"
    zh_next = "请另一位合规官批准"
    en_next = "ask another officer"
