"""Draw a fixed number of rows from a stream of unknown length, in one pass and bounded memory.

Every row gets a pseudo-random key; the rows with the smallest keys stay (bottom-k sampling), so that the sample is
uniform, depends on seed and content alone, and keeps the file's order.
"""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa


def draw(batches: Iterable[pa.RecordBatch], schema: pa.Schema, rows: int, seed: int) -> tuple[pa.Table, int]:
    """Give the sampled table and how many rows went by."""
    random = np.random.default_rng(seed)
    kept = schema.empty_table()
    keys = np.empty(0)
    total = 0
    for batch in batches:
        fresh = random.random(batch.num_rows)
        total += batch.num_rows
        kept = pa.concat_tables([kept, pa.Table.from_batches([batch], schema=schema)])
        keys = np.concatenate([keys, fresh])
        if len(keys) > rows:
            chosen = np.sort(np.argpartition(keys, rows - 1)[:rows]) if rows else np.empty(0, dtype=np.int64)
            kept, keys = kept.take(pa.array(chosen, pa.int64())), keys[chosen]
    return kept.combine_chunks(), total


def pick(total: int, rows: int, seed: int) -> list[int]:
    """Give `rows` different positions below `total`, ascending."""
    if rows >= total:
        return list(range(total))
    random = np.random.default_rng(seed)
    return sorted(int(position) for position in random.choice(total, size=rows, replace=False))
