import sqlite3
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from governance.sources import (
    Source,
    SourceBrokenError,
    SourceDriverError,
    SourceEmptyError,
    SourceEncodingError,
    SourceMissingError,
    SourceSchemeError,
    SourceSpec,
    open_source,
    same_content,
)


def opened(folder: Path, url: str) -> Source:
    return open_source(SourceSpec("s", url, folder))


def write(folder: Path, name: str, content: str, encoding: str = "utf-8") -> str:
    (folder / name).write_bytes(content.encode(encoding))
    return name


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_reads_alike_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    source = opened(tmp_path, write(tmp_path, "人.csv", "姓名,备注\r\n甲某,好\r\n乙某,“引号”\r\n", encoding))

    assert source.read("人.csv").to_pydict() == {"姓名": ["甲某", "乙某"], "备注": ["好", "“引号”"]}


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, mark: str) -> None:
    text = "\n".join(mark.join(row) for row in (["a", "b"], ["x y", "1,5" if mark != "," else "2"], ["z", "3"]))
    source = opened(tmp_path, write(tmp_path, "t.csv", text))

    assert [column.name for column in source.columns("t")] == ["a", "b"]
    assert source.count("t.csv") == 2


def test_a_quoted_cell_may_hold_newlines_and_delimiters(tmp_path: Path) -> None:
    source = opened(tmp_path, write(tmp_path, "t.csv", 'a,b\n"one\ntwo, three",2\n'))

    assert source.read("t").to_pydict() == {"a": ["one\ntwo, three"], "b": [2]}


def test_csv_columns_are_typed_only_when_nothing_is_lost(tmp_path: Path) -> None:
    rows = [
        "code,phone,day,n,x,mixed,empty",
        "007,10013800001,2026-01-02,5,1.5,1,",
        "123,10013800002,2026-02-03,-7,2,x,",
    ]
    table = opened(tmp_path, write(tmp_path, "t.csv", "\n".join(rows))).read("t.csv")

    assert [str(kind) for kind in table.schema.types] == [
        "string", "string", "date32[day]", "int64", "double", "string", "string",
    ]  # fmt: skip
    assert table.column("code").to_pylist() == ["007", "123"]
    assert table.column("empty").null_count == 2


def test_an_impossible_date_leaves_its_column_text(tmp_path: Path) -> None:
    table = opened(tmp_path, write(tmp_path, "t.csv", "d\n2026-02-30\n2026-01-01\n")).read("t")

    assert table.column("d").to_pylist() == ["2026-02-30", "2026-01-01"]


def test_equal_and_missing_header_names_are_told_apart(tmp_path: Path) -> None:
    source = opened(tmp_path, write(tmp_path, "t.csv", "a,a,\n1,2,3\n"))

    assert [column.name for column in source.columns("t")] == ["a", "a_2", "column_3"]


def test_a_file_without_header_gets_numbered_columns(tmp_path: Path) -> None:
    source = opened(tmp_path, write(tmp_path, "t.csv", "10013800001,甲\n10013800002,乙\n"))

    assert [column.name for column in source.columns("t")] == ["column_1", "column_2"]
    assert source.count("t") == 2


def test_a_sample_is_bounded_and_repeats_by_seed(tmp_path: Path) -> None:
    source = opened(tmp_path, write(tmp_path, "t.csv", "n\n" + "\n".join(str(i) for i in range(5000))))
    first, again, other = (source.sample("t", 100, seed).column("n").to_pylist() for seed in (1, 1, 2))

    assert first == again
    assert first != other
    assert len(set(first)) == 100
    assert source.datasets()[0].rows == 5000


def test_the_fingerprint_follows_the_content(tmp_path: Path) -> None:
    source = opened(tmp_path, write(tmp_path, "t.csv", "a\n1\n"))
    before = source.fingerprint("t")
    write(tmp_path, "t.csv", "a\n2\n")

    assert source.fingerprint("t") != before


def test_jsonl_keys_of_all_lines_become_columns(tmp_path: Path) -> None:
    source = opened(tmp_path, write(tmp_path, "t.jsonl", '{"a":"01","n":1}\n\n{"b":[1,2],"n":2}\n'))

    assert source.read("t").to_pydict() == {"a": ["01", None], "n": [1, 2], "b": [None, "[1, 2]"]}


