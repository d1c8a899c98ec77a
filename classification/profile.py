"""What a column looks like before anybody guesses what it is: distinct values, counts, lengths, kinds.

Values are trimmed and brought to NFKC; words for "no value" are left out; numbers that lost their text form (a
telephone as 13800138000.0 or 1.38E+10) get it back where nothing was lost.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
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
_CHECKED = 1000  # distinct values that the slower, word-based detectors look at


@dataclass(frozen=True, slots=True)
class Profile:
    """One column, reduced to its distinct values.

    Args:
        values: distinct texts.
        counts: how often each occurs, in the same order.
        rows: cells looked at, empty ones included.
        kind: text, integer, float, date, moment, truth or binary, by the Arrow type.
        least, most: shortest and longest length.
    """

    values: pa.Array
    counts: npt.NDArray[np.int64]
    rows: int
    kind: str
    least: int
    most: int

    @property
    def distinct(self) -> int:
        """Give how many different values there are."""
        return len(self.values)

    @property
    def filled(self) -> int:
        """Give how many cells hold a value."""
        return int(self.counts.sum())

    @property
    def variety(self) -> float:
        """Give distinct values per filled cell, 1 where all differ."""
        return self.distinct / self.filled if self.filled else 0.0

    def some(self, limit: int = _CHECKED) -> list[str]:
        """Give at most `limit` distinct values, spread evenly over all of them."""
        step = max(1, -(-self.distinct // limit))
        return [str(value) for value in self.values[::step].to_pylist()] if step == 1 else _strided(self.values, step)

    def share(self, mask: npt.NDArray[np.bool_]) -> float:
        """Give the share of distinct values that a mask marks."""
        return float(mask.mean()) if self.distinct else 0.0


def _strided(values: pa.Array, step: int) -> list[str]:
    return [str(value) for value in values.take(pa.array(range(0, len(values), step), pa.int64())).to_pylist()]


def profile_of(column: pa.Array | pa.ChunkedArray) -> Profile:
    """Profile a column of any Arrow type."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    kind = _kind(array.type)
    texts = _texts(array, kind)
    counted = pc.value_counts(texts.drop_null())
    values, counts = counted.field("values"), counted.field("counts")
    keep = pc.invert(pc.is_in(pc.utf8_lower(values), value_set=pa.array(NULL_WORDS)))
    values, counts = values.filter(keep), counts.filter(keep)
    lengths = pc.min_max(pc.utf8_length(values)).as_py()
    return Profile(
        values=values,
        counts=np.asarray(counts.to_numpy(zero_copy_only=False), dtype=np.int64),
        rows=len(array),
        kind=kind,
        least=lengths["min"] or 0,
        most=lengths["max"] or 0,
    )


def _kind(kind: pa.DataType) -> str:
    tests = (
        (pa.types.is_boolean, "truth"),
        (pa.types.is_integer, "integer"),
        (pa.types.is_floating, "float"),
        (pa.types.is_decimal, "float"),
        (pa.types.is_date, "date"),
        (pa.types.is_timestamp, "moment"),
        (pa.types.is_binary, "binary"),
        (pa.types.is_large_binary, "binary"),
    )
    return next((name for test, name in tests if test(kind)), "text")


def _texts(array: pa.Array, kind: str) -> pa.Array:
    """Give the column as normalised text."""
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if kind == "binary":
        return pa.array([None if v is None else v.hex() for v in array.to_pylist()], pa.string())
    if pa.types.is_nested(array.type):
        return pa.array([None if v is None else str(v) for v in array.to_pylist()], pa.string())
    if pa.types.is_decimal(array.type):
        array = array.cast(pa.float64())
    if pa.types.is_floating(array.type):
        array = _whole(array)
    texts = array if pa.types.is_string(array.type) else array.cast(pa.string())
    texts = pc.utf8_trim_whitespace(pc.utf8_normalize(texts, form="NFKC"))
    return _without_point(texts)


def _whole(array: pa.Array) -> pa.Array:
    """Take numbers without fractions back to integers, exact below 2^53."""
    present = array.drop_null()
    finite = present.filter(pc.is_finite(present))
    if len(finite) and bool(pc.all(pc.equal(pc.floor(finite), finite)).as_py()):
        try:
            return pc.if_else(pc.is_finite(array), array, None).cast(pa.int64())
        except pa.ArrowInvalid:
            return array
    return array


def _without_point(texts: pa.Array) -> pa.Array:
    """Drop `.0` where a whole text column of long numbers carries it."""
    present = texts.drop_null()
    if len(present) and bool(pc.all(pc.match_substring_regex(present, r"^[0-9]{6,19}\.0$|^$")).as_py()):
        return pc.replace_substring_regex(texts, pattern=r"\.0$", replacement="")
    return texts
