"""A folder: the files in it that can be read, as one source."""

from collections.abc import Iterator, Sequence

import pyarrow as pa

from governance.sources.errors import SourceMissingError
from governance.sources.model import ColumnInfo, DatasetRef, Source


class FolderSource:
    """Several sources side by side; a dataset belongs to the first that knows its name."""

    def __init__(self, parts: Sequence[Source]) -> None:
        """Take the parts; they are closed with the folder."""
        self._parts = tuple(parts)
        self._homes: dict[str, Source] | None = None

    def datasets(self) -> list[DatasetRef]:
        """Give the tables of all parts; where two files share a stem, the later one keeps its whole name."""
        seen: set[str] = set()
        result = []
        for part in self._parts:
            for ref in part.datasets():
                table = ref.table if ref.table not in seen else ref.name
                seen.add(table)
                result.append(DatasetRef(ref.name, ref.rows, table))
        return result

    def columns(self, name: str) -> list[ColumnInfo]:
        """Give a table's columns."""
        return self._home(name).columns(name)

    def count(self, name: str) -> int:
        """Give the number of rows."""
        return self._home(name).count(name)

    def sample(self, name: str, rows: int, seed: int) -> pa.Table:
        """Give at most `rows` rows."""
        return self._home(name).sample(name, rows, seed)

    def read(self, name: str) -> pa.Table:
        """Give the whole table."""
        return self._home(name).read(name)

    def batches(self, name: str) -> Iterator[pa.RecordBatch]:
        """Give a table's rows batch by batch."""
        return self._home(name).batches(name)

    def fingerprint(self, name: str, known: str = "") -> str:
        """Give the fingerprint of one table."""
        return self._home(name).fingerprint(name, known)

    def close(self) -> None:
        """Close every part."""
        for part in self._parts:
            part.close()

    def _home(self, name: str) -> Source:
        if self._homes is None:
            homes: dict[str, Source] = {}
            for part in self._parts:
                for ref in part.datasets():
                    homes.setdefault(ref.name, part)
                    homes.setdefault(ref.table, part)
            self._homes = homes
        if name not in self._homes:
            raise SourceMissingError(name=name)
        return self._homes[name]
