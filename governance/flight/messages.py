"""The messages of Flight SQL that this endpoint speaks: their field numbers, and packing them into `Any`.

Source: Arrow's format/FlightSql.proto; google/protobuf/any.proto.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from google.protobuf import descriptor_pb2, descriptor_pool, message, message_factory
from google.protobuf.any_pb2 import Any as Envelope

_PACKAGE: Final = "arrow.flight.protocol.sql"
_HOME: Final = f"type.googleapis.com/{_PACKAGE}."
_FIELD: Final = descriptor_pb2.FieldDescriptorProto
_TYPES: Final = {"string": _FIELD.TYPE_STRING, "bytes": _FIELD.TYPE_BYTES, "uint32": _FIELD.TYPE_UINT32}
_TYPES["bool"] = _FIELD.TYPE_BOOL
_TABLE: Final = (("catalog", 1, "string"), ("db_schema", 2, "string"), ("table", 3, "string"))

# name of the message -> (name, number, type) of its fields; `*` marks a repeated one.
_MESSAGES: Final[Mapping[str, tuple[tuple[str, int, str], ...]]] = MappingProxyType(
    {
        "CommandGetSqlInfo": (("info", 1, "*uint32"),),
        "CommandGetXdbcTypeInfo": (("data_type", 1, "uint32"),),
        "CommandGetCatalogs": (),
        "CommandGetDbSchemas": (("catalog", 1, "string"), ("db_schema_filter_pattern", 2, "string")),
        "CommandGetTables": (
            ("catalog", 1, "string"),
            ("db_schema_filter_pattern", 2, "string"),
            ("table_name_filter_pattern", 3, "string"),
            ("table_types", 4, "*string"),
            ("include_schema", 5, "bool"),
        ),
        "CommandGetTableTypes": (),
        "CommandGetPrimaryKeys": _TABLE,
        "CommandGetExportedKeys": _TABLE,
        "CommandGetImportedKeys": _TABLE,
        "CommandStatementQuery": (("query", 1, "string"), ("transaction_id", 2, "bytes")),
        "CommandPreparedStatementQuery": (("prepared_statement_handle", 1, "bytes"),),
        "TicketStatementQuery": (("statement_handle", 1, "bytes"),),
        "ActionCreatePreparedStatementRequest": (("query", 1, "string"), ("transaction_id", 2, "bytes")),
        "ActionCreatePreparedStatementResult": (
            ("prepared_statement_handle", 1, "bytes"),
            ("dataset_schema", 2, "bytes"),
            ("parameter_schema", 3, "bytes"),
        ),
        "ActionClosePreparedStatementRequest": (("prepared_statement_handle", 1, "bytes"),),
        "DoPutPreparedStatementResult": (("prepared_statement_handle", 1, "bytes"),),
    }
)


class MessageUnknownError(ValueError):
    """Bytes that are no message of Flight SQL, or none that a governed read answers."""


def pack(name: str, **values: Any) -> bytes:  # noqa: ANN401 -- fields of several types
    """Give a message in its envelope."""
    return bytes(Envelope(type_url=_HOME + name, value=encode(name, **values)).SerializeToString())


def encode(name: str, **values: Any) -> bytes:  # noqa: ANN401 -- likewise
    """Give a message without an envelope."""
    return bytes(_classes()[name](**values).SerializeToString())


def unpack(content: bytes) -> tuple[str, Any]:
    """Give the name of an enveloped message, and the message.

    Raises:
        MessageUnknownError: it is none, or none of these.
    """
    try:
        envelope = Envelope.FromString(content)
        name = envelope.type_url.removeprefix(_HOME)
        if envelope.type_url != _HOME + name or name not in _MESSAGES:
            raise MessageUnknownError(name)
        return name, _classes()[name].FromString(envelope.value)
    except message.DecodeError as error:
        raise MessageUnknownError from error


@cache
def _classes() -> Mapping[str, Any]:
    """Make the message classes, in a pool of their own: another library may bring the same names."""
    file = descriptor_pb2.FileDescriptorProto(name="mingjing/flight_sql.proto", package=_PACKAGE, syntax="proto3")
    for name, fields in _MESSAGES.items():
        described = file.message_type.add(name=name)
        for field, number, kind in fields:
            repeated = kind.startswith("*")
            added = described.field.add(name=field, number=number, type=_TYPES[kind.removeprefix("*")])
            added.label = _FIELD.LABEL_REPEATED if repeated else _FIELD.LABEL_OPTIONAL
            if not repeated:
                # Presence is told, as of `optional` in proto3: an absent filter is none, an empty one matches nothing.
                added.proto3_optional = True
                added.oneof_index = len(described.oneof_decl)
                described.oneof_decl.add(name=f"_{field}")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    found = [pool.FindMessageTypeByName(f"{_PACKAGE}.{name}") for name in _MESSAGES]
    return {one.name: message_factory.GetMessageClass(one) for one in found}
