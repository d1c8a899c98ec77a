from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from storage import KeyCache, SubjectKeys, probed, read_only, unit_of_work
from storage.errors import MasterKeyUnavailableError, SealBrokenError
from storage.mastervault import VaultMasterKeys
from tests.store.vault_server import TOKEN, Transit, serving

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
KEY = b"k" * 32


@pytest.fixture
def transit() -> Transit:
    return Transit()


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(TOKEN + "\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def address(transit: Transit) -> Iterator[str]:
    with serving(transit) as found:
        yield found


@pytest.fixture
def vault(address: str, token_file: Path) -> Iterator[VaultMasterKeys]:
    found = VaultMasterKeys(address, "people", token_file)
    yield found
    found.close()


def test_a_key_wrapped_by_vault_comes_back(vault: VaultMasterKeys) -> None:
    version, wrapped = vault.wrap(KEY, b"here")

    assert (version, vault.unwrap(version, wrapped, b"here")) == (1, KEY)
    assert KEY not in wrapped


def test_a_wrapped_key_belongs_to_its_context(vault: VaultMasterKeys) -> None:
    version, wrapped = vault.wrap(KEY, b"here")

    with pytest.raises(SealBrokenError):
        vault.unwrap(version, wrapped, b"there")


@pytest.mark.parametrize("wrapped", [b"", b"vault:v1:%%%", b"vault:v9:AAAA", b"\xff\xff", b"vault:v1:" + b"A" * 80])
def test_garbage_is_no_wrapped_key(vault: VaultMasterKeys, wrapped: bytes) -> None:
    with pytest.raises((SealBrokenError, MasterKeyUnavailableError)):
        vault.unwrap(1, wrapped, b"here")


def test_older_versions_unwrap_until_they_are_retired(vault: VaultMasterKeys) -> None:
    first = vault.wrap(KEY, b"here")
    assert vault.rotate() == 2
    second = vault.wrap(KEY, b"here")
    assert vault.unwrap(*first, b"here") == KEY
    vault.retire(1)

    assert vault.versions() == (2,)
    assert vault.unwrap(*second, b"here") == KEY
    with pytest.raises(SealBrokenError):
        vault.unwrap(*first, b"here")


def test_the_newest_version_cannot_be_retired(vault: VaultMasterKeys) -> None:
    with pytest.raises(MasterKeyUnavailableError, match="newest"):
        vault.retire(1)


def test_a_sealed_vault_is_named(vault: VaultMasterKeys, transit: Transit) -> None:
    transit.sealed = True

    with pytest.raises(MasterKeyUnavailableError, match="sealed"):
        vault.wrap(KEY, b"here")


def test_a_token_without_rights_is_named_and_not_shown(vault: VaultMasterKeys, token_file: Path) -> None:
    token_file.write_text("hvs.other\n")

    with pytest.raises(MasterKeyUnavailableError, match="may not use") as caught:
        vault.wrap(KEY, b"here")
    assert "hvs" not in str(caught.value)


def test_a_vault_that_is_gone_is_named(token_file: Path) -> None:
    with serving(Transit()) as address:
        vault = VaultMasterKeys(address, "people", token_file)

    with closing(vault), pytest.raises(MasterKeyUnavailableError, match="does not answer"):
        vault.versions()


def test_people_keys_live_out_their_time_while_vault_is_sealed(
    vault: VaultMasterKeys, transit: Transit, sqlite_engine: Engine
) -> None:
    at = NOW
    keys = SubjectKeys(vault, probed("aes-256-gcm"), lambda: at, KeyCache(10, timedelta(minutes=15)))
    with unit_of_work(sqlite_engine) as session:
        sealed = keys.key(session, "p1").seal(b"secret", "here")
    transit.sealed = True

    with read_only(sqlite_engine) as session:
        assert keys.open(session, "p1", sealed, "here") == b"secret"
        at += timedelta(minutes=16)
        with pytest.raises(MasterKeyUnavailableError):
            keys.open(session, "p1", sealed, "here")
        transit.sealed = False
        assert keys.open(session, "p1", sealed, "here") == b"secret"


def test_a_rotation_moves_every_key_to_vaults_newest_version(vault: VaultMasterKeys, sqlite_engine: Engine) -> None:
    keys = SubjectKeys(vault, probed("sm4-gcm"), lambda: NOW, KeyCache(10, timedelta(minutes=15)))
    with unit_of_work(sqlite_engine) as session:
        sealed = {owner: keys.key(session, owner).seal(b"secret", "here") for owner in ("p1", "p2", "p3")}
    vault.rotate()
    with unit_of_work(sqlite_engine) as session:
        assert keys.rewrap(session, 100) == 3
    vault.retire(1)

    fresh = SubjectKeys(vault, probed("sm4-gcm"), lambda: NOW, KeyCache(10, timedelta(minutes=15)))
    with read_only(sqlite_engine) as session:
        assert all(fresh.open(session, owner, value, "here") == b"secret" for owner, value in sealed.items())
