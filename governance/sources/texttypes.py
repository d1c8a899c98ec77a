"""Give text columns the types they surely have, and no others.

Guarantee: the text of every typed value, written plainly, is the text that stood in the file, save for trailing
zeros of decimals. Leading zeros, long numbers and identifiers stay text.
"""

import pyarrow as pa
import pyarrow.compute as pc

_INTEGER = r"^-?(?:0|[1-9][0-9]{0,14})$"
_DECIMAL = r"^-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,12})?$"
_DATE = r"^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$"
_IDENTIFIER_LENGTH = 8
_ROUND = 100


def typed(table: pa.Table) -> pa.Table:
    """Give the table with its text columns typed where all values allow it."""
    columns = [typed_column(column.combine_chunks()) for column in table.columns]
    return pa.table(columns, names=table.column_names)


def typed_column(column: pa.Array) -> pa.Array:
    """Type one text column: date32, int64, float64, or text as it was; empty cells become null."""
    if not pa.types.is_string(column.type) and not pa.types.is_large_string(column.type):
        return column
    present = pc.if_else(pc.equal(column, ""), None, column)
    values = present.drop_null()
    if len(values) == 0:
        return present
    if _all(values, _DATE):
        return _cast(present, pa.date32())
    if _all(values, _INTEGER):
        return present if _is_identifier(values) else _cast(present, pa.int64())
    if _all(values, _DECIMAL):
        return _cast(present, pa.float64())
    return present


def _all(values: pa.Array, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(values, pattern)).as_py())


def _is_identifier(values: pa.Array) -> bool:
    """Long numbers of one length that are not round are names of things, not amounts of them."""
    lengths = pc.min_max(pc.utf8_length(values)).as_py()
    if lengths["min"] != lengths["max"] or lengths["min"] < _IDENTIFIER_LENGTH:
        return False
    numbers = values.cast(pa.int64())
    whole = pc.multiply(pc.divide(numbers, _ROUND), _ROUND)
    return not bool(pc.all(pc.equal(whole, numbers)).as_py())


def _cast(column: pa.Array, kind: pa.DataType) -> pa.Array:
    try:
        return column.cast(kind)
    except pa.ArrowInvalid:
        return column
