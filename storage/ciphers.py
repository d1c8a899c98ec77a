"""The field ciphers: authenticated encryption with the field's identity bound in, by AES-256-GCM or SM4-GCM.

NIST SP 800-38D (GCM) with random 96-bit nonces; SM4 by GB/T 32907-2016 and RFC 8998. A sealed value is
`suite (1) | key version (4) | nonce (12) | ciphertext | tag (16)`: 33 bytes more than its plaintext.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.errors import CipherUnavailableError, SealBrokenError

NONCE_BYTES = 12
TAG_BYTES = 16
HEAD_BYTES = 5
OVERHEAD_BYTES = HEAD_BYTES + NONCE_BYTES + TAG_BYTES
NEWEST_VERSION = 2**32 - 1


class Box(Protocol):
    """One key, ready for use."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Give ciphertext and tag."""

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Give the plaintext, or raise `InvalidTag`."""


class _SM4GCM:
    """SM4-GCM in the shape of the library's AESGCM, which has no such class for SM4."""

    def __init__(self, key: bytes) -> None:
        self._algorithm = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        encryptor = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data or b"")
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        if len(data) < TAG_BYTES:
            raise InvalidTag
        decryptor = Cipher(self._algorithm, modes.GCM(nonce, data[-TAG_BYTES:])).decryptor()
        decryptor.authenticate_additional_data(associated_data or b"")
        return decryptor.update(data[:-TAG_BYTES]) + decryptor.finalize()


@dataclass(frozen=True, slots=True)
class Suite:
    """A cipher with everything that depends on it.

    Args:
        name: as in the settings.
        mark: the first byte of what it sealed, so that values of both suites may stand side by side.
        key_bytes: the length of its keys.
    """

    name: str
    mark: int
    key_bytes: int
    box: Callable[[bytes], Box]


SUITES: Mapping[str, Suite] = {
    one.name: one for one in (Suite("aes-256-gcm", 1, 32, AESGCM), Suite("sm4-gcm", 2, 16, _SM4GCM))
}
_BY_MARK: Mapping[int, Suite] = {one.mark: one for one in SUITES.values()}


def probed(name: str) -> Suite:
    """Give a suite once it has sealed and opened a value here; a build of OpenSSL may lack SM4.

    Raises:
        CipherUnavailableError: there is no such suite, or this machine can't run it.
    """
    suite = SUITES.get(name)
    if suite is None:
        raise CipherUnavailableError(name=name, known=", ".join(SUITES))
    try:
        box = suite.box(bytes(suite.key_bytes))
        nonce = bytes(NONCE_BYTES)
        if box.decrypt(nonce, box.encrypt(nonce, b"probe", b"here"), b"here") != b"probe":
            raise CipherUnavailableError(name=name, known=", ".join(SUITES))
    except UnsupportedAlgorithm as error:
        raise CipherUnavailableError(name=name, known=", ".join(SUITES)) from error
    return suite


def suite_of(sealed: bytes) -> Suite:
    """Give the suite that sealed a value.

    Raises:
        SealBrokenError: too short, or of no suite.
    """
    if len(sealed) < OVERHEAD_BYTES or sealed[0] not in _BY_MARK:
        raise SealBrokenError
    return _BY_MARK[sealed[0]]


def version_of(sealed: bytes) -> int:
    """Give the version of the key that sealed a value.

    Raises:
        SealBrokenError: too short to name one.
    """
    if len(sealed) < OVERHEAD_BYTES:
        raise SealBrokenError
    return int.from_bytes(sealed[1:HEAD_BYTES], "big")


def head(suite: Suite, version: int) -> bytes:
    """Give the first bytes of what a key of this version seals."""
    return bytes([suite.mark]) + version.to_bytes(HEAD_BYTES - 1, "big")


def seal(box: Box, start: bytes, plaintext: bytes, context: bytes) -> bytes:
    """Encrypt one value.

    Args:
        box: the key.
        start: what `head` gave for its suite and version; bound, so that a value can't be re-labelled.
        plaintext: any length up to 2^31 bytes.
        context: what the value belongs to, from `context_of`; it must be given again to open.
    """
    nonce = os.urandom(NONCE_BYTES)
    return start + nonce + box.encrypt(nonce, plaintext, start + context)


def unseal(box: Box, sealed: bytes, context: bytes) -> bytes:
    """Decrypt one value.

    Raises:
        SealBrokenError: it was changed, cut, moved to another field, row or person, or another key sealed it.
    """
    if len(sealed) < OVERHEAD_BYTES:
        raise SealBrokenError
    start, nonce = sealed[:HEAD_BYTES], sealed[HEAD_BYTES : HEAD_BYTES + NONCE_BYTES]
    try:
        return box.decrypt(nonce, sealed[HEAD_BYTES + NONCE_BYTES :], start + context)
    except InvalidTag as error:
        raise SealBrokenError from error


def context_of(*parts: str) -> bytes:
    """Give the associated data of a value: its parts with a zero byte between, which no part may hold.

    Raises:
        ValueError: a part holds one, so that two lists could read alike.
    """
    joined = "\0".join(parts)
    if joined.count("\0") != len(parts) - 1:
        message = "a part of a place holds a zero byte"
        raise ValueError(message)
    return joined.encode()
