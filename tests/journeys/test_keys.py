"""Keys of people in an open house: rotation, retirement, and a restored backup."""

import shutil
from pathlib import Path

import pytest

from audit import entry, head
from governance.errors import NotRetirableError
from governance.house import House, open_house
from governance.journeys.callers import OWNER
from governance.journeys.doctor import examine
from governance.journeys.keys import key_status, rotate
from governance.settings import Settings
from storage import read_only, unit_of_work
from storage.errors import KeyDestroyedError, KeyFileError, MasterKeyUnavailableError
from storage.keyfiles import protect_all
from tests.journeys.conftest import NOON


def seal(house: House, owner: str) -> bytes:
    with unit_of_work(house.engine) as session:
        return house.protection.keys.key(session, owner).seal(b"secret", "here")


def read(house: House, owner: str, sealed: bytes) -> bytes:
    with read_only(house.engine) as session:
        return house.protection.keys.open(session, owner, sealed, "here")


def destroy(house: House, owner: str) -> None:
    with unit_of_work(house.engine) as session:
        versions = house.protection.keys.destroy(session, owner)
    house.protection.list.add([(owner, version) for version in versions], NOON)


def kinds(house: House) -> list[str]:
    with read_only(house.engine) as session:
        return [entry(session, number).event.kind for number in range(head(session).size)]


def test_a_rotation_takes_over_every_key_and_is_an_entry(house: House) -> None:
    sealed = {owner: seal(house, owner) for owner in ("p1", "p2", "p3")}
    done = rotate(house, OWNER)

    assert (done.version, done.rewrapped, done.resumed, done.retired) == (2, 3, False, ())
    assert key_status(house).masters == {1: 0, 2: 3}
    assert all(read(house, owner, value) == b"secret" for owner, value in sealed.items())
    assert kinds(house) == ["key.made", "key.rotated"]


def test_a_rotation_that_was_cut_is_finished_before_another_begins(house: House) -> None:
    for owner in ("p1", "p2", "p3"):
        seal(house, owner)
    house.protection.masters.rotate()
    with unit_of_work(house.engine) as session:
        house.protection.keys.rewrap(session, 2)
    assert key_status(house).unfinished == 1

    done = rotate(house, OWNER)
    assert (done.version, done.rewrapped, done.resumed) == (2, 1, True)
    assert rotate(house, OWNER).version == 3


def test_a_retired_master_key_is_gone_and_values_still_open(house: House) -> None:
    sealed = seal(house, "p1")
    assert rotate(house, OWNER, retire=True).retired == (1,)

    assert house.protection.masters.versions() == (2,)
    assert read(house, "p1", sealed) == b"secret"
    assert kinds(house)[-1] == "key.destroyed"


def test_a_master_key_is_not_retired_while_another_process_still_wraps_with_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal(house, "p1")
    monkeypatch.setattr(type(house.protection.keys), "rewrap", lambda *_: 0)

    with pytest.raises(NotRetirableError, match="1 keys"):
        rotate(house, OWNER, retire=True)
    assert 1 in house.protection.masters.versions()


def test_a_restored_backup_does_not_bring_an_erased_person_back(settings: Settings, tmp_path: Path) -> None:
    with open_house(settings) as house:
        sealed = seal(house, "p1")
    shutil.copytree(settings.data_dir, tmp_path / "backup")
    with open_house(settings) as house:
        destroy(house, "p1")
    for name in ("mingjing.db", "mingjing.db-wal", "mingjing.db-shm"):
        (settings.data_dir / name).unlink(missing_ok=True)
        if (tmp_path / "backup" / name).exists():
            shutil.copy(tmp_path / "backup" / name, settings.data_dir / name)

    with open_house(settings) as house, pytest.raises(KeyDestroyedError):
        read(house, "p1", sealed)


def test_a_destruction_that_a_kill_left_out_of_the_list_is_added_at_the_start(settings: Settings) -> None:
    with open_house(settings) as house:
        seal(house, "p1")
        with unit_of_work(house.engine) as session:
            house.protection.keys.destroy(session, "p1")
        assert house.protection.list.read() == set()

    with open_house(settings) as house:
        assert house.protection.list.read() == {("p1", 1)}


def test_lost_master_keys_stop_the_start_and_are_never_made_anew(settings: Settings) -> None:
    with open_house(settings) as house:
        seal(house, "p1")
    shutil.rmtree(settings.data_dir / "keys" / "masters")

    with pytest.raises(KeyFileError, match="gone"), open_house(settings):
        pass
    assert not (settings.data_dir / "keys" / "masters").exists()


def test_one_of_several_master_keys_lost_is_named_by_its_version(settings: Settings) -> None:
    with open_house(settings) as house:
        sealed = seal(house, "p1")
        house.protection.masters.rotate()
    (settings.data_dir / "keys" / "masters" / "00001.key").unlink()

    with open_house(settings) as house, pytest.raises(MasterKeyUnavailableError, match="version 1"):
        read(house, "p1", sealed)


def test_a_house_under_a_passphrase_opens_with_it_alone(settings: Settings, tmp_path: Path) -> None:
    phrase = tmp_path / "phrase"
    phrase.write_text("correct horse\n")
    phrase.chmod(0o600)
    with open_house(settings) as house:
        sealed = seal(house, "p1")
    assert protect_all(settings.data_dir / "keys", None, b"correct horse") == 3

    with pytest.raises(KeyFileError, match="MINGJING_KEY_PASSPHRASE_FILE"), open_house(settings):
        pass
    with open_house(settings.model_copy(update={"key_passphrase_file": phrase})) as house:
        assert read(house, "p1", sealed) == b"secret"


def test_the_other_cipher_suite_takes_over_and_older_values_go_on_opening(settings: Settings) -> None:
    with open_house(settings) as house:
        old = seal(house, "p1")
    with open_house(settings.model_copy(update={"cipher_suite": "sm4-gcm"})) as house:
        new = seal(house, "p2")
        assert (old[0], new[0]) == (1, 2)
        assert (read(house, "p1", old), read(house, "p2", new)) == (b"secret", b"secret")


def test_the_doctor_looks_at_the_keys(house: House) -> None:
    seal(house, "p1")

    assert {one.part: (one.is_well, one.seen) for one in examine(house)}["keys"] == (
        True,
        "file, aes-256-gcm, master key 1, 1 keys",
    )
