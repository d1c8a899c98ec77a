"""Messages between the service and a worker: a JSON head with its length, then a body in chunks with theirs.

A body is an Arrow IPC stream. Every length is checked before it is read, so that a peer gone wrong can't make the other
allocate without bound.
"""

import json
import struct
from collections.abc import Iterator
from io import BufferedReader, RawIOBase
from typing import IO, Any

import pyarrow as pa

MAX_HEAD = 16 * 1024 * 1024
MAX_CHUNK = 64 * 1024 * 1024
_BUFFER = 1024 * 1024  # Arrow takes a short read for the end, so reads go through a buffer
_MAGIC = b"MJW1"
_LENGTH = struct.Struct(">I")


class BrokenWireError(Exception):
    """The peer sent what is no message, or stopped in the middle; never shown to a person."""


class _ChunkWriter(RawIOBase):
    """Writes a body of unknown length as chunks."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self._stream = stream

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401 -- any buffer, as the base class has it
        view = memoryview(data).cast("B")
        for start in range(0, len(view), MAX_CHUNK):
            part = view[start : start + MAX_CHUNK]
            self._stream.write(_LENGTH.pack(len(part)))
            self._stream.write(part)
        return len(view)


class _ChunkReader(RawIOBase):
    """Reads a body's chunks up to the empty one that ends it."""

    def __init__(self, stream: IO[bytes], limit: int) -> None:
        super().__init__()
        self._stream = stream
        self._left = limit
        self._chunk = memoryview(b"")
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 -- any buffer, as the base class has it
        if not self._chunk and not self._ended:
            self._next()
        taken = min(len(buffer), len(self._chunk))
        buffer[:taken] = self._chunk[:taken]
        self._chunk = self._chunk[taken:]
        return taken

    def drain(self) -> None:
        """Read to the end of the body, so that the next message starts where it should."""
        while not self._ended:
            self._next()

    def _next(self) -> None:
        length = _LENGTH.unpack(read_exactly(self._stream, _LENGTH.size))[0]
        self._left -= length
        if length > MAX_CHUNK or self._left < 0:
            raise BrokenWireError
        self._ended = length == 0
        self._chunk = memoryview(read_exactly(self._stream, length))


def send_head(stream: IO[bytes], head: dict[str, Any]) -> None:
    """Write the head of a message."""
    data = json.dumps(head).encode()
    stream.write(_MAGIC + _LENGTH.pack(len(data)) + data)


def send(stream: IO[bytes], head: dict[str, Any], table: pa.Table | None = None) -> None:
    """Write one message and flush it.

    Args:
        stream: a binary pipe.
        head: JSON; says in `body` whether a table follows.
        table: the body.
    """
    send_head(stream, {**head, "body": table is not None})
    if table is not None:
        send_batches(stream, table.schema, iter(table.to_batches(max_chunksize=65_536)))
    stream.flush()


def send_batches(stream: IO[bytes], schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> int:
    """Write a body batch by batch after its head, and give the number of rows.

    Raises:
        Exception: whatever the batches raise; the body is then ended all the same, so that the next message is found.
    """
    rows = 0
    try:
        with pa.ipc.new_stream(pa.PythonFile(_ChunkWriter(stream), mode="w"), schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
                rows += batch.num_rows
    finally:
        stream.write(_LENGTH.pack(0))
    return rows


def receive_into(stream: IO[bytes], sink: IO[bytes] | RawIOBase, limit_bytes: int) -> None:
    """Read a body into a sink as it comes.

    Raises:
        BrokenWireError: it is too long, or ends early.
    """
    left = limit_bytes
    while length := _LENGTH.unpack(read_exactly(stream, _LENGTH.size))[0]:
        left -= length
        if length > MAX_CHUNK or left < 0:
            raise BrokenWireError
        sink.write(read_exactly(stream, length))


def receive_head(stream: IO[bytes]) -> dict[str, Any]:
    """Read the head of a message; its body, where it has one, follows.

    Raises:
        BrokenWireError: what comes is no message.
    """
    if read_exactly(stream, len(_MAGIC)) != _MAGIC:
        raise BrokenWireError
    length = _LENGTH.unpack(read_exactly(stream, _LENGTH.size))[0]
    if length > MAX_HEAD:
        raise BrokenWireError
    try:
        head = json.loads(read_exactly(stream, length))
    except ValueError as error:
        raise BrokenWireError from error
    if not isinstance(head, dict):
        raise BrokenWireError
    return head


def receive(stream: IO[bytes], limit_bytes: int) -> tuple[dict[str, Any], pa.Table | None]:
    """Read one message.

    Args:
        stream: a binary pipe.
        limit_bytes: the most a body may hold.

    Raises:
        BrokenWireError: what comes is no message, is too long, or ends early.
    """
    head = receive_head(stream)
    return head, _body(stream, limit_bytes) if head.get("body") else None


def _body(stream: IO[bytes], limit_bytes: int) -> pa.Table:
    chunks = _ChunkReader(stream, limit_bytes)
    try:
        with pa.ipc.open_stream(pa.PythonFile(BufferedReader(chunks, _BUFFER), mode="r")) as reader:
            table = reader.read_all()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise BrokenWireError from error
    chunks.drain()
    return table


def read_exactly(stream: IO[bytes], length: int) -> bytes:
    """Read so many bytes, or raise `BrokenWireError` where the stream ends."""
    data = stream.read(length)
    if data is None or len(data) < length:
        raise BrokenWireError
    return data
