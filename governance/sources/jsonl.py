"""JSON Lines: one object a line, read in chunks; nested values stay as JSON text."""

import json
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from governance.sources.csvform import encoding_of, read_head
from governance.sources.errors import SourceBrokenError, SourceEncodingError, SourceUnreadableError
from governance.sources.files import FileSource
from storage.errors import Said

_CHUNK_ROWS = 20_000
Row = dict[str, object]


class JsonlSource(FileSource):
    """A JSON Lines file; a later line may bring keys that earlier ones lack."""

    def sample(self, name: str, rows: int, seed: int) -> pa.Table:
        """Draw at most `rows` lines, in the file's order."""
        self._check(name)
        random, kept, keys = np.random.default_rng(seed), list[Row](), np.empty(0)
        total = 0
        for chunk in self._chunks():
            total += len(chunk)
            kept, keys = kept + chunk, np.concatenate([keys, random.random(len(chunk))])
            if len(kept) > rows:
                chosen = np.sort(np.argpartition(keys, rows - 1)[:rows]) if rows else np.empty(0, dtype=np.int64)
                kept, keys = [kept[place] for place in chosen], keys[chosen]
        self._rows = total
        return _table(kept)

    def read(self, name: str) -> pa.Table:
        """Give the whole table, typed as its values are."""
        self._check(name)
        rows = [row for chunk in self._chunks() for row in chunk]
        self._rows = len(rows)
        return _table(rows)

    def batches(self, name: str) -> Iterator[pa.RecordBatch]:
        """Give the rows in chunks, each typed as its own values are."""
        self._check(name)
        yield from self._batches()

    def _schema(self) -> pa.Schema:
        kinds: dict[str, set[type]] = {}
        for chunk in self._chunks():
            for row in chunk:
                for key, value in row.items():
                    kinds.setdefault(key, set()).add(type(value))
        return pa.schema([(key, _arrow_type(found)) for key, found in kinds.items()])

    def _batches(self) -> Iterator[pa.RecordBatch]:
        for chunk in self._chunks():
            yield from _table(chunk).to_batches()

    def _chunks(self) -> Iterator[list[Row]]:
        encoding = encoding_of(read_head(self.path), self.path.name)
        rows: list[Row] = []
        try:
            with self.path.open(encoding=encoding) as file:
                for number, line in enumerate(file, start=1):
                    if line.strip():
                        rows.append(self._object(line, number))
                    if len(rows) == _CHUNK_ROWS:
                        yield rows
                        rows = []
        except UnicodeDecodeError as error:
            raise SourceEncodingError(name=self.path.name) from error
        except OSError as error:
            raise SourceUnreadableError(name=self.path.name) from error
        yield rows

    def _object(self, line: str, number: int) -> Row:
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise SourceBrokenError(name=self.path.name, place=Said(f"第 {number} 行", f"line {number}")) from error
        if not isinstance(found, dict):
            raise SourceBrokenError(name=self.path.name, place=Said(f"第 {number} 行", f"line {number}"))
        return found


def _table(rows: list[Row]) -> pa.Table:
    keys = dict.fromkeys(key for row in rows for key in row)
    return pa.table({key: _column([row.get(key) for row in rows]) for key in keys})


def _arrow_type(kinds: set[type]) -> pa.DataType:
    kinds = kinds - {type(None)}
    if kinds == {bool}:
        return pa.bool_()
    if kinds == {int}:
        return pa.int64()
    return pa.float64() if kinds and kinds <= {int, float} else pa.string()


def _column(values: list[object]) -> pa.Array:
    """Type a column when all its values are of one JSON kind; else write them as text."""
    kind = _arrow_type({type(value) for value in values})
    try:
        if pa.types.is_floating(kind):
            return pa.array([None if value is None else float(str(value)) for value in values], kind)
        if not pa.types.is_string(kind):
            return pa.array(values, kind)
    except (pa.ArrowInvalid, OverflowError):
        pass
    return pa.array([_text(value) for value in values], pa.string())


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
