"""The keys of one deployment: a master key in a file, everything else derived from it by purpose.

Derivation is HKDF-SHA256 (RFC 5869) with the purpose as `info`, so that no key serves two ends. The log's signing
key is its own file, because it outlives a change of the master key.
"""

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.errors import KeyFileError, Said
from storage.refused import reason_of

KEY_BYTES = 32
_OTHERS = 0o077
_OPEN = Said("其他账号可以读取", "other accounts can read it")
_LOST = Said("数据库已在使用它，但文件不见了", "the database rests on it, but it is gone")


class KeyRing:
    """The deployment's keys, loaded once at the start.

    Guarantee: two purposes never share a derived key; a key file readable by others is refused.
    """

    def __init__(self, master: bytes, log_seed: bytes) -> None:
        """Hold key material of 32 bytes each."""
        self._master = master
        self._log_seed = log_seed

    def derive(self, purpose: str) -> bytes:
        """Give the 32-byte key of a purpose, such as `service-token` or `pseudonym`."""
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"mingjing/" + purpose.encode()).derive(
            self._master
        )

    def keyed_hash(self, purpose: str, value: bytes) -> bytes:
        """Give HMAC-SHA256 of a value under the purpose's key (RFC 2104)."""
        return hmac.new(self.derive(purpose), value, sha256).digest()

    def log_key(self) -> Ed25519PrivateKey:
        """Give the key that signs the log's checkpoints."""
        return Ed25519PrivateKey.from_private_bytes(self._log_seed)


def open_keys(folder: Path, *, may_create: bool = True) -> KeyRing:
    """Load the keys of a data folder.

    Args:
        folder: where they lie.
        may_create: make what is missing; false where a database already rests on keys, which new ones would orphan.

    Raises:
        KeyFileError: a key file is missing, damaged, readable by others, or can't be written.
    """
    return KeyRing(
        _load(folder / "master.key", may_create=may_create), _load(folder / "log.key", may_create=may_create)
    )


def _load(path: Path, *, may_create: bool) -> bytes:
    try:
        if not path.exists():
            if not may_create:
                raise KeyFileError(path=path, reason=_LOST)
            _create(path)
        if os.name == "posix" and path.stat().st_mode & _OTHERS:
            raise KeyFileError(path=path, reason=_OPEN)
        key = path.read_bytes()
    except OSError as error:
        raise KeyFileError(path=path, reason=reason_of(error)) from error
    if len(key) != KEY_BYTES:
        length = Said(f"长度为 {len(key)} 字节，应为 {KEY_BYTES}", f"{len(key)} bytes instead of {KEY_BYTES}")
        raise KeyFileError(path=path, reason=length)
    return key


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Written beside and linked in, so that two processes starting at once agree on one key
    # and a kill leaves none half-written.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, secrets.token_bytes(KEY_BYTES))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
