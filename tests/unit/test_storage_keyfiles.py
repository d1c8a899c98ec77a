import os
import stat
from pathlib import Path

import pytest

from storage.ciphers import probed
from storage.errors import KeyFileError, MasterKeyUnavailableError, SealBrokenError
from storage.keyfiles import load_key, protect_all, protect_key, read_passphrase
from storage.masters import FileMasterKeys

SUITE = probed("aes-256-gcm")


def test_a_protected_key_opens_under_its_passphrase_and_is_not_in_the_file(tmp_path: Path) -> None:
    key = load_key(tmp_path / "k.key", b"correct horse")

    assert load_key(tmp_path / "k.key", b"correct horse") == key
    assert key not in (tmp_path / "k.key").read_bytes()


@pytest.mark.parametrize(("passphrase", "reason"), [(b"wrong", "wrong"), (None, "MINGJING_KEY_PASSPHRASE_FILE")])
def test_a_protected_key_without_its_passphrase_says_so(tmp_path: Path, passphrase: bytes | None, reason: str) -> None:
    load_key(tmp_path / "k.key", b"correct horse")

    with pytest.raises(KeyFileError, match=reason):
        load_key(tmp_path / "k.key", passphrase)


def test_a_damaged_protected_key_is_refused(tmp_path: Path) -> None:
    load_key(tmp_path / "k.key", b"p")
    content = bytearray((tmp_path / "k.key").read_bytes())
    content[-1] ^= 1
    (tmp_path / "k.key").write_bytes(bytes(content))

    with pytest.raises(KeyFileError, match="damaged"):
        load_key(tmp_path / "k.key", b"p")


def test_the_key_stays_the_same_under_another_passphrase(tmp_path: Path) -> None:
    key = load_key(tmp_path / "k.key")
    protect_key(tmp_path / "k.key", None, b"one")
    protect_key(tmp_path / "k.key", b"one", b"two")

    assert load_key(tmp_path / "k.key", b"two") == key
    assert [path.name for path in tmp_path.iterdir()] == ["k.key"]
    assert stat.S_IMODE((tmp_path / "k.key").stat().st_mode) == 0o600


def test_a_change_of_passphrase_that_was_cut_short_is_finished(tmp_path: Path) -> None:
    keys = [load_key(tmp_path / name, b"old") for name in ("a.key", "b.key")]
    protect_key(tmp_path / "a.key", b"old", b"new")

    assert protect_all(tmp_path, b"old", b"new") == 2
    assert [load_key(tmp_path / name, b"new") for name in ("a.key", "b.key")] == keys


def test_nothing_is_changed_where_one_file_does_not_open(tmp_path: Path) -> None:
    load_key(tmp_path / "a.key", b"old")
    load_key(tmp_path / "b.key", b"another")
    before = (tmp_path / "a.key").read_bytes()

    with pytest.raises(KeyFileError, match=r"b\.key"):
        protect_all(tmp_path, b"old", b"new")
    assert (tmp_path / "a.key").read_bytes() == before


def test_a_passphrase_is_the_first_line_of_a_file_that_others_cannot_read(tmp_path: Path) -> None:
    path = tmp_path / "passphrase"
    path.write_text("correct horse\nanything\n")
    path.chmod(0o600)
    assert read_passphrase(path) == b"correct horse"

    path.chmod(0o644)
    if os.name == "posix":
        with pytest.raises(KeyFileError, match="other accounts"):
            read_passphrase(path)


@pytest.mark.parametrize("content", [b"", b"\n", b"  \nx\n"])
def test_an_empty_passphrase_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "passphrase"
    path.write_bytes(content)
    path.chmod(0o600)

    with pytest.raises(KeyFileError, match="empty"):
        read_passphrase(path)


def test_older_master_keys_go_on_unwrapping_and_the_newest_wraps(tmp_path: Path) -> None:
    masters = FileMasterKeys(tmp_path, SUITE)
    first = masters.wrap(b"k" * 32, b"here")
    masters.rotate()
    second = masters.wrap(b"k" * 32, b"here")

    assert (first[0], second[0]) == (1, 2)
    assert [FileMasterKeys(tmp_path, SUITE).unwrap(*one, b"here") for one in (first, second)] == [b"k" * 32] * 2


def test_a_wrapped_key_belongs_to_its_context(tmp_path: Path) -> None:
    masters = FileMasterKeys(tmp_path, SUITE)
    version, wrapped = masters.wrap(b"k" * 32, b"here")

    with pytest.raises(SealBrokenError):
        masters.unwrap(version, wrapped, b"there")


def test_a_retired_master_key_unwraps_nothing_and_leaves_no_file(tmp_path: Path) -> None:
    masters = FileMasterKeys(tmp_path, SUITE)
    version, wrapped = masters.wrap(b"k" * 32, b"here")
    masters.rotate()
    masters.retire(version)

    assert masters.versions() == (2,)
    with pytest.raises(MasterKeyUnavailableError, match="version 1"):
        masters.unwrap(version, wrapped, b"here")


def test_the_newest_master_key_cannot_be_retired(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyUnavailableError, match="newest"):
        FileMasterKeys(tmp_path, SUITE).retire(1)


def test_a_master_key_that_a_database_rests_on_is_never_made_anew(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="gone"):
        FileMasterKeys(tmp_path, SUITE, may_create=False)
