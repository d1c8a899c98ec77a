"""Master keys behind one port: they wrap the keys of people, and never touch a value themselves.

A keeper holds numbered versions; the newest wraps, every kept one unwraps. The file keeper is the embedded one;
`storage.mastervault` and `storage.masterkms` keep the key where this service can't read it.
"""

import os
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.hashes import SHA256, SM3, HashAlgorithm
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.ciphers import Box, Suite, head, seal, suite_of, unseal
from storage.errors import MasterKeyUnavailableError, Said
from storage.keyfiles import load_key
from storage.refused import reason_of


class MasterKeys(Protocol):
    """A keeper of master keys."""

    name: str

    def versions(self) -> tuple[int, ...]:
        """Give the versions that can unwrap, oldest first; the last one wraps."""

    def wrap(self, key: bytes, context: bytes) -> tuple[int, bytes]:
        """Give the version that wrapped a key, and the wrapped key.

        Raises:
            MasterKeyUnavailableError: the keeper does not answer, or refuses.
        """

    def unwrap(self, version: int, wrapped: bytes, context: bytes) -> bytes:
        """Give a key back.

        Raises:
            MasterKeyUnavailableError: the keeper does not answer, or that version is gone.
            SealBrokenError: it was changed, or its context is another's.
        """

    def rotate(self) -> int:
        """Make a new version and give its number; older ones go on unwrapping.

        Raises:
            MasterKeyUnavailableError: no new version can be made.
        """

    def retire(self, version: int) -> None:
        """Destroy an older version: what it wraps can't be unwrapped again.

        Raises:
            MasterKeyUnavailableError: it is the newest, or the keeper refuses.
        """

    def close(self) -> None:
        """Let go of what it holds open."""


class FileMasterKeys:
    """Master keys in files of the keys folder, one a version: `masters/00001.key` and on."""

    name = "file"

    def __init__(self, folder: Path, suite: Suite, passphrase: bytes | None = None, *, may_create: bool = True) -> None:
        """Open the folder, with a first version where there is none yet.

        Args:
            folder: the keys folder.
            suite: the cipher that wraps.
            passphrase: opens protected files, and protects those that are made.
            may_create: false where a database already rests on master keys.

        Raises:
            KeyFileError: a file can't be used.
        """
        self._folder = folder / "masters"
        self._suite = suite
        self._passphrase = passphrase
        self._boxes: dict[tuple[int, str], Box] = {}
        if not self.versions():
            load_key(self._path(1), passphrase, may_create=may_create)
        for version in self.versions():
            self._box(version, suite)

    def versions(self) -> tuple[int, ...]:
        """Give the versions whose files are there, as another process may have made one."""
        return tuple(sorted(int(path.stem) for path in self._folder.glob("[0-9]*.key")))

    def wrap(self, key: bytes, context: bytes) -> tuple[int, bytes]:
        """Wrap under the newest version."""
        version = self.versions()[-1]
        return version, seal(self._box(version, self._suite), head(self._suite, version), key, context)

    def unwrap(self, version: int, wrapped: bytes, context: bytes) -> bytes:
        """Unwrap under the version that wrapped."""
        return unseal(self._box(version, suite_of(wrapped)), wrapped, context)

    def rotate(self) -> int:
        """Make the next version's file."""
        version = self.versions()[-1] + 1
        load_key(self._path(version), self._passphrase)
        return version

    def retire(self, version: int) -> None:
        """Overwrite and remove an older version's file.

        A copy on a journalling or solid-state disk may outlive the overwriting; a passphrase covers that.
        """
        if version == self.versions()[-1]:
            raise MasterKeyUnavailableError(
                provider=self.name, reason=Said("最新版本不能销毁", "the newest version can't be retired")
            )
        path = self._path(version)
        try:
            with path.open("r+b") as stream:
                stream.write(os.urandom(path.stat().st_size))
                stream.flush()
                os.fsync(stream.fileno())
            path.unlink()
        except OSError as error:
            raise MasterKeyUnavailableError(provider=self.name, reason=reason_of(error)) from error
        self._boxes = {name: box for name, box in self._boxes.items() if name[0] != version}

    def close(self) -> None:
        """Forget the master keys."""
        self._boxes.clear()

    def _path(self, version: int) -> Path:
        return self._folder / f"{version:05}.key"

    def _box(self, version: int, suite: Suite) -> Box:
        found = self._boxes.get((version, suite.name))
        if found is None:
            if not self._path(version).exists():
                gone = Said(f"第 {version} 版主密钥不见了", f"version {version} of the master key is gone")
                raise MasterKeyUnavailableError(provider=self.name, reason=gone)
            key = load_key(self._path(version), self._passphrase, may_create=False)
            found = self._boxes[version, suite.name] = suite.box(_wrapping_key(key, suite))
        return found


def _wrapping_key(master: bytes, suite: Suite) -> bytes:
    hashing: HashAlgorithm = SM3() if suite.name.startswith("sm4") else SHA256()
    info = f"mingjing/wrap/{suite.name}".encode()
    return HKDF(algorithm=hashing, length=suite.key_bytes, salt=None, info=info).derive(master)
