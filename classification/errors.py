"""What can go wrong in `classification`.

ClassificationError
├── UnknownCategoryError      (a label names a category that the tier policy does not know)
├── TierInvalidError          (a tier outside 1 to 5)
├── TierPolicyInvalidError    (the versioned data file is unusable)
├── FieldUnknownError         (nothing is catalogued under that name)
├── TextInvalidError          (a text that can't be read)
├── TallyUnreadableError      (counts made elsewhere can't be taken in)
├── LanguageUnknownError      (a text is said to be in a language we don't read)
├── OperatorError
│   ├── OperatorUnknownError
│   ├── OperatorChoiceError   (an operator for a type that does not exist, or two for one)
│   └── OperatorNeedsError    (keys or a purpose are missing)
├── OwnRulesError             (what a deployment adds to our rules)
│   ├── OwnRulesInvalidError
│   ├── OwnPatternTooSlowError
│   └── ModelUnavailableError
├── PresidioRequestError      (what a Presidio client sent can't be done)
│   ├── PresidioParameterError
│   └── PatternTooSlowError
└── DictionaryMissingError    (the word list that names in prose are told by is not installed)
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


class TextInvalidError(ClassificationError):
    """A text can't be read or answered: too long, or no valid Unicode."""

    zh = "文本无法处理：{zh}"
    en = "the text can't be used: {en}"


class TallyUnreadableError(ClassificationError):
    """Counts made elsewhere are damaged, or were made by another release."""

    zh = "无法并入别处的计数：{zh}"
    en = "counts made elsewhere can't be taken in: {en}"
    zh_next = "在每台机器上安装同一版本的明镜"
    en_next = "install the same release of Mingjing on every machine"


class LanguageUnknownError(ClassificationError):
    """Texts are read in Chinese and English."""

    zh = "不支持语言 `{language}`"
    en = "language `{language}` is not supported"
    zh_next = "使用 zh 或 en"
    en_next = "use zh or en"


class OperatorError(ClassificationError):
    """An anonymising operator can't be used as asked."""

    zh = "脱敏算子不可用"
    en = "the operator can't be used"


class OperatorUnknownError(OperatorError):
    """There is no such operator."""

    zh = "没有脱敏算子 `{name}`"
    en = "there is no operator `{name}`"
    zh_next = "可用算子：{known}"
    en_next = "use one of {known}"


class OperatorChoiceError(OperatorError):
    """An operator was chosen for a type that does not exist, or two for one type."""

    zh = "类型 `{type}` 不存在，或被指定了两个算子"
    en = "type `{type}` does not exist, or was given two operators"
    zh_next = "每个类型只写一次，例如 {near}=mask"
    en_next = "write each type once, such as {near}=mask"


class OperatorNeedsError(OperatorError):
    """An operator lacks what it works with."""

    zh = "算子 `{operator}` 需要{zh}"
    en = "operator `{operator}` needs {en}"
    zh_next = "补充后重试，例如 --purpose P"
    en_next = "add it and try again, such as --purpose P"


class OwnRulesError(ClassificationError):
    """A deployment's own rules or models can't be used."""

    zh = "本单位的识别规则不可用"
    en = "this deployment's own rules can't be used"


class OwnRulesInvalidError(OwnRulesError):
    """The file of own rules says something that can't be used."""

    zh = "识别规则文件 `{file}` 第 {line} 行：{zh}"
    en = "file of own rules `{file}`, line {line}: {en}"
    zh_next = "{zh_fix}"
    en_next = "{en_fix}"


class OwnPatternTooSlowError(OwnRulesError):
    """A pattern took too long; what it would have found is unknown, so nothing is answered."""

    zh = "`{place}` 的正则表达式（类型 {type}）耗时过长，未给出结果"
    en = "the pattern at `{place}` (type {type}) took too long, so there is no answer"
    zh_next = "去掉其中嵌套的重复，或缩短文本"
    en_next = "take nested repeats out of it, or shorten the text"


class ModelUnavailableError(OwnRulesError):
    """A declared model can't be loaded."""

    zh = "`{place}` 的模型不可用：{zh}"
    en = "the model at `{place}` can't be used: {en}"
    zh_next = "{zh_fix}"
    en_next = "{en_fix}"


class PresidioRequestError(ClassificationError):
    """A request in Presidio's form can't be answered; the message is for its clients, in English as theirs are."""

    zh = "{message}"
    en = "{message}"


class PresidioParameterError(PresidioRequestError):
    """An operator's or result's parameter is missing or wrong."""


class PatternTooSlowError(PresidioRequestError):
    """A client's pattern took too long; its hits are unknown, so nothing is answered."""

    zh = "正则表达式 `{name}` 耗时过长，未给出结果；请去掉嵌套的重复"
    en = "pattern `{name}` took too long, so there is no answer; take nested repeats out of it"


class DictionaryMissingError(ClassificationError):
    """No installed package carries the general dictionary."""

    zh = "缺少通用词典（jieba 的 dict.txt），无法识别正文中的姓名"
    en = "the general dictionary (dict.txt of jieba) is missing, so names in running text can't be told"
    zh_next = "运行 `python3 run.py` 重新安装依赖"
    en_next = "run `python3 run.py` to install what is missing"
