"""What can go wrong in `governance`.

GovernanceError
├── SettingInvalidError
├── NotFoundError
├── MethodRefusedError
├── ConflictError
│   ├── StaleVersionError
│   ├── AlreadyDecidedError
│   ├── FieldDecidedError
│   └── NotRetirableError
├── InputInvalidError
│   ├── CursorInvalidError
│   └── EvidenceNeededError
├── SignInNeededError
├── NotAllowedError
│   ├── CaseNeededError
│   ├── NotTheRequesterError
│   ├── SamePersonError
│   └── WrongRoleError
├── AccessRefusedError       (a decision's deny or gap, at the edge of a program)
├── TooManyLookupsError
├── KeyReusedError
├── PortInUseError
├── DemoSecretError
├── DemoFolderError
├── DemoTableError
└── ServiceAnswerError
"""

from collections.abc import Mapping
from typing import Final

from storage.errors import Language, ProductError, Said

KINDS_ZH: Final[Mapping[str, str]] = {
    "access request": "访问申请",
    "dataset": "数据集",
    "decision": "决策",
    "emergency access": "紧急访问",
    "entry": "日志条目",
    "field": "字段",
    "grant": "授权",
    "job": "联邦任务",
    "log entry": "日志条目",
    "page": "页面",
    "policy version": "策略版本",
    "purpose": "用途",
    "receipt": "回执",
    "scan": "扫描",
    "sign-in": "登录方式",
    "source": "数据源",
    "token": "令牌",
}
"""What can be missing, in Chinese; the English word is the kind itself."""


class GovernanceError(ProductError):
    """Base of this package's errors."""


class SettingInvalidError(GovernanceError):
    """A setting has a value it can't have."""

    zh = "设置 `{name}`（来源：{source}）无效：{reason}"
    en = "setting `{name}` (from {source}) is invalid: {reason}"
    zh_next = "运行 `mingjing config show --origin` 查看每项设置及来源"
    en_next = "run `mingjing config show --origin` to see each setting and its source"


class NotFoundError(GovernanceError):
    """No such thing, or not one this person may know of."""

    zh = "找不到{kind} `{id}`"
    en = "there is no {kind} `{id}`"

    def detail(self, language: Language) -> str:
        """Give the sentence; the kind is named in the reader's language too."""
        if language == "en":
            return super().detail(language)
        kind = str(self.values["kind"])
        return self.zh.format(kind=KINDS_ZH.get(kind, f" {kind} "), id=self.values["id"])


class MethodRefusedError(GovernanceError):
    """The address is there, but not for this HTTP method."""

    zh = "此地址不接受 {method} 请求"
    en = "this address takes no {method} requests"


class ConflictError(GovernanceError):
    """The act does not fit the state things are in."""


class StaleVersionError(ConflictError):
    """Somebody changed it since it was read."""

    zh = "`{id}` 已被他人修改"
    en = "`{id}` was changed by somebody else"
    zh_next = "重新读取后再决定"
    en_next = "read it again, then decide"


class AlreadyDecidedError(ConflictError):
    """The request was decided before."""

    zh = "申请 `{id}` 已处理，状态为 `{status}`"
    en = "request `{id}` is already `{status}`"


class FieldDecidedError(ConflictError):
    """A person stands behind the field's label already."""

    zh = "字段 `{id}` 已由人认定"
    en = "a person decided field `{id}` already"
    zh_next = "如需更改，请改判并写明理由"
    en_next = "override it, with a reason, to change that"


class NotRetirableError(ConflictError):
    """Keys still rest on the master key that should be destroyed."""

    zh = "第 {version} 版主密钥还保护着 {keys} 把个人密钥，不能销毁"
    en = "version {version} of the master key still wraps {keys} keys of people and can't be destroyed"
    zh_next = "再次运行 `mingjing keys rotate`"
    en_next = "run `mingjing keys rotate` again"


class InputInvalidError(GovernanceError):
    """A value from outside can't be used."""

    zh = "`{name}` 无效：{reason}"
    en = "`{name}` is invalid: {reason}"


class CursorInvalidError(InputInvalidError):
    """A page cursor was changed or belongs to another list."""

    zh = "分页游标无效"
    en = "the page cursor is invalid"
    zh_next = "从第一页重新开始"
    en_next = "start again from the first page"


class EvidenceNeededError(InputInvalidError):
    """A consent was to be recorded without saying where its proof lies."""

    zh = "登记同意须注明凭证所在"
    en = "a consent is recorded with a reference to its evidence"
    zh_next = "在 `evidence`（命令行 `--evidence`）中写明录音、表单或会话编号"
    en_next = "name the recording, form or session in `evidence` (`--evidence`)"


class SignInNeededError(GovernanceError):
    """No valid token or session came with the request."""

    zh = "需要登录"
    en = "sign-in needed"
    zh_next = "登录控制台，或用 `mingjing token issue USER` 签发令牌"
    en_next = "sign in to the console, or issue a token with `mingjing token issue USER`"


