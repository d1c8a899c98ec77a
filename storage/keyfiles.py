"""Key files: 32 bytes readable by the service alone, on request under a passphrase.

A protected file is `MJK1 | salt (16) | nonce (12) | AES-256-GCM of the key`; the passphrase becomes a key by scrypt
(RFC 7914, n 2^15, r 8, p 1). Files are written beside and linked in, so that two processes that start at once agree
on one key and a kill leaves none half-written.
"""

import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from storage.errors import KeyFileError, Said
from storage.refused import reason_of

KEY_BYTES = 32
_MAGIC = b"MJK1"
_SALT = slice(4, 20)
_NONCE = slice(20, 32)
_PROTECTED_BYTES = 32 + KEY_BYTES + 16
_OTHERS = 0o077
_OPEN = Said("其他账号可以读取", "other accounts can read it")
_LOST = Said("数据库已在使用它，但文件不见了", "the database rests on it, but it is gone")
_LOCKED = Said(
    "它受口令保护，请用 MINGJING_KEY_PASSPHRASE_FILE 指明口令文件",
    "it is protected by a passphrase; name the passphrase's file in MINGJING_KEY_PASSPHRASE_FILE",
)
_WRONG = Said("口令不对，或文件已损坏", "the passphrase is wrong, or the file is damaged")
_NONE = Said("这里没有密钥文件", "there are no key files here")
_EMPTY = Said("口令为空", "the passphrase is empty")


def read_passphrase(path: Path | None) -> bytes | None:
    """Read the passphrase that protects key files: the file's first line; nothing where no file is named.

    Raises:
        KeyFileError: it is missing, empty, or readable by others.
    """
    if path is None:
        return None
    try:
        _refuse_open(path)
        found = path.read_bytes().splitlines()
    except OSError as error:
        raise KeyFileError(path=path, reason=reason_of(error)) from error
    if not found or not found[0].strip():
        raise KeyFileError(path=path, reason=_EMPTY)
    return found[0].strip()


def load_key(path: Path, passphrase: bytes | None = None, *, may_create: bool = True) -> bytes:
    """Load a key of 32 bytes, made where it is missing and may be made.

    Args:
        path: the file.
        passphrase: opens a protected file, and protects one that is made now; a plain file is read either way.
        may_create: false where a database already rests on the key, which a new one would orphan.

    Raises:
        KeyFileError: missing, damaged, readable by others, unwritable, or protected by another passphrase.
    """
    try:
        if not path.exists():
            if not may_create:
                raise KeyFileError(path=path, reason=_LOST)
            _link_new(path, _protected(secrets.token_bytes(KEY_BYTES), passphrase))
        _refuse_open(path)
        found = path.read_bytes()
    except OSError as error:
        raise KeyFileError(path=path, reason=reason_of(error)) from error
    return _opened(path, found, passphrase)


def protect_key(path: Path, old: bytes | None, new: bytes | None) -> None:
    """Put a key file under a passphrase, under another, or (`new` absent) under none; the key stays the same.

    Raises:
        KeyFileError: as `load_key`.
    """
    key = load_key(path, old, may_create=False)
    try:
        draft = _draft(path, _protected(key, new))
        draft.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise KeyFileError(path=path, reason=reason_of(error)) from error


def protect_all(folder: Path, old: bytes | None, new: bytes | None) -> int:
    """Put every key file of a folder under another passphrase, and give how many; run again after a failure.

    Guarantee: nothing is changed unless all of them open under `old` or, after a run that was cut short, `new`.

    Raises:
        KeyFileError: as `load_key`; or there are none.
    """
    paths = sorted(folder.rglob("*.key"))
    if not paths:
        raise KeyFileError(path=folder, reason=_NONE)
    waiting = [path for path in paths if not _opens(path, new)]
    for path in waiting:
        load_key(path, old, may_create=False)
    for path in waiting:
        protect_key(path, old, new)
    return len(paths)


def _opens(path: Path, passphrase: bytes | None) -> bool:
    """Tell whether a file is as a passphrase would leave it."""
    if (path.stat().st_size == KEY_BYTES) != (passphrase is None):
        return False
    try:
        load_key(path, passphrase, may_create=False)
    except KeyFileError:
        return False
    return True


def _opened(path: Path, found: bytes, passphrase: bytes | None) -> bytes:
    if len(found) == KEY_BYTES:
        return found
    if len(found) != _PROTECTED_BYTES or not found.startswith(_MAGIC):
        length = Said(f"长度为 {len(found)} 字节，应为 {KEY_BYTES}", f"{len(found)} bytes instead of {KEY_BYTES}")
        raise KeyFileError(path=path, reason=length)
    if passphrase is None:
        raise KeyFileError(path=path, reason=_LOCKED)
    try:
        return AESGCM(_stretched(passphrase, found[_SALT])).decrypt(found[_NONCE], found[_NONCE.stop :], _MAGIC)
    except InvalidTag as error:
        raise KeyFileError(path=path, reason=_WRONG) from error


def _protected(key: bytes, passphrase: bytes | None) -> bytes:
    if passphrase is None:
        return key
    salt, nonce = os.urandom(16), os.urandom(12)
    return _MAGIC + salt + nonce + AESGCM(_stretched(passphrase, salt)).encrypt(nonce, key, _MAGIC)


def _stretched(passphrase: bytes, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=KEY_BYTES, n=2**15, r=8, p=1).derive(passphrase)


def _refuse_open(path: Path) -> None:
    if os.name == "posix" and path.stat().st_mode & _OTHERS:
        raise KeyFileError(path=path, reason=_OPEN)


def _link_new(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = _draft(path, content)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    _sync_folder(path.parent)


def _draft(path: Path, content: bytes) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return draft


def _sync_folder(folder: Path) -> None:
    # A file's name lives in its folder: without this a power cut may take a key that was already used.
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
