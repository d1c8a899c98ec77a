"""What can go wrong in `policies`.

PoliciesError
├── RegisterInvalidError      the register that ships, or a replacement of it, does not read
├── PurposeEntryError         a purpose declared in a world file
├── FormSyntaxError           the text of a field form
└── FormContextError          a key or a name that a form can't safely work with

Rooms inside (`policies.sql`, `policies.scripts`) grow their own branches from `PoliciesError`.
"""

from storage.errors import ProductError


class PoliciesError(ProductError):
    """Base of this package's errors."""


class RegisterInvalidError(PoliciesError):
    """The register of purposes can't be read, so nothing may be decided by it."""

    zh = "目的登记册在 `{place}` 处无效：{reason}"
    en = "the register of purposes is not valid at `{place}`: {reason}"
    zh_next = "改正该处后重新载入"
    en_next = "mend that place and load it again"


class PurposeEntryError(PoliciesError):
    """A purpose declared in a world file can't be taken in."""

    zh = "目的 `{purpose}` 的声明无效：{reason}"
    en = "the declaration of purpose `{purpose}` is not valid: {reason}"
    zh_next = "可用字段：id、title、basis、consent、min_cell、retention"
    en_next = "its keys are id, title, basis, consent, min_cell and retention"


class FormSyntaxError(PoliciesError):
    """A field form is not one of the known ones."""

    zh = "字段形式 `{text}` 无法识别"
    en = "field form `{text}` is not known"
    zh_next = (
        "可用：raw、mask:keep_first(n)、mask:keep_last(n)、mask:keep_ends(a,b)、mask:all、generalise:year、"
        "generalise:month、generalise:floor(n)、generalise:age_band(n)、generalise:prefix(n)、"
        "generalise:region(province|city|district)、token、aggregate、deny"
    )
    en_next = (
        "use raw, mask:keep_first(n), mask:keep_last(n), mask:keep_ends(a,b), mask:all, generalise:year, "
        "generalise:month, generalise:floor(n), generalise:age_band(n), generalise:prefix(n), "
        "generalise:region(province|city|district), token, aggregate or deny"
    )


class FormContextError(PoliciesError):
    """What a form needs to work with is missing or unsafe."""

    zh = "无法应用字段形式：{reason}"
    en = "field forms can't be applied: {reason}"