class NotAllowedError(GovernanceError):
    """This person may not do this."""

    zh = "你没有执行此操作的权限"
    en = "you may not do this"


class CaseNeededError(NotAllowedError):
    """This role acts on a person's consents within a case alone."""

    zh = "此角色登记或查看某人的同意时须注明案件号"
    en = "this role records or sees a person's consents only under a case number"
    zh_next = "在 `case`（命令行 `--case`）中写明来电、受理或保单号"
    en_next = "name the call, request or policy in `case` (`--case`)"


class SamePersonError(NotAllowedError):
    """Four eyes: the second pair must be another person's."""

    zh = "申请人不能审批自己的申请，同一人也不能审批两次"
    en = "a requester never approves their own request, and nobody approves twice"
    zh_next = "请另一位数据管理员审批"
    en_next = "ask another steward"


class NotTheRequesterError(NotAllowedError):
    """A request is taken back by the person who made it and by nobody else."""

    zh = "只有申请人可以撤回申请"
    en = "only the requester may withdraw a request"
    zh_next = "如不应批准，请驳回"
    en_next = "reject it if it should not be granted"


class WrongRoleError(NotAllowedError):
    """The act belongs to a role this person does not hold."""

    zh = "此操作需要角色 `{role}`"
    en = "this needs the role `{role}`"


class AccessRefusedError(GovernanceError):
    """A governed read was refused; the decision is recorded."""

    zh = "{reason}"
    en = "{reason}"

    def __init__(self, *, outcome: str, code: str, zh: str, en: str, zh_next: str, en_next: str, receipt: str) -> None:
        """Carry the decision's own sentences in both languages."""
        self.outcome = outcome
        self.code = code
        self.receipt = receipt
        self._sentences = {"zh": (zh, zh_next), "en": (en, en_next)}
        super().__init__(reason=Said(zh, en))

    def detail(self, language: str) -> str:
        """Give the decision's sentence."""
        return self._sentences[language][0]

    def next_step(self, language: str) -> str:
        """Give what would change the decision."""
        return self._sentences[language][1]


class TooManyLookupsError(GovernanceError):
    """A person, or all people of a purpose, looked up more keys than an hour allows."""

    zh = "精确查找次数已达每小时上限，请在 {seconds} 秒后再试"
    en = "the look-ups of this hour are used up; try again in {seconds} seconds"
    zh_next = "稍后再试；如工作确有需要，请管理员调整上限 `lookups_hourly`"
    en_next = "wait; if the work needs more, have an administrator raise `lookups_hourly`"

    @property
    def retry_after(self) -> int:
        """Give the seconds to wait."""
        return int(str(self.values["seconds"]))


class KeyReusedError(GovernanceError):
    """One idempotency key came with two different requests."""

    zh = "幂等键 `{key}` 已用于另一请求"
    en = "idempotency key `{key}` was used for another request"
    zh_next = "为新的请求使用新的键"
    en_next = "use a new key for a new request"


class PortInUseError(GovernanceError):
    """Another program listens there."""

    zh = "端口 {port} 已被占用"
    en = "port {port} is in use"
    zh_next = "换一个端口：`--port N`"
    en_next = "choose another: `--port N`"


class DemoSecretError(GovernanceError):
    """A demo's folder was about to be served as a real one."""

    zh = "数据目录 `{path}` 由演示创建，其口令与密钥不可用于正式服务"
    en = "data folder `{path}` was made by the demo; its passwords and keys are not for real service"
    zh_next = "换一个数据目录：`--data-dir D`，或运行 `mingjing demo`"
    en_next = "use another folder with `--data-dir D`, or run `mingjing demo`"


class DemoFolderError(GovernanceError):
    """A fresh demo was about to empty a folder that no demo made."""

    zh = "数据目录 `{path}` 不是演示创建的，不会清空"
    en = "data folder `{path}` was not made by the demo and will not be emptied"
    zh_next = "换一个目录：`--data-dir D`"
    en_next = "use another folder with `--data-dir D`"


class DemoTableError(GovernanceError):
    """The demo was about to replace a table that no demo made."""

    zh = "PostgreSQL 数据库中的表 `{table}` 不是演示创建的，不会替换"
    en = "table `{table}` of the PostgreSQL database was not made by the demo and will not be replaced"
    zh_next = "给演示一个空的数据库：`--postgres URL`"
    en_next = "give the demo an empty database with `--postgres URL`"


class ServiceAnswerError(GovernanceError):
    """The service at `--url` did not answer as it should."""

    zh = "服务 `{url}` 未正常应答：{reason}"
    en = "the service at `{url}` did not answer: {reason}"
    zh_next = "检查地址、网络与服务状态"
    en_next = "check the address, the network and the service"
