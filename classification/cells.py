"""Cells as text, alike whatever the source calls their type: trimmed, NFKC, without words for "no value".

Everything here looks at one cell at a time, so that the batches of a table may come in any number and order.
Numbers that lost their text form (a telephone as 13800138000.0 or 1.38E+10) get it back where nothing was lost.
"""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

NULL_WORDS = (
    "",
    "null",
    "none",
    "nan",
    "na",
    "n/a",
    "nil",
    "-",
    "--",
    "/",
    "\\n",
    "无",
    "空",
    "未知",
    "不详",
    "暂无",
    "未提供",
    "#n/a",
    "undefined",
)
KINDS = frozenset(("text", "integer", "float", "date", "moment", "truth", "binary"))
_LONGEST = 4096  # characters of a cell that are looked at
_LONGEST_BYTES = 2048  # of a binary one
_INVISIBLE = "[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]"
_EXACT = 2.0**53  # below, a float holds every whole number


def kind_of(kind: pa.DataType) -> str:
    """Give text, integer, float, date, moment, truth or binary."""
    tests: tuple[tuple[Callable[[pa.DataType], bool], str], ...] = (
        (pa.types.is_boolean, "truth"),
        (pa.types.is_integer, "integer"),
        (pa.types.is_floating, "float"),
        (pa.types.is_decimal, "float"),
        (pa.types.is_date, "date"),
        (pa.types.is_timestamp, "moment"),
        (pa.types.is_binary, "binary"),
        (pa.types.is_large_binary, "binary"),
        (pa.types.is_fixed_size_binary, "binary"),
    )
    return next((name for test, name in tests if test(kind)), "text")


def joint_kind(one: str, other: str) -> str:
    """Give the kind of a column whose batches are of different kinds."""
    if one == other:
        return one
    return "float" if {one, other} == {"integer", "float"} else "text"


def texts_of(array: pa.Array) -> pa.StringArray:
    """Give the cells that hold a value, as normalised text, without nulls."""
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    texts = _written(array.drop_null())
    if not _is_ascii(texts):
        texts = pc.utf8_normalize(pc.replace_substring_regex(texts, _INVISIBLE, ""), form="NFKC")
    texts = _without_point(pc.utf8_trim_whitespace(texts))
    return texts.filter(pc.invert(pc.is_in(pc.utf8_lower(texts), value_set=pa.array(NULL_WORDS))))


def _is_ascii(texts: pa.StringArray) -> bool:
    return bool(pc.all(pc.string_is_ascii(texts)).as_py() in {True, None})


def _written(array: pa.Array) -> pa.StringArray:
    kind = kind_of(array.type)
    if kind == "binary":
        return pa.array([value[:_LONGEST_BYTES].hex() for value in array.to_pylist()], pa.string())
    if pa.types.is_nested(array.type) or pa.types.is_interval(array.type):
        return pa.array([str(value)[:_LONGEST] for value in array.to_pylist()], pa.string())
    if pa.types.is_null(array.type):
        return pa.array([], pa.string())
    if kind == "float":
        return _numbers(array.cast(pa.float64()))
    if pa.types.is_timestamp(array.type):
        array = array.cast(pa.timestamp("us", array.type.tz), safe=False)  # engines disagree on the unit
    if pa.types.is_large_string(array.type) or pa.types.is_string_view(array.type):
        array = pc.utf8_slice_codeunits(array, 0, _LONGEST)
    texts = array if pa.types.is_string(array.type) else array.cast(pa.string())
    return pc.utf8_slice_codeunits(texts, 0, _LONGEST) if texts.nbytes > _LONGEST * len(texts) else texts


def _numbers(array: pa.Array) -> pa.StringArray:
    """Write whole numbers without a point, exact below 2^53, and others as they are."""
    finite = array.filter(pc.is_finite(array))
    whole = pc.and_(pc.equal(pc.floor(finite), finite), pc.less(pc.abs(finite), _EXACT))
    rounded = pc.if_else(whole, finite, 0.0).cast(pa.int64()).cast(pa.string())
    return pc.if_else(whole, rounded, finite.cast(pa.string()))


def _without_point(texts: pa.StringArray) -> pa.StringArray:
    """Drop the `.0` that a long number got on its way through a float."""
    return pc.replace_substring_regex(texts, pattern=r"^([0-9]{6,19})\.0$", replacement=r"\1")
