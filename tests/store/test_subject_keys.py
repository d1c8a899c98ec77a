from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from storage import DestroyedKeys, FileMasterKeys, KeyCache, SubjectKeys, probed, read_only, unit_of_work
from storage.errors import KeyDestroyedError, KeyFileError, MasterKeyUnavailableError, Said, SealBrokenError
from storage.subjectkeys import counts, destroyed

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PLACE = ("vault", "value", "row-1", "raw")


class Clock:
    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


class AbsentKeeper(FileMasterKeys):
    """A keeper that can be switched off, as a server can."""

    down = False

    def unwrap(self, version: int, wrapped: bytes, context: bytes) -> bytes:
        if self.down:
            raise MasterKeyUnavailableError(provider="test", reason=Said("关闭", "switched off"))
        return super().unwrap(version, wrapped, context)


def make(folder: Path, clock: Clock | None = None, suite: str = "aes-256-gcm") -> SubjectKeys:
    chosen = probed(suite)
    return SubjectKeys(AbsentKeeper(folder, chosen), chosen, clock or Clock(), KeyCache(100, timedelta(minutes=15)))


def sealed_for(keys: SubjectKeys, engine: Engine, owner: str = "p1", value: bytes = b"secret") -> bytes:
    with unit_of_work(engine) as session:
        return keys.key(session, owner).seal(value, *PLACE)


def opened(keys: SubjectKeys, engine: Engine, sealed: bytes, owner: str = "p1") -> bytes:
    with read_only(engine) as session:
        return keys.open(session, owner, sealed, *PLACE)


@pytest.mark.parametrize("suite", ["aes-256-gcm", "sm4-gcm"])
def test_another_process_opens_what_one_sealed(engine: Engine, tmp_path: Path, suite: str) -> None:
    sealed = sealed_for(make(tmp_path, suite=suite), engine)

    assert opened(make(tmp_path, suite=suite), engine, sealed) == b"secret"


def test_one_persons_value_does_not_open_as_anothers(engine: Engine, tmp_path: Path) -> None:
    keys = make(tmp_path)
    sealed = sealed_for(keys, engine, "p1")
    sealed_for(keys, engine, "p2")

    with pytest.raises(SealBrokenError):
        opened(keys, engine, sealed, "p2")


def test_a_wrapped_key_given_to_another_person_does_not_open(engine: Engine, tmp_path: Path) -> None:
    sealed = sealed_for(make(tmp_path), engine, "p1")
    sealed_for(make(tmp_path), engine, "p2")
    with engine.begin() as connection:
        stolen = "SELECT wrapped, key_check FROM storage_subject_key WHERE owner = 'p1'"
        row = connection.execute(text(stolen)).one()
        swap = "UPDATE storage_subject_key SET wrapped = :w, key_check = :c WHERE owner = 'p2'"
        connection.execute(text(swap), {"w": row[0], "c": row[1]})

    with pytest.raises(SealBrokenError):
        opened(make(tmp_path), engine, sealed, "p2")


def test_a_destroyed_key_opens_nothing_in_any_process(engine: Engine, tmp_path: Path) -> None:
    one, other = make(tmp_path), make(tmp_path)
    sealed = sealed_for(one, engine)
    assert opened(other, engine, sealed) == b"secret"
    with unit_of_work(engine) as session:
        assert one.destroy(session, "p1") == (1,)

    for keys in (one, other, make(tmp_path)):
        with pytest.raises(KeyDestroyedError):
            opened(keys, engine, sealed)


def test_a_person_who_comes_back_gets_a_new_key_and_the_old_values_stay_closed(engine: Engine, tmp_path: Path) -> None:
    keys = make(tmp_path)
    old = sealed_for(keys, engine)
    with unit_of_work(engine) as session:
        keys.destroy(session, "p1")
    new = sealed_for(keys, engine, value=b"later")

    assert opened(keys, engine, new) == b"later"
    with pytest.raises(KeyDestroyedError):
        opened(keys, engine, old)


