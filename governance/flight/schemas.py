"""The shapes that Flight SQL fixes for answers about the service itself.

Source: Arrow's format/FlightSql.proto, comments of each command.
"""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final

import pyarrow as pa

CATALOG: Final = "mingjing"
TABLE_TYPE: Final = "TABLE"

_TEXT: Final = pa.string()
CATALOGS: Final = pa.schema([pa.field("catalog_name", _TEXT, nullable=False)])
SCHEMAS: Final = pa.schema([pa.field("catalog_name", _TEXT), pa.field("db_schema_name", _TEXT, nullable=False)])
TABLES: Final = pa.schema(
    [
        pa.field("catalog_name", _TEXT),
        pa.field("db_schema_name", _TEXT),
        pa.field("table_name", _TEXT, nullable=False),
        pa.field("table_type", _TEXT, nullable=False),
    ]
)
TABLES_WITH_SCHEMA: Final = TABLES.append(pa.field("table_schema", pa.binary(), nullable=False))
TABLE_TYPES: Final = pa.schema([pa.field("table_type", _TEXT, nullable=False)])
PRIMARY_KEYS: Final = pa.schema(
    [
        pa.field("catalog_name", _TEXT),
        pa.field("db_schema_name", _TEXT),
        pa.field("table_name", _TEXT, nullable=False),
        pa.field("column_name", _TEXT, nullable=False),
        pa.field("key_name", _TEXT),
        pa.field("key_sequence", pa.int32(), nullable=False),
    ]
)
FOREIGN_KEYS: Final = pa.schema(
    [
        *(
            pa.field(f"{side}_{name}", _TEXT, nullable=name not in {"table_name", "column_name"})
            for side in ("pk", "fk")
            for name in ("catalog_name", "db_schema_name", "table_name", "column_name")
        ),
        pa.field("key_sequence", pa.int32(), nullable=False),
        pa.field("fk_key_name", _TEXT),
        pa.field("pk_key_name", _TEXT),
        pa.field("update_rule", pa.uint8(), nullable=False),
        pa.field("delete_rule", pa.uint8(), nullable=False),
    ]
)
_TYPE_FIELDS: Final = (
    ("type_name", _TEXT, False),
    ("data_type", pa.int32(), False),
    ("column_size", pa.int32(), True),
    ("literal_prefix", _TEXT, True),
    ("literal_suffix", _TEXT, True),
    ("create_params", pa.list_(pa.field("item", _TEXT, nullable=False)), True),
    ("nullable", pa.int32(), False),
    ("case_sensitive", pa.bool_(), False),
    ("searchable", pa.int32(), False),
    ("unsigned_attribute", pa.bool_(), True),
    ("fixed_prec_scale", pa.bool_(), False),
    ("auto_increment", pa.bool_(), True),
    ("local_type_name", _TEXT, True),
    ("minimum_scale", pa.int32(), True),
    ("maximum_scale", pa.int32(), True),
    ("sql_data_type", pa.int32(), False),
    ("datetime_subcode", pa.int32(), True),
    ("num_prec_radix", pa.int32(), True),
    ("interval_precision", pa.int32(), True),
)
TYPES: Final = pa.schema([pa.field(name, kind, nullable=nullable) for name, kind, nullable in _TYPE_FIELDS])

_VALUES: Final = (  # the members of a SqlInfo value, in the order of their type codes
    pa.field("string_value", _TEXT),
    pa.field("bool_value", pa.bool_()),
    pa.field("bigint_value", pa.int64()),
    pa.field("int32_bitmask", pa.int32()),
    pa.field("string_list", pa.list_(_TEXT)),
    pa.field("int32_to_int32_list_map", pa.map_(pa.int32(), pa.list_(pa.int32()))),
)
_STRING, _BOOL, _BIGINT = 0, 1, 2
SQL_INFO: Final = pa.schema(
    [pa.field("info_name", pa.uint32(), nullable=False), pa.field("value", pa.dense_union(_VALUES), nullable=False)]
)


def _told() -> Mapping[int, tuple[int, Any]]:
    """Give what the service says of itself, by code: the member of the union, and the value."""
    return {
        0: (_STRING, "Mingjing"),  # FLIGHT_SQL_SERVER_NAME
        1: (_STRING, version("mingjing")),  # FLIGHT_SQL_SERVER_VERSION
        2: (_STRING, pa.__version__),  # FLIGHT_SQL_SERVER_ARROW_VERSION
        3: (_BOOL, True),  # FLIGHT_SQL_SERVER_READ_ONLY
        4: (_BOOL, True),  # FLIGHT_SQL_SERVER_SQL
        5: (_BOOL, False),  # FLIGHT_SQL_SERVER_SUBSTRAIT
        8: (_BIGINT, 0),  # FLIGHT_SQL_SERVER_TRANSACTION: none
        9: (_BOOL, False),  # FLIGHT_SQL_SERVER_CANCEL
        500: (_BOOL, False),  # SQL_DDL_CATALOG
        501: (_BOOL, False),  # SQL_DDL_SCHEMA
        502: (_BOOL, False),  # SQL_DDL_TABLE
        503: (_BIGINT, 1),  # SQL_IDENTIFIER_CASE: insensitive
        504: (_STRING, '"'),  # SQL_IDENTIFIER_QUOTE_CHAR
        505: (_BIGINT, 1),  # SQL_QUOTED_IDENTIFIER_CASE: insensitive
    }


def sql_info(codes: Sequence[int]) -> pa.Table:
    """Give what the service says of itself; no codes ask for everything, unknown ones are left out."""
    told = {code: value for code, value in _told().items() if not codes or code in codes}
    members: list[list[Any]] = [[] for _ in _VALUES]
    kinds, offsets = [], []
    for member, value in told.values():
        kinds.append(member)
        offsets.append(len(members[member]))
        members[member].append(value)
    union = pa.UnionArray.from_dense(
        pa.array(kinds, pa.int8()),
        pa.array(offsets, pa.int32()),
        [pa.array(values, field.type) for values, field in zip(members, _VALUES, strict=True)],
        [field.name for field in _VALUES],
    )
    names = pa.array(list(told), pa.uint32())
    return pa.Table.from_arrays([names, union], schema=pa.schema([SQL_INFO.field(0), ("value", union.type)]))
