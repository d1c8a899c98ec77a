"""What runs on the executors: count a partition's batches, and join the counts of one column. No Spark in here.

An executor needs only this product's wheel. What leaves it are counts and the bounded sample of distinct values that
the local scan keeps as well.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

import pyarrow as pa

from classification.families.forms import Form, written_forms
from classification.tally import TableTally, Tally
from classification.tallywire import forms_digest, read_tally, write_tally

WIRE = "place int, rows bigint, tally binary"
_BATCH = pa.schema([("place", pa.int32()), ("rows", pa.int64()), ("tally", pa.binary())])


class CountingError(Exception):
    """Counting failed on an executor; says the kind of failure only, for texts of errors may quote cells."""


@cache  # a Python worker serves many tasks, and compiling takes longer than many a task
def forms_on(today: date) -> tuple[tuple[Form, ...], str]:
    """Give the compiled forms and their digest."""
    forms = written_forms(today)
    return forms, forms_digest(forms)


@dataclass(frozen=True, slots=True)
class Task:
    """What executors are told; pickled with it are names of columns, never values.

    Args:
        columns: the table's, in order, without repeats; batches come without their true names.
        today: see `load_recognisers`.
        digest: of the driver's forms; an executor that has others refuses.
    """

    columns: tuple[str, ...]
    today: date
    digest: str

    def count(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Give the counts of a partition, one row a column.

        Raises:
            CountingError: the rules differ from the driver's, or a batch can't be counted.
        """
        tally = self.empty()
        tally.expect(self.columns)
        for batch in batches:
            try:
                tally.add(batch.rename_columns(list(self.columns)))
            except Exception as error:  # noqa: BLE001 -- whatever it is, its text may quote a cell and would be logged
                raise CountingError(type(error).__name__) from None
        for place, name in enumerate(self.columns):
            yield self._written(place, tally.rows, tally.columns[name])

    def join(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Give one row for each column whose rows came here."""
        for place, tally in self.joined(row for batch in batches for row in batch.to_pylist()):
            yield self._written(place, tally.rows, tally.columns[self.columns[place]])

    def joined(self, rows: Iterable[dict[str, object]]) -> Iterator[tuple[int, TableTally]]:
        """Give each column's place and a tally of that column alone, in the order of places.

        Raises:
            TallyUnreadableError: a tally is damaged or was made by other rules.
        """
        found: dict[int, TableTally] = {}
        for row in rows:
            place, count, data = row["place"], row["rows"], row["tally"]
            assert isinstance(place, int) and isinstance(count, int) and isinstance(data, bytes | bytearray)  # noqa: S101, PT018 -- for mypy; Spark keeps the schema
            if place not in found:
                found[place] = self.empty()
            found[place].join({self.columns[place]: read_tally(bytes(data), self.digest)}, count)
        yield from sorted(found.items())

    def empty(self) -> TableTally:
        """Give a tally with the limits of the whole table."""
        forms, digest = forms_on(self.today)
        if digest != self.digest:
            raise CountingError("RulesDiffer")
        return TableTally(forms, len(self.columns))

    def _written(self, place: int, rows: int, tally: Tally) -> pa.RecordBatch:
        data = write_tally(tally, self.digest)
        return pa.RecordBatch.from_arrays(
            [pa.array([place], pa.int32()), pa.array([rows], pa.int64()), pa.array([data], pa.binary())], schema=_BATCH
        )
