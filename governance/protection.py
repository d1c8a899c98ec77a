"""The keys of people in an open house, made equal to the list of destroyed ones before anything is served."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from governance.errors import SettingInvalidError
from governance.settings import Settings
from storage import (
    DestroyedKeys,
    FileMasterKeys,
    KeyCache,
    MasterKeys,
    SubjectKeys,
    Suite,
    probed,
    read_only,
    read_passphrase,
    unit_of_work,
)
from storage.errors import Said
from storage.subjectkeys import counts, destroyed


@dataclass(frozen=True, slots=True)
class Protection:
    """Keys by person, and the list outside the database of those that were destroyed."""

    keys: SubjectKeys
    list: DestroyedKeys

    @property
    def masters(self) -> MasterKeys:
        """Give who keeps the master keys."""
        return self.keys.masters

    def close(self) -> None:
        """Forget every key, and let go of the keeper."""
        self.keys.forget()
        self.masters.close()


def open_protection(settings: Settings, engine: Engine, clock: Callable[[], datetime]) -> Protection:
    """Open the keys and replay the destroyed ones.

    Raises:
        CipherUnavailableError: the chosen suite does not run here.
        KeyFileError: a master key, the passphrase or the list can't be used.
        SettingInvalidError: Vault keeps the keys, and no address says where it is.
    """
    suite = probed(settings.cipher_suite)
    folder = settings.data_dir / "keys"
    masters = _keeper(settings, engine, suite)
    cache = KeyCache(settings.key_cache, timedelta(minutes=settings.key_minutes))
    found = Protection(SubjectKeys(masters, suite, clock, cache), DestroyedKeys(folder))
    try:
        _replay(found, engine, clock())
    except BaseException:
        found.close()
        raise
    return found


def _keeper(settings: Settings, engine: Engine, suite: Suite) -> MasterKeys:
    if settings.key_keeper == "vault":
        from storage.mastervault import VaultMasterKeys  # noqa: PLC0415 -- an HTTP client, only where Vault is asked

        if not settings.vault_address:
            reason = Said("为空，而 key_keeper 是 vault", "empty, and key_keeper is vault")
            raise SettingInvalidError(name="vault_address", source="settings", reason=reason)
        return VaultMasterKeys(
            settings.vault_address, settings.vault_key, settings.vault_token_file, settings.vault_mount
        )
    with read_only(engine) as session:
        rests_on_masters = bool(counts(session))
    passphrase = read_passphrase(settings.key_passphrase_file)
    return FileMasterKeys(settings.data_dir / "keys", suite, passphrase, may_create=not rests_on_masters)


def _replay(protection: Protection, engine: Engine, at: datetime) -> None:
    """Make list and database equal: a restored backup lacks destructions, a kill left one out of the list."""
    listed = protection.list.read()
    with read_only(engine) as session:
        known = destroyed(session)
    protection.list.add(sorted(known - listed), at)
    if listed - known:
        with unit_of_work(engine) as session:
            protection.keys.wipe(session, sorted(listed - known))
