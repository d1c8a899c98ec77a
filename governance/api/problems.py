"""Every problem this product can answer with: type, HTTP status, exit code and title, in one table (RFC 9457).

A problem's `type` is the error class's name in kebab case, without `Error`; it never changes. The table names base
classes; a class that is not in it takes the row of its nearest ancestor.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from audit.errors import AuditError, NotarisationTimeoutError, NotInLogError, VerificationError
from classification.errors import (
    ClassificationError,
    OperatorError,
    OwnRulesError,
    PresidioParameterError,
    TextInvalidError,
)
from consent.errors import ConsentError, EventUnknownError, ReceiptInvalidError, SubscriptionUnknownError
from federated.errors import FederatedError
from governance import errors
from governance.workers.errors import QueryFailedError, WorkerUnavailableError
from policies.cedar.errors import RulesInvalidError
from policies.errors import PoliciesError
from storage.errors import (
    CipherUnavailableError,
    DatabaseUnavailableError,
    KeyDestroyedError,
    KeyFileError,
    Language,
    MasterKeyUnavailableError,
    NaiveTimeError,
    ProductError,
    SchemaBehindError,
    SealBrokenError,
    StorageError,
)

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Row:
    """How a kind of error is told: HTTP status, exit code of the command line, and title."""

    status: int
    exit_code: int
    zh: str
    en: str


TABLE: Mapping[type[ProductError], Row] = {
    ProductError: Row(500, 1, "内部错误", "Internal error"),
    StorageError: Row(503, 1, "存储不可用", "Storage unavailable"),
    DatabaseUnavailableError: Row(503, 1, "数据库不可用", "Database unavailable"),
    SchemaBehindError: Row(503, 1, "数据库结构版本不符", "Database schema of another release"),
    KeyFileError: Row(503, 1, "密钥文件不可用", "Key file unusable"),
    CipherUnavailableError: Row(503, 1, "密码套件不可用", "Cipher suite unavailable"),
    SealBrokenError: Row(503, 1, "密文无法打开", "Sealed value does not open"),
    MasterKeyUnavailableError: Row(503, 1, "主密钥不可用", "Master key unavailable"),
    KeyDestroyedError: Row(410, 1, "密钥已销毁", "Key destroyed"),
    NaiveTimeError: Row(400, 1, "时间缺少时区", "Instant without a zone"),
    PoliciesError: Row(400, 1, "规则不接受此请求", "Not accepted by the rules"),
    RulesInvalidError: Row(422, 1, "访问策略无效", "Access policies not valid"),
    AuditError: Row(503, 1, "审计日志不可用", "Audit log unavailable"),
    NotarisationTimeoutError: Row(503, 1, "未能及时存证，已拒绝应答", "Not notarised in time, so nothing is answered"),
    NotInLogError: Row(404, 1, "不在日志中", "Not in the log"),
    VerificationError: Row(422, 6, "证明无效", "Proof invalid"),
    ClassificationError: Row(400, 1, "无法识别数据", "Data could not be classified"),
    TextInvalidError: Row(422, 1, "文本无法处理", "Text not usable"),
    OperatorError: Row(422, 1, "算子不可用", "Operator not usable"),
    OwnRulesError: Row(503, 1, "本单位的识别规则不可用", "Own rules not usable"),
    PresidioParameterError: Row(422, 1, "参数无效", "Parameter invalid"),
    ConsentError: Row(400, 1, "同意记录有误", "Consent record not accepted"),
    EventUnknownError: Row(404, 1, "不存在", "Not found"),
    SubscriptionUnknownError: Row(404, 1, "不存在", "Not found"),
    ReceiptInvalidError: Row(422, 6, "回执无效", "Receipt invalid"),
    FederatedError: Row(400, 1, "联邦任务不被接受", "Federated job not accepted"),
    errors.GovernanceError: Row(400, 1, "请求不被接受", "Request not accepted"),
    errors.SettingInvalidError: Row(500, 1, "设置无效", "Setting invalid"),
    errors.NotFoundError: Row(404, 1, "不存在", "Not found"),
    errors.MethodRefusedError: Row(405, 1, "请求方法不适用", "Method not allowed"),
    errors.ConflictError: Row(409, 1, "状态冲突", "Conflict"),
    errors.StaleVersionError: Row(412, 1, "已被他人修改", "Changed by somebody else"),
    errors.SignInNeededError: Row(401, 4, "需要登录", "Sign-in needed"),
    errors.NotAllowedError: Row(403, 5, "没有权限", "Not allowed"),
    errors.AccessRefusedError: Row(403, 5, "访问被拒绝", "Access refused"),
    errors.TooManyLookupsError: Row(429, 5, "查找过于频繁", "Too many look-ups"),
    errors.InputInvalidError: Row(422, 1, "输入无效", "Input invalid"),
    QueryFailedError: Row(422, 1, "查询未完成", "Query failed"),
    WorkerUnavailableError: Row(503, 1, "查询进程不可用", "Query worker unavailable"),
    errors.KeyReusedError: Row(422, 1, "幂等键重复使用", "Idempotency key reused"),
}


def row_of(kind: type[ProductError]) -> Row:
    """Give the row of an error class: its own, or its nearest ancestor's."""
    for base in kind.__mro__:
        if base in TABLE:
            return TABLE[base]
    return TABLE[ProductError]


def type_of(error: ProductError) -> str:
    """Give the stable type of an error; a refused access carries its decision's code."""
    if isinstance(error, errors.AccessRefusedError):
        return error.code
    return slug(type(error))


def slug(kind: type[ProductError]) -> str:
    """Give a class's name in kebab case, without `Error`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", kind.__name__.removesuffix("Error"))
    return words.lower()


def problem(error: ProductError, language: Language, request_id: str) -> dict[str, object]:
    """Give the problem document that the API and the command line both answer with."""
    row = row_of(type(error))
    document: dict[str, object] = {
        "type": type_of(error),
        "title": row.zh if language == "zh" else row.en,
        "status": row.status,
        "detail": error.detail(language),
        "next": error.next_step(language),
        "request_id": request_id,
    }
    if isinstance(error, errors.AccessRefusedError):
        document |= {"outcome": error.outcome, "receipt": error.receipt}
    return document
