"""The rows of a statement as the worker streamed them, an Arrow IPC stream that nobody took apart on the way."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa

from governance.workers.spool import Spool


@dataclass(frozen=True, slots=True)
class Result:
    """Rows that are all there and not yet read."""

    spool: Spool
    rows: int

    def schema(self) -> pa.Schema:
        """Give names and types."""
        with self.spool.reading() as stream, pa.ipc.open_stream(stream) as reader:
            return reader.schema

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Give the rows batch by batch, in bounded memory."""
        with self.spool.reading() as stream, pa.ipc.open_stream(stream) as reader:
            yield from reader

    def table(self) -> pa.Table:
        """Give all rows at once."""
        with self.spool.reading() as stream, pa.ipc.open_stream(stream) as reader:
            return reader.read_all()

    def labelled(self, metadata: Mapping[str, str]) -> Iterator[bytes]:
        """Give the Arrow IPC stream with this metadata in its schema; the batches leave as they came."""
        with self.spool.reading() as stream:
            schema = pa.ipc.read_schema(pa.ipc.read_message(stream))
            taken = stream.tell()
        yield schema.with_metadata(dict(metadata)).serialize().to_pybytes()
        yield from self.spool.chunks(taken)