def test_sqlite_declared_types_are_honoured(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "cars.db") as base:
        base.execute(
            "CREATE TABLE owners (id INTEGER, born DATE, fee DECIMAL(10,2), ok BOOLEAN, name TEXT, odd INTEGER)"
        )
        base.execute("INSERT INTO owners VALUES (1,'1990-05-06',12.5,1,'甲','007')")
        base.execute("INSERT INTO owners VALUES (2,NULL,'3.10',0,'乙','x')")
        base.execute("CREATE VIEW seen AS SELECT id FROM owners")
    base.close()
    source = opened(tmp_path, "sqlite:///cars.db")
    table = source.read("owners")

    assert [ref.name for ref in source.datasets()] == ["cars.db/owners", "cars.db/seen"]
    assert source.datasets()[0].table == "owners"
    assert table.column("born").to_pylist() == [date(1990, 5, 6), None]
    assert table.column("fee").to_pylist() == [Decimal("12.50"), Decimal("3.10")]
    assert table.column("ok").to_pylist() == [True, False]
    assert table.schema.field("id").type == pa.int64()
    assert table.column("odd").to_pylist() == ["7", "x"]
    assert source.columns("cars.db/owners")[1].declared_type == "date"


def test_names_that_are_words_of_the_engine_are_read(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "50% off #1.db") as base:
        base.execute('CREATE TABLE "nothing" ("nothing" TEXT, "do" INTEGER, "a""b" TEXT, "中 文" TEXT, "x.y" TEXT)')
        base.execute("""INSERT INTO "nothing" VALUES ('1', 2, '3', '4', '5')""")
    base.close()
    source = opened(tmp_path, "50% off #1.db")

    assert source.read("nothing").to_pylist() == [{"nothing": "1", "do": 2, 'a"b': "3", "中 文": "4", "x.y": "5"}]


def test_a_change_to_any_row_of_a_sqlite_file_changes_its_fingerprint(tmp_path: Path) -> None:
    base = sqlite3.connect(tmp_path / "x.db")
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("CREATE TABLE t (n INTEGER)")
    base.executemany("INSERT INTO t VALUES (?)", [(i,) for i in range(20_000)])
    base.commit()
    source = opened(tmp_path, "x.db")
    seen = {source.fingerprint("t")}
    for row in (1, 9_000, 20_000):
        base.execute("UPDATE t SET n = -1 WHERE rowid = ?", (row,))
        base.commit()
        seen.add(source.fingerprint("t"))
    base.close()

    assert len(seen) == 4


def test_a_sqlite_file_is_never_locked_by_reading(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "x.db") as base:
        base.execute("CREATE TABLE t (n INTEGER)")
        base.executemany("INSERT INTO t VALUES (?)", [(i,) for i in range(3000)])
    source = opened(tmp_path, "x.db")
    sample = source.sample("t", 50, 3)
    base.execute("BEGIN EXCLUSIVE")
    base.execute("DROP TABLE t")
    base.commit()
    base.close()

    assert sample.num_rows == 50
    assert max(sample.column("n").to_pylist()) > 1000
    with pytest.raises(SourceMissingError):
        source.read("t")


def test_duckdb_files_are_attached_read_only(tmp_path: Path) -> None:
    base = duckdb.connect(str(tmp_path / "d.duckdb"))
    base.execute("CREATE TABLE t AS SELECT range AS n, DATE '2026-01-01' AS d FROM range(1000)")
    base.close()
    source = opened(tmp_path, "duckdb:///d.duckdb")

    assert [ref.name for ref in source.datasets()] == ["d.duckdb/t"]
    assert source.count("t") == 1000
    assert source.sample("d.duckdb/t", 10, 1) == source.sample("t", 10, 1)
    assert source.columns("t")[1].declared_type == "date"
    assert source.read("t").num_rows == 1000
    assert len(source.fingerprint("t").partition(":")[0]) == 64


def test_tables_of_every_schema_of_a_duckdb_file_are_seen(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "x.duckdb")) as base:
        base.execute(
            "CREATE SCHEMA hr; CREATE TABLE hr.staff AS SELECT 'E1' AS no; CREATE TABLE staff AS SELECT 1 AS n"
        )
    source = opened(tmp_path, "x.duckdb")

    assert [ref.table for ref in source.datasets()] == ["hr.staff", "staff"]
    assert source.read("hr.staff").to_pydict() == {"no": ["E1"]}
    assert source.read("x.duckdb/staff").to_pydict() == {"n": [1]}
    assert [column.name for column in source.columns("x.duckdb/hr.staff")] == ["no"]


def test_a_folder_is_all_its_readable_files(tmp_path: Path) -> None:
    write(tmp_path, "b.csv", "x\n1\n")
    write(tmp_path, "notes.md", "hello")
    pq.write_table(pa.table({"y": [1, 2]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"y": [1]}), tmp_path / "b.parquet")
    source = opened(tmp_path.parent, tmp_path.name)

    assert [(ref.name, ref.table) for ref in source.datasets()] == [
        ("a.parquet", "a"), ("b.csv", "b"), ("b.parquet", "b.parquet"),
    ]  # fmt: skip
    assert source.read("b.csv").to_pydict() == {"x": [1]}
    assert source.sample("a", 1, 0).num_rows == 1


