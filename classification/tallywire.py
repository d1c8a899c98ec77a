"""The wire form of counts made elsewhere: one column's tally as an Arrow IPC stream, versioned, never pickled.

Guarantee: what is read back joins and profiles exactly as what was written. Bits of `marks` mean places in the list
of written forms, so the form's digest travels along and a tally made with other forms is refused.
Source: Apache Arrow columnar format 1.0, IPC streaming; buffers compressed with Zstandard.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from classification.cells import KINDS
from classification.distinct import Distinct
from classification.errors import TallyUnreadableError
from classification.families.forms import Form
from classification.ordering import bytes_of, order_keys
from classification.tally import Tally

VERSION = "1"
_ORDERS = 1 << 64
_SCHEMA = pa.schema(
    [
        pa.field("rows", pa.int64(), nullable=False),
        pa.field("filled", pa.int64(), nullable=False),
        pa.field("least", pa.int64()),
        pa.field("most", pa.int64(), nullable=False),
        pa.field("kind", pa.string()),
        pa.field("cells", pa.map_(pa.string(), pa.int64()), nullable=False),
        pa.field("values", pa.list_(pa.string()), nullable=False),
        pa.field("counts", pa.list_(pa.int64()), nullable=False),
        pa.field("marks", pa.list_(pa.uint64()), nullable=False),
        pa.field("bound", pa.uint64()),
    ]
)


def forms_digest(forms: Sequence[Form]) -> str:
    """Give what tells one list of written forms from another."""
    digest = hashlib.sha256()
    for form in forms:
        said = repr((form.type, form.pattern, form.least, form.most, form.strong)).encode()
        digest.update(len(said).to_bytes(4, "big") + said)
    return digest.hexdigest()[:32]


def write_tally(tally: Tally, digest: str) -> bytes:
    """Give a column's tally as bytes.

    Args:
        tally: any, also one of no cells.
        digest: of the forms that counted it, see `forms_digest`.
    """
    kept = tally.distinct
    columns = [
        *([value] for value in (tally.rows, tally.filled, tally.least, tally.most, tally.kind)),
        [sorted(tally.cells.items())],
        *(_one_list(values) for values in (kept.values, pa.array(kept.counts), pa.array(kept.marks))),
        [kept.bound],
    ]
    arrays = [
        column if isinstance(column, pa.Array) else pa.array(column, field.type)
        for column, field in zip(columns, _SCHEMA, strict=True)
    ]
    schema = _SCHEMA.with_metadata({"tally": VERSION, "forms": digest})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as stream:
        stream.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
    return bytes(sink.getvalue())


def read_tally(data: bytes, digest: str) -> Tally:
    """Give the tally that bytes hold.

    Args:
        data: as `write_tally` gave it.
        digest: of the forms that the reader labels with.

    Raises:
        TallyUnreadableError: damaged, of another version, counted with other forms, or at odds with itself.
    """
    batch = _batch(data, digest)
    row = {name: batch.column(name)[0] for name in ("rows", "filled", "least", "most", "kind", "cells", "bound")}
    said = {name: value.as_py() for name, value in row.items()}
    values = batch.column("values").flatten()
    counts, marks = (np.asarray(batch.column(name).flatten()) for name in ("counts", "marks"))
    keys = order_keys(bytes_of(values))
    kept = Distinct(values, keys, counts, marks, said["bound"])
    tally = Tally(
        rows=said["rows"],
        filled=said["filled"],
        least=said["least"],
        most=said["most"],
        kind=said["kind"],
        cells=Counter(dict(said["cells"])),
        distinct=kept,
    )
    if not _agrees(tally):
        raise TallyUnreadableError(zh="内容自相矛盾", en="it contradicts itself")
    return tally


def _one_list(values: pa.Array) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array([0, len(values)], pa.int32()), values)


def _batch(data: bytes, digest: str) -> pa.RecordBatch:
    try:
        with pa.ipc.open_stream(data) as stream:
            schema, batch = stream.schema, stream.read_next_batch()
        batch.validate(full=True)
    except (pa.ArrowException, OSError, StopIteration, ValueError) as error:
        # What Arrow says may quote a value; it goes no further.
        raise TallyUnreadableError(zh="数据损坏", en="it is damaged") from error
    told = schema.metadata or {}
    if told.get(b"tally") != VERSION.encode():
        raise TallyUnreadableError(zh="格式版本不同", en="it is of another version")
    if told.get(b"forms") != digest.encode():
        raise TallyUnreadableError(zh="所用识别规则不同", en="it was counted with other rules")
    if not schema.equals(_SCHEMA) or batch.num_rows != 1 or batch.column("values").flatten().null_count:
        raise TallyUnreadableError(zh="数据损坏", en="it is damaged")
    return batch


def _agrees(tally: Tally) -> bool:
    """Tell whether a tally could have come of counting."""
    kept = tally.distinct
    return (
        len(kept.values) == len(kept.counts) == len(kept.marks)
        and 0 <= tally.filled <= tally.rows
        and 0 <= (tally.least or 0) <= tally.most
        and (tally.kind is None or tally.kind in KINDS)
        and bool((kept.keys[1:] > kept.keys[:-1]).all())
        and (kept.bound is None or not len(kept.keys) or int(kept.keys[-1]) < kept.bound < _ORDERS)
        and bool((kept.counts > 0).all())
        and int(kept.counts.sum()) <= tally.filled
        and (kept.bound is not None or int(kept.counts.sum()) == tally.filled)
        and all(0 < count <= tally.filled for count in tally.cells.values())
    )