def test_a_value_of_an_unknown_person_is_no_destroyed_one(engine: Engine, tmp_path: Path) -> None:
    sealed = sealed_for(make(tmp_path), engine)

    with pytest.raises(SealBrokenError):
        opened(make(tmp_path), engine, sealed, "nobody")


def test_rotation_goes_on_where_it_was_cut_and_every_read_succeeds_meanwhile(engine: Engine, tmp_path: Path) -> None:
    keys = make(tmp_path)
    sealed = {owner: sealed_for(keys, engine, owner) for owner in (f"p{n}" for n in range(25))}
    keys.masters.rotate()
    moved = []
    while not moved or moved[-1]:
        with unit_of_work(engine) as session:
            moved.append(make(tmp_path).rewrap(session, 10))
        for owner, value in sealed.items():
            assert opened(make(tmp_path), engine, value, owner) == b"secret"

    assert moved == [10, 10, 5, 0]
    with read_only(engine) as session:
        assert counts(session) == {2: 25}


def test_while_the_keeper_is_down_fetched_keys_live_out_their_time(engine: Engine, tmp_path: Path) -> None:
    clock = Clock()
    keys = make(tmp_path, clock)
    sealed = sealed_for(keys, engine)
    assert isinstance(keys.masters, AbsentKeeper)
    keys.masters.down = True

    assert opened(keys, engine, sealed) == b"secret"
    clock.at += timedelta(minutes=15)
    with pytest.raises(MasterKeyUnavailableError):
        opened(keys, engine, sealed)
    keys.masters.down = False
    assert opened(keys, engine, sealed) == b"secret"


def test_a_clock_that_goes_back_lengthens_no_keys_life(engine: Engine, tmp_path: Path) -> None:
    clock = Clock()
    keys = make(tmp_path, clock)
    sealed = sealed_for(keys, engine)
    assert isinstance(keys.masters, AbsentKeeper)
    keys.masters.down = True
    clock.at -= timedelta(days=1)

    with pytest.raises(MasterKeyUnavailableError):
        opened(keys, engine, sealed)


def test_a_dropped_keys_bytes_are_overwritten() -> None:
    cache = KeyCache(1, timedelta(minutes=1))
    suite = probed("aes-256-gcm")
    cache.put(("p1", 1), b"k" * 32, suite, NOW)
    material = cache._kept["p1", 1].material
    cache.put(("p2", 1), b"q" * 32, suite, NOW)

    assert material == bytes(32)
    assert len(cache) == 1


def test_the_list_of_destroyed_keys_reads_back(tmp_path: Path) -> None:
    listed = DestroyedKeys(tmp_path)
    listed.add([("p1", 1)], NOW)
    listed.add([("p2", 1), ("p2", 2)], NOW)

    assert DestroyedKeys(tmp_path).read() == {("p1", 1), ("p2", 1), ("p2", 2)}


def test_a_half_written_last_line_is_left_aside_and_cut_at_the_next(tmp_path: Path) -> None:
    listed = DestroyedKeys(tmp_path)
    listed.add([("p1", 1)], NOW)
    with (tmp_path / "destroyed.list").open("a") as stream:
        stream.write("p2 1 2026-")
    assert listed.read() == {("p1", 1)}
    listed.add([("p3", 1)], NOW)

    assert listed.read() == {("p1", 1), ("p3", 1)}


def test_a_damaged_list_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "destroyed.list").write_text("p1 1 2026-03-02\nwhat is this\n")

    with pytest.raises(KeyFileError, match="line 2"):
        DestroyedKeys(tmp_path).read()


def test_what_was_destroyed_is_known_from_the_database(engine: Engine, tmp_path: Path) -> None:
    keys = make(tmp_path)
    sealed_for(keys, engine, "p1")
    sealed_for(keys, engine, "p2")
    with unit_of_work(engine) as session:
        keys.destroy(session, "p1")

    with read_only(engine) as session:
        assert destroyed(session) == {("p1", 1)}