def test_a_missing_file_or_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceMissingError, match=r"gone\.csv"):
        opened(tmp_path, "gone.csv")
    with pytest.raises(SourceMissingError):
        opened(tmp_path, "sqlite:///gone.db")
    with pytest.raises(SourceMissingError):
        opened(tmp_path, write(tmp_path, "t.csv", "a\n1\n")).read("other")


def test_an_empty_file_or_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceEmptyError):
        opened(tmp_path, write(tmp_path, "t.csv", "\n")).columns("t")
    (tmp_path / "none").mkdir()
    with pytest.raises(SourceEmptyError):
        opened(tmp_path, "none")


def test_broken_content_is_refused_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "p.parquet").write_bytes(b"PAR1" + b"\x00" * 40)
    (tmp_path / "x.db").write_bytes(b"SQLite format 3\x00" + b"\xff" * 200)
    write(tmp_path, "j.jsonl", '{"a":1}\n{bad\n')
    write(tmp_path, "r.csv", "a,b\n1,2\n1,2,3\n")

    for name, place in (("p.parquet", "footer"), ("x.db", "SQLite"), ("j.jsonl", "line 2"), ("r.csv", "row")):
        source = opened(tmp_path, name)
        with pytest.raises(SourceBrokenError, match=place):
            source.read(source.datasets()[0].name)


def test_bytes_of_no_known_encoding_are_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"a,b\n\xff\xff\xfe,1\n")
    with pytest.raises(SourceEncodingError):
        opened(tmp_path, "t.csv").read("t")


def test_an_unknown_scheme_or_ending_is_refused(tmp_path: Path) -> None:
    for url in ("ftp://host/x", write(tmp_path, "a.xyz", "1")):
        with pytest.raises(SourceSchemeError):
            opened(tmp_path, url)


def test_a_missing_driver_is_named_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(SourceDriverError) as caught:
        opened(tmp_path, "mysql+mysqldb://app:s3cret@db.example/crm")

    assert "s3cret" not in str(caught.value)


def test_batches_bring_what_a_whole_read_brings(tmp_path: Path) -> None:
    rows = [(number, f"n{number}") for number in range(45_000)]
    write(tmp_path, "a.csv", "n,t\n" + "\n".join(f"{n},{t}" for n, t in rows))
    write(tmp_path, "b.jsonl", "\n".join(f'{{"n": {n}, "t": "{t}"}}' for n, t in rows))
    pq.write_table(pa.table({"n": [n for n, _ in rows], "t": [t for _, t in rows]}), tmp_path / "c.parquet")
    with sqlite3.connect(tmp_path / "d.db") as base:
        base.execute("CREATE TABLE d (n INTEGER, t TEXT)")
        base.executemany("INSERT INTO d VALUES (?, ?)", rows)
    base.close()
    duck = duckdb.connect(str(tmp_path / "e.duckdb"))
    duck.execute("CREATE TABLE e AS SELECT * FROM read_csv(?)", [str(tmp_path / "a.csv")])
    duck.close()
    source = opened(tmp_path.parent, tmp_path.name)

    for name in "abcde":
        batches = list(source.batches(name))
        assert len(batches) > 1 or name in "ace"
        texts = [str(value) for batch in batches for value in batch.column(0).to_pylist()]
        assert sorted(texts, key=int) == [str(n) for n, _ in rows]


def test_an_unchanged_file_keeps_its_fingerprint_and_is_not_read_for_it(tmp_path: Path) -> None:
    path = tmp_path / write(tmp_path, "t.csv", "a\n1\n")
    source = opened(tmp_path, "t.csv")
    fresh = source.fingerprint("t")
    assert fresh.endswith(":"), "a file of this second could change without its record changing"
    settle(path)
    settled = source.fingerprint("t", fresh)

    assert same_content(fresh, settled)
    path.chmod(0o600)
    path.write_bytes(b"a\n2\n")
    settle(path)
    assert not same_content(source.fingerprint("t", settled), settled)


def test_a_sqlite_files_fingerprint_follows_its_write_ahead_log(tmp_path: Path) -> None:
    base = sqlite3.connect(tmp_path / "d.db")
    base.execute("PRAGMA journal_mode=WAL")
    base.execute("CREATE TABLE t (n)")
    base.commit()
    before = opened(tmp_path, "d.db").fingerprint("t")
    base.execute("INSERT INTO t VALUES (1)")
    base.commit()
    after = opened(tmp_path, "d.db").fingerprint("t")
    base.close()

    assert not same_content(before, after)


def settle(path: Path) -> None:
    """Let the file's times lie in the past, as those of any file that is not being written do."""
    time.sleep(2.1)
    assert path.exists()
