"""Signed notes: text with Ed25519 signatures under named keys, and the verifier keys that open them.

Source: C2SP signed-note; only signature type 0x01 (Ed25519) is supported.
"""

import binascii
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from audit.errors import MalformedKeyError, MalformedNoteError, UntrustedSignatureError
from storage.errors import Said

ED25519 = 0x01
_KEY_BYTES = 32
_ID_BYTES = 4
_MAX_NOTE_BYTES = 1_000_000
_MAX_SIGNATURES = 64
_DASH = "— "
_SPACE = 0x20


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name; together they decide which signature lines count."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart."""
        return sha256(self.name.encode() + b"\n" + bytes([ED25519]) + self.public).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        """Give the text form, `NAME+ID+KEY`."""
        encoded = b64encode(bytes([ED25519]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"


@dataclass(frozen=True, slots=True)
class Note:
    """A note whose signatures of known keys have been verified.

    `text` ends in a newline and is all that was signed; `signed_by` names the keys.
    """

    text: str
    signed_by: tuple[VerifierKey, ...]


def verifier_key(name: str, key: Ed25519PrivateKey) -> VerifierKey:
    """Give the verifier key that belongs to a signing key.

    Raises:
        MalformedKeyError: the name is empty or holds a blank or a plus.
    """
    _require_name(name)
    return VerifierKey(name, key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def parse_vkey(text: str) -> VerifierKey:
    """Read a verifier key.

    Raises:
        MalformedKeyError: not of the form `NAME+ID+KEY`, of another algorithm, or its id does not match.
    """
    shown = text.strip()
    name, _, rest = shown.partition("+")
    _, _, encoded = rest.partition("+")
    try:
        raw = b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedKeyError(key=shown) from error
    _require_name(name)
    if len(raw) != 1 + _KEY_BYTES or raw[0] != ED25519:
        raise MalformedKeyError(key=shown)
    key = VerifierKey(name, raw[1:])
    if str(key) != shown:
        raise MalformedKeyError(key=shown)
    return key


def sign_note(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """Give the note of a text with one signature.

    Args:
        text: ends in a newline; no other control characters.
        name: the key's name, by which verifiers know it.
        key: the signing key.
    """
    _require_text(text)
    signature = verifier_key(name, key).key_id + key.sign(text.encode())
    return f"{text}\n{_DASH}{name} {b64encode(signature).decode()}\n"


def open_note(note: bytes | str, *keys: VerifierKey, place: str = "note") -> Note:
    """Give a note's text after verifying the signatures of the given keys; others are ignored.

    Args:
        note: the whole note.
        keys: the trusted keys; at least one must have signed, and none may have a false signature.
        place: what the note is called in an error.

    Raises:
        MalformedNoteError: it is no signed note.
        UntrustedSignatureError: none of the keys signed it, or one that claims to did not.
    """
    text, signatures = _split(note, place)
    signed_by: list[VerifierKey] = []
    for name, raw in signatures:
        for key in keys:
            if key.name != name or raw[:_ID_BYTES] != key.key_id:
                continue
            try:
                Ed25519PublicKey.from_public_bytes(key.public).verify(raw[_ID_BYTES:], text.encode())
            except (InvalidSignature, ValueError) as error:
                raise UntrustedSignatureError(place=place, name=key.name) from error
            signed_by.append(key)
    if not signed_by:
        raise UntrustedSignatureError(place=place, name=", ".join(key.name for key in keys))
    return Note(text, tuple(signed_by))


def _split(note: bytes | str, place: str) -> tuple[str, list[tuple[str, bytes]]]:
    if len(note) > _MAX_NOTE_BYTES:
        raise MalformedNoteError(place=place, found=Said("过长", "too long"))
    try:
        whole = note.decode() if isinstance(note, bytes) else note
        whole.encode()
    except UnicodeError as error:
        raise MalformedNoteError(place=place, found=Said("不是 UTF-8", "not UTF-8")) from error
    _require_text(whole, place)
    body, blank, lines = whole.rpartition("\n\n")
    if not blank or not lines:
        raise MalformedNoteError(place=place, found=Said("没有签名段", "no signature block"))
    found = lines[:-1].split("\n")
    if len(found) > _MAX_SIGNATURES:
        raise MalformedNoteError(place=place, found=Said("签名过多", "too many signatures"))
    return body + "\n", [_signature(line, place) for line in found]


def _signature(line: str, place: str) -> tuple[str, bytes]:
    name, blank, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not blank or not _is_name(name):
        raise MalformedNoteError(place=place, found=Said("签名行", "signature line"))
    try:
        raw = b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedNoteError(place=place, found=Said("签名行", "signature line")) from error
    # b64decode takes stray low bits in the last character; one signature has one form only.
    if len(raw) <= _ID_BYTES or b64encode(raw).decode() != encoded:
        raise MalformedNoteError(place=place, found=Said("签名行", "signature line"))
    return name, raw


def _require_text(text: str, place: str = "note") -> None:
    if not text.endswith("\n") or any(ord(mark) < _SPACE and mark != "\n" for mark in text):
        raise MalformedNoteError(
            place=place, found=Said("含控制字符或末尾无换行", "control character or no final newline")
        )


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(mark.isspace() for mark in name)


def _require_name(name: str) -> None:
    if not _is_name(name):
        raise MalformedKeyError(key=name)
