"""Words around what a header names: those that add nothing, and those that take it back."""

# fmt: off
FILLERS_ZH = (
    "号码", "编号", "信息", "名称", "号", "名", "码", "一", "二", "明文", "原文",
    "值", "1", "2", "情况", "区间", "档次", "范围", "总额", "合计", "单位",
    "人民币", "万元", "元", "万",
)
FILLERS_EN = frozenset((
    "amount", "amt", "band", "cd", "cn", "cny", "col", "data", "desc", "digest", "due", "enc", "field", "full",
    "hash", "id", "info", "main", "md5", "money", "new", "no", "num", "number", "old", "paid", "range", "raw",
    "rmb", "sha1", "sha256", "std", "str", "text", "txt", "val", "value", "yuan",
))
# Types whose values are lists of codes or words: a trailing "code" or "type" says nothing against them.
LISTED = frozenset((
    "AUTH_SECRET", "BIOMETRIC", "GENDER", "HEALTH_DECLARATION", "MARITAL_STATUS", "MEDICAL", "OCCUPATION",
    "POSTCODE", "RELATIONSHIP",
))
MILD_DENY = frozenset((
    "bm", "category", "class", "code", "dm", "flag", "is", "kind", "lb", "lx", "method", "state", "template",
    "type", "代码", "是否", "标志", "模板", "种类", "类别", "类型", "结果码", "编码",
))
# Words that make a question or a count of whatever follows; others take back only what stands before them, for a
# header's last word says what it is: `order_phone` is a telephone, `phone_order` is not.
ASKING = frozenset((
    "cnt", "count", "flag", "has", "is", "num of", "个数", "是否", "有无", "标志", "次数",
))
# fmt: on
