"""What can go wrong in `classification`.

ClassificationError
├── UnknownCategoryError      (a label names a category that the tier policy does not know)
├── TierInvalidError          (a tier outside 1 to 5)
├── TierPolicyInvalidError    (the versioned data file is unusable)
└── FieldUnknownError         (nothing is catalogued under that name)
"""

from storage.errors import ProductError


class ClassificationError(ProductError):
    """Base of this package's errors."""


class UnknownCategoryError(ClassificationError):
    """A label names a category that nobody defined."""

    zh = "没有数据类别 `{category}`"
    en = "there is no data category `{category}`"
    zh_next = "使用类别清单中的标识，例如 contact_phone"
    en_next = "use an id from the list of categories, such as contact_phone"


class TierInvalidError(ClassificationError):
    """A tier outside the scale."""

    zh = "分级 `{tier}` 无效，应为 1 至 5"
    en = "tier `{tier}` is invalid; tiers run from 1 to 5"


class TierPolicyInvalidError(ClassificationError):
    """The tier policy's data file lacks something or contradicts itself."""

    zh = "分级标准 `{name}` 不可用：{reason}"
    en = "tier policy `{name}` is not usable: {reason}"


class FieldUnknownError(ClassificationError):
    """The catalogue holds no such field."""

    zh = "目录中没有字段 `{dataset}`.`{field}`"
    en = "the catalogue has no field `{dataset}`.`{field}`"
    zh_next = "先运行 `mingjing scan`"
    en_next = "run `mingjing scan` first"
