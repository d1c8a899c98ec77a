"""What can go wrong in `policies.scripts`.

policies.errors.PoliciesError
└── ScriptError
    ├── PhraseFileInvalidError   (a rule file is not what it should be)
    ├── PhraseTestFailedError    (a rule does not keep its own promises)
    └── UtteranceInvalidError    (what should be checked can't be read)
"""

from policies.errors import PoliciesError


class ScriptError(PoliciesError):
    """Base of the sales-script checker's errors."""

    zh = "话术检查出错"
    en = "the script check failed"


class PhraseFileInvalidError(ScriptError):
    """A rule file can't be used; the place is a file and a key, never a person's text."""

    zh = "话术规则文件 `{file}` 的 `{place}` 无效：{reason}"
    en = "phrase file `{file}` is invalid at `{place}`: {reason}"
    zh_next = "改正该处后重新加载"
    en_next = "correct that place and load again"


class PhraseTestFailedError(ScriptError):
    """Rules contradict the examples that stand beside them."""

    zh = "话术规则与自带用例不符，共 {count} 处，首处：类别 `{category}`，用例 `{example}`"
    en = "phrase rules contradict {count} of their own examples, first: category `{category}`, example `{example}`"
    zh_next = "修改规则或用例，使二者一致"
    en_next = "change the rule or the example until they agree"


class UtteranceInvalidError(ScriptError):
    """An input object lacks something or holds a word that is not known."""

    zh = "输入字段 `{name}` 无效：{reason}"
    en = "input field `{name}` is invalid: {reason}"
    zh_next = "参照接口说明 3.2 与 3.3 的输入格式"
    en_next = "see sections 3.2 and 3.3 of the interface for the input"
