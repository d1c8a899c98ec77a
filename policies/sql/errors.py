"""What can go wrong when a statement is read and rewritten.

PoliciesError
└── StatementRefusedError
    ├── StatementUnreadableError
    │   ├── StatementTooLargeError
    │   └── NotOneSelectError
    ├── ConstructRefusedError
    ├── FunctionRefusedError
    ├── DatasetUnknownError
    ├── DatasetAmbiguousError
    ├── FieldDeniedError
    ├── UnknownColumnError
    └── AggregateMisuseError

The sentences name what the person wrote, cut to a safe length, and never what an engine answered.
"""

from policies.errors import PoliciesError


class StatementRefusedError(PoliciesError):
    """The statement is not one that a governed read can run."""

    zh = "语句被拒绝"
    en = "the statement is refused"


class StatementUnreadableError(StatementRefusedError):
    """The text is not SQL that can be read without doubt."""

    zh = "无法读懂这条 SQL（第 {line} 行附近）"
    en = "the SQL can't be read (near line {line})"
    zh_next = "请检查语法：需要一条 DuckDB 方言的 SELECT"
    en_next = "check the syntax: one SELECT in DuckDB's dialect is needed"


class StatementTooLargeError(StatementUnreadableError):
    """A limit on length, depth or joins is exceeded."""

    zh = "语句过大：{what}上限为 {limit}"
    en = "the statement is too large: the limit on {what} is {limit}"
    zh_next = "请拆分为更小的查询"
    en_next = "split it into smaller queries"


class NotOneSelectError(StatementUnreadableError):
    """It is not exactly one SELECT or set operation."""

    zh = "只接受一条 SELECT 查询，不接受 `{found}`"
    en = "only one SELECT is accepted, not `{found}`"
    zh_next = "只提交一条 SELECT（可含 WITH、UNION 等）"
    en_next = "send one SELECT alone (WITH and UNION are fine)"


class ConstructRefusedError(StatementRefusedError):
    """A part of SQL that a governed read does not offer."""

    zh = "受控读取不支持 `{construct}`"
    en = "a governed read does not offer `{construct}`"
    zh_next = "请改用普通的 SELECT、JOIN、子查询与函数"
    en_next = "use plain SELECT, joins, subqueries and functions instead"


class FunctionRefusedError(StatementRefusedError):
    """The function is not on the allow-list."""

    zh = "函数 `{function}` 不在允许清单中"
    en = "function `{function}` is not on the allow-list"
    zh_next = "可用：聚合、窗口、字符串、日期、数值与条件函数"
    en_next = "aggregate, window, string, date, numeric and conditional functions are allowed"


class DatasetUnknownError(StatementRefusedError):
    """The name after FROM is no dataset granted for this purpose."""

    zh = "数据集 `{dataset}` 不存在或未授权用于此用途"
    en = "dataset `{dataset}` does not exist or is not granted for this purpose"
    zh_next = "按 `来源.表` 书写；如需要，请申请授权"
    en_next = "write it as `source.table`; ask for a grant if you need it"


class DatasetAmbiguousError(StatementRefusedError):
    """A bare table name fits more than one granted dataset."""

    zh = "表名 `{name}` 有多个候选：{candidates}"
    en = "table name `{name}` could be any of: {candidates}"
    zh_next = "请写全名 `来源.表`"
    en_next = "write the full name `source.table`"


class FieldDeniedError(StatementRefusedError):
    """The statement names a field that the grants deny."""

    zh = "字段 `{field}`（数据集 `{dataset}`）未授权用于此用途"
    en = "field `{field}` of dataset `{dataset}` is not granted for this purpose"
    zh_next = "去掉该字段，或申请授权"
    en_next = "leave the field out, or ask for a grant"


class UnknownColumnError(StatementRefusedError):
    """The name fits no column in reach."""

    zh = "找不到列 `{column}`"
    en = "there is no column `{column}`"
    zh_next = "请核对列名；`SELECT *` 会列出可用字段"
    en_next = "check the name; `SELECT *` lists the fields you have"


class AggregateMisuseError(StatementRefusedError):
    """A field granted for aggregation was used so that one person could show through."""

    zh = "字段 `{field}`（数据集 `{dataset}`）只能用于聚合：{reason}"
    en = "field `{field}` of dataset `{dataset}` is for aggregation only: {reason}"
    zh_next = "使用 sum、avg、count、stddev 或 variance，参数为该列本身或与数字的四则运算"
    en_next = "use sum, avg, count, stddev or variance over the column itself or its arithmetic with numbers"
