"""What can go wrong in `governance.identity`.

GovernanceError
├── NotFoundError
│   ├── PersonUnknownError
│   └── RoleUnknownError
├── InputInvalidError
│   └── PasswordTooWeakError
├── SignInNeededError
│   ├── SignInRefusedError
│   │   └── SignInBlockedError
│   └── SingleSignOnError
└── NotAllowedError
    └── CsrfRefusedError
"""

from governance.errors import InputInvalidError, NotAllowedError, NotFoundError, SignInNeededError


class PersonUnknownError(NotFoundError):
    """No person has this id."""

    zh = "没有人员 `{person}`"
    en = "there is no person `{person}`"
    zh_next = "在世界文件的 people 中加入该人员，再运行 `mingjing apply`"
    en_next = "add the person under people in the world file, then run `mingjing apply`"


class RoleUnknownError(NotFoundError):
    """A person was to be given a role that nobody defined."""

    zh = "没有角色 `{role}`"
    en = "there is no role `{role}`"
    zh_next = "先在世界文件的 roles 中定义该角色"
    en_next = "define the role under roles in the world file first"


class PasswordTooWeakError(InputInvalidError):
    """A new password is too short or too long."""

    zh = "口令须为 {least} 至 {most} 个字符"
    en = "a password has {least} to {most} characters"


class SignInRefusedError(SignInNeededError):
    """Name and password don't belong together; unknown, inactive and wrong all give this one answer."""

    zh = "姓名或口令不对"
    en = "name or password is wrong"
    zh_next = "请再试一次；忘记口令请联系管理员"
    en_next = "try again; ask the administrator if the password is lost"


class SignInBlockedError(SignInRefusedError):
    """Too many trials for this name or from this address."""

    zh = "尝试次数过多，请在 {seconds} 秒后再试"
    en = "too many trials; try again in {seconds} seconds"
    zh_next = ""
    en_next = ""


class SingleSignOnError(SignInNeededError):
    """The identity provider's answer can't be trusted, or names nobody here."""

    zh = "单点登录失败：{reason_zh}"
    en = "single sign-on failed: {reason_en}"
    zh_next = "请重新登录；若仍失败，请联系管理员"
    en_next = "sign in again; if it fails again, ask the administrator"


class CsrfRefusedError(NotAllowedError):
    """A form came without the token of this browser's session."""

    zh = "表单已过期或并非来自本控制台"
    en = "the form has expired or did not come from this console"
    zh_next = "返回上一页，刷新后再提交"
    en_next = "go back, reload the page and send it again"
