"""What Pydantic finds wrong with a value, said in Chinese and English.

Guarantee: a kind of fault that the table lacks is told in general words of both languages; Pydantic's own English
sentence, which may quote the value, never gets out.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from storage.errors import Said

_OTHER: Final = Said("值的形式不对", "the value has another form")
# Pydantic's name of a fault -> how we say it, filled from the fault's own context.
_FAULTS: Final[Mapping[str, Said]] = MappingProxyType(
    {
        "missing": Said("缺失", "it is missing"),
        "extra_forbidden": Said("未知的键", "unknown key"),
        "json_invalid": Said("不是 JSON", "it is no JSON"),
        "json_type": Said("不是 JSON", "it is no JSON"),
        "model_type": Said("应为对象", "an object is needed"),
        "model_attributes_type": Said("应为对象", "an object is needed"),
        "dict_type": Said("应为对象", "an object is needed"),
        "dict_attributes_type": Said("应为对象", "an object is needed"),
        "list_type": Said("应为列表", "a list is needed"),
        "string_type": Said("应为文本", "a text is needed"),
        "string_unicode": Said("不是有效的 Unicode", "it is no valid Unicode"),
        "string_too_short": Said("至少 {min_length} 个字符", "at least {min_length} characters are needed"),
        "string_too_long": Said("至多 {max_length} 个字符", "at most {max_length} characters are accepted"),
        "string_pattern_mismatch": Said("应符合 `{pattern}`", "it should match `{pattern}`"),
        "too_short": Said("至少 {min_length} 项", "at least {min_length} items are needed"),
        "too_long": Said("至多 {max_length} 项", "at most {max_length} items are accepted"),
        "int_type": Said("应为整数", "a whole number is needed"),
        "int_parsing": Said("应为整数", "a whole number is needed"),
        "int_parsing_size": Said("整数过大", "the whole number is too large"),
        "int_from_float": Said("应为整数", "a whole number is needed"),
        "float_type": Said("应为数字", "a number is needed"),
        "float_parsing": Said("应为数字", "a number is needed"),
        "finite_number": Said("应为有限的数字", "a finite number is needed"),
        "bool_type": Said("应为 true 或 false", "true or false is needed"),
        "bool_parsing": Said("应为 true 或 false", "true or false is needed"),
        "greater_than": Said("应大于 {gt}", "it should be greater than {gt}"),
        "greater_than_equal": Said("应不小于 {ge}", "it should be at least {ge}"),
        "less_than": Said("应小于 {lt}", "it should be less than {lt}"),
        "less_than_equal": Said("应不大于 {le}", "it should be at most {le}"),
        "literal_error": Said("可用的值：{expected}", "one of these is needed: {expected}"),
        "enum": Said("可用的值：{expected}", "one of these is needed: {expected}"),
        "none_required": Said("应为空", "it should be empty"),
        "date_type": Said("应为日期，例如 2026-12-31", "a date such as 2026-12-31 is needed"),
        "date_parsing": Said("应为日期，例如 2026-12-31", "a date such as 2026-12-31 is needed"),
        "date_from_datetime_parsing": Said("应为日期，例如 2026-12-31", "a date such as 2026-12-31 is needed"),
        "datetime_type": Said("应为 ISO 8601 时间", "an ISO 8601 instant is needed"),
        "datetime_parsing": Said("应为 ISO 8601 时间", "an ISO 8601 instant is needed"),
        "datetime_from_date_parsing": Said("应为 ISO 8601 时间", "an ISO 8601 instant is needed"),
        "datetime_object_invalid": Said("应为 ISO 8601 时间", "an ISO 8601 instant is needed"),
        "timezone_aware": Said("时间须带时区", "the instant needs a time zone"),
        "path_type": Said("应为路径", "a path is needed"),
        "url_parsing": Said("应为网址", "a URL is needed"),
        "url_scheme": Said("应为网址", "a URL is needed"),
        "union_tag_invalid": Said("可用的值：{expected_tags}", "one of these is needed: {expected_tags}"),
    }
)


def fault_of(found: Mapping[str, Any]) -> Said:
    """Give what is wrong, from one entry of Pydantic's list of errors."""
    said = _FAULTS.get(str(found.get("type", "")), _OTHER)
    context = found.get("ctx") or {}
    # Pydantic joins the choices in English.
    zh = {name: str(value).replace("' or '", "'、'").replace("', '", "'、'") for name, value in context.items()}
    try:
        return Said(said.zh.format(**zh), said.en.format(**context))
    except KeyError:
        return _OTHER
