"""Answers as JSON, CSV, Arrow and Parquet: every type of the engine, what files say of themselves, bounded memory."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from governance.house import House, open_house
from governance.journeys.apply import apply_world
from governance.journeys.query import Answer, query
from governance.journeys.streaming import Format, stream
from governance.settings import Settings
from governance.workers import QueryFailedError
from governance.workers.spool import Spool
from tests.desk_world import PEOPLE, lay_out_desk
from tests.journeys.conftest import NOON, person

TYPES = {
    "1::TINYINT": 1,
    "170141183460469231731687303715884105727::HUGEINT": 170141183460469231731687303715884105727,
    "1.50::DECIMAL(38,2)": 1.5,
    "'nan'::DOUBLE": None,
    "'infinity'::FLOAT": None,
    "DATE '2020-02-29'": "2020-02-29",
    "DATE '294247-01-10'": "+294247-01-10",
    "DATE '0044-03-15 (BC)'": "-0043-03-15",
    "'infinity'::DATE": "infinity",
    "'-infinity'::TIMESTAMP": "-infinity",
    "TIMESTAMP '290000-01-01 12:30:00'": "+290000-01-01T12:30:00",
    "TIMESTAMPTZ '2020-01-01 08:00:00+08'": "2020-01-01T00:00:00+00:00",
    "'2020-01-01 00:00:00.123456789'::TIMESTAMP_NS": "2020-01-01T00:00:00.123456789",
    "TIME '12:00:00.5'": "12:00:00.500000",
    "INTERVAL 3 DAY": [0, 3, 0],
    "'00000000-0000-0000-0000-000000000001'::UUID": "00000000-0000-0000-0000-000000000001",
    "'\\xAA'::BLOB": "qg==",
    "[[1], [2]]": [[1], [2]],
    "{'a': 1, 'b': DATE '2020-01-01'}": {"a": 1, "b": "2020-01-01"},
    "MAP {'k': 1}": [["k", 1]],
    "union_value(x := 1)": 1,
    "NULL": None,
    "chr(0)": "\x00",
    "array_value(1, 2)": [1, 2],
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("desk")
    settings = Settings(data_dir=folder / "var", language="en", query_rows=1_000, query_bulk_rows=300_000)
    with open_house(settings, clock=lambda: NOON) as house:
        apply_world(house, "owner", lay_out_desk(folder))
        yield house


def asked(house: House, sql: str, *, bulk: bool = False) -> Answer:
    return query(house, person(house, "zhou"), sql, purpose="care", bulk=bulk)


def text(answer: Answer, form: Format) -> str:
    return b"".join(stream(answer, form)).decode()


@pytest.fixture(scope="module")
def everything(desk: House) -> Answer:
    return asked(desk, "SELECT " + ", ".join(f"{sql} AS c{place}" for place, sql in enumerate(TYPES)), bulk=True)


@pytest.mark.parametrize(("place", "sql"), [*enumerate(TYPES)])
def test_json_holds_every_type(place: int, sql: str, everything: Answer) -> None:
    assert json.loads(text(everything, "json"))["rows"][0][place] == TYPES[sql]


def test_every_type_leaves_as_csv_and_parquet_too(everything: Answer) -> None:
    lines = text(everything, "csv").splitlines()
    table = pq.read_table(io.BytesIO(b"".join(stream(everything, "parquet"))))

    assert lines[0].startswith('"c0","c1"')
    assert "+294247-01-10" in lines[1]
    assert (table.num_rows, table.num_columns) == (1, len(TYPES))


@pytest.mark.parametrize("form", ["arrow", "parquet"])
def test_a_file_says_purpose_tiers_receipt_and_expiry(form: Format, desk: House) -> None:
    answer = asked(desk, "SELECT customer_no, phone FROM customers", bulk=True)
    content = io.BytesIO(b"".join(stream(answer, form)))
    table = pa.ipc.open_stream(content).read_all() if form == "arrow" else pq.read_table(content)
    said = {name.decode(): value.decode() for name, value in table.schema.metadata.items()}

    assert table.num_rows == PEOPLE
    assert said["mingjing.purpose"] == "care"
    assert said["mingjing.tier"] == "3"
    assert json.loads(said["mingjing.tiers"]) == {"desk.customers": {"customer_no": 2, "phone": 3}}
    assert json.loads(said["mingjing.forms"])["desk.customers"]["phone"] == "mask:keep_ends(3,4)"
    assert json.loads(said["mingjing.receipt"])["entry"] == answer.recorded.receipt.entry_id
    assert datetime.fromisoformat(said["mingjing.decided_at"]).astimezone(UTC) == NOON


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_a_text_that_a_spreadsheet_would_run_is_disarmed_in_csv_alone(cell: str, desk: House) -> None:
    answer = asked(desk, f"SELECT '{cell}' AS \"=n\", -1 AS m")

    assert text(answer, "csv").splitlines() == ['"\'=n","m"', f'"\'{cell}",-1']
    assert json.loads(text(answer, "json"))["rows"] == [[cell, -1]]


def test_more_rows_may_leave_piece_by_piece_than_as_json(desk: House) -> None:
    sql = "SELECT a.customer_no FROM customers a, customers b, range(100)"

    with pytest.raises(QueryFailedError):
        asked(desk, sql)
    pieces = list(stream(asked(desk, sql, bulk=True), "csv"))

    assert sum(piece.count(b"\n") for piece in pieces) == PEOPLE * PEOPLE * 100 + 1
    assert max(map(len, pieces)) < 2**20


def test_an_empty_answer_is_whole_in_every_form(desk: House) -> None:
    answer = asked(desk, "SELECT customer_no FROM customers WHERE false", bulk=True)

    assert json.loads(text(answer, "json"))["rows"] == []
    assert text(answer, "csv") == '"customer_no"\n'
    assert pq.read_table(io.BytesIO(b"".join(stream(answer, "parquet")))).num_rows == 0
    assert answer.table.num_rows == 0


def test_a_large_answer_waits_in_a_file_that_shows_nothing_and_is_gone_when_closed() -> None:
    spool = Spool(in_memory_bytes=100)
    for _ in range(50):
        spool.write(b"secret " * 20)

    kept = spool.piece(0, 10_000)

    assert b"secret" not in kept
    assert b"".join(spool.chunks()) == b"secret " * 1_000
    assert b"".join(spool.chunks(7)) == b"secret " * 999
    spool.close()


def test_two_readers_of_one_spool_do_not_disturb_each_other() -> None:
    spool = Spool(in_memory_bytes=4)
    spool.write(b"0123456789")

    with spool.reading() as first, spool.reading() as second:
        assert (first.read(4), second.read(2), first.read()) == (b"0123", b"01", b"456789")
    spool.close()
