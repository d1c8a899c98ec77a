"""The keys of one deployment: a master key in a file, everything else derived from it by purpose.

Derivation is HKDF-SHA256 (RFC 5869) with the purpose as `info`, so that no key serves two ends. The log's signing
key is its own file, because it outlives a change of the master key.
"""

import hmac
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.keyfiles import KEY_BYTES, load_key


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


def open_keys(folder: Path, *, may_create: bool = True, passphrase: bytes | None = None) -> KeyRing:
    """Load the keys of a data folder.

    Args:
        folder: where they lie.
        may_create: make what is missing; false where a database already rests on keys, which new ones would orphan.
        passphrase: opens protected files, and protects those that are made now.

    Raises:
        KeyFileError: a key file is missing, damaged, readable by others, protected by another passphrase, or can't
            be written.
    """
    return KeyRing(
        load_key(folder / "master.key", passphrase, may_create=may_create),
        load_key(folder / "log.key", passphrase, may_create=may_create),
    )
