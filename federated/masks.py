"""Pairwise masks: each vector alone is noise, their sum is the sum of the vectors.

Every pair of partners agrees a secret by X25519 and derives from it one key for each aggregation (HKDF-SHA256, bound
to run, roster, pair and number); the ChaCha20 stream under that key is added by one and taken off by the other in
Z_2^64. Source: Bonawitz et al. 2017, "Practical Secure Aggregation", §4.1 (without dropout recovery); RFC 7748;
RFC 5869; RFC 8439.
"""

import hashlib
from collections.abc import Mapping

import numpy as np
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from federated.errors import MaskReusedError, PeerKeyError, TooFewPartnersError
from federated.model import MIN_PARTNERS
from federated.ring import Ring
from storage.columns import canonical_json
from storage.errors import Said

KEY_BYTES = 32


def fingerprint(public_key: bytes) -> str:
    """Give a public key's SHA-256, hex, as it stands in the log."""
    return hashlib.sha256(public_key).hexdigest()


def roster_digest(keys: Mapping[str, bytes]) -> str:
    """Give the SHA-256 of all partners and their public keys, in one order."""
    document = [[partner, keys[partner].hex()] for partner in sorted(keys)]
    return hashlib.sha256(canonical_json(document).encode()).hexdigest()


class Masker:
    """One partner's keys for one run.

    Guarantee: a mask is used once, since the number of an aggregation must grow; with fewer than three partners
    nothing is masked and nothing is sent.
    """

    def __init__(self, partner: str, run: str, private_key: bytes) -> None:
        """Take this run's private key, 32 random bytes that are never used for another run."""
        self._partner = partner
        self._run = run
        self._private = X25519PrivateKey.from_private_bytes(private_key)
        self._shared: dict[str, bytes] = {}
        self._roster = ""
        self._last = 0

    @property
    def public_key(self) -> bytes:
        """The 32 bytes to show to the others."""
        return self._private.public_key().public_bytes_raw()

    def meet(self, keys: Mapping[str, bytes]) -> None:
        """Agree a secret with every other partner; once in a run.

        Raises:
            TooFewPartnersError: the roster names fewer than three.
            PeerKeyError: a second roster, an own key that is missing or changed, two equal keys, or a bad key.
        """
        if self._shared:
            raise PeerKeyError(reason=Said("同一次训练收到第二份名册", "a second roster in one run"))
        if len(keys) < MIN_PARTNERS:
            raise TooFewPartnersError(found=len(keys), least=MIN_PARTNERS)
        if keys.get(self._partner) != self.public_key:
            raise PeerKeyError(reason=Said("自己的公钥缺失或被更改", "own key missing or changed"))
        if len(set(keys.values())) != len(keys):
            raise PeerKeyError(reason=Said("两个参与方用同一公钥", "two partners with one key"))
        self._roster = roster_digest(keys)
        self._shared = {peer: self._agree(key) for peer, key in keys.items() if peer != self._partner}

    def _agree(self, key: bytes) -> bytes:
        try:
            return self._private.exchange(X25519PublicKey.from_public_bytes(key))
        except ValueError as error:  # wrong length, or a point of small order
            raise PeerKeyError(reason=Said("不是 X25519 公钥", "not an X25519 public key")) from error

    def mask(self, vector: Ring, number: int) -> Ring:
        """Give the vector under all pairwise masks of aggregation `number`.

        Raises:
            MaskReusedError: the number does not grow.
            PeerKeyError: no roster was agreed.
        """
        if not self._shared:
            raise PeerKeyError(reason=Said("名册尚未确定", "no roster agreed"))
        if number <= self._last:
            raise MaskReusedError(round=number, last=self._last)
        self._last = number
        masked = vector.copy()
        for peer in sorted(self._shared):
            stream = self._stream(peer, number, len(vector))
            masked = masked + stream if self._partner < peer else masked - stream
        return masked

    def _stream(self, peer: str, number: int, length: int) -> Ring:
        info = ["mingjing/masks/1", self._run, self._roster, sorted([self._partner, peer]), number, length]
        # No salt: the secret is fresh for the run, and `info` separates everything else.
        key = HKDF(SHA256(), KEY_BYTES, None, canonical_json(info).encode()).derive(self._shared[peer])
        cipher = Cipher(ChaCha20(key, bytes(16)), mode=None).encryptor()  # the key serves this one stream only
        return np.frombuffer(cipher.update(bytes(8 * length)), dtype="<u8").astype(np.uint64)
