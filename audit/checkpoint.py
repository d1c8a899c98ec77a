"""Checkpoints: a tree head as a signed note, which anyone with the log's key can verify.

Source: C2SP tlog-checkpoint.
"""

import binascii
import re
from base64 import b64decode, b64encode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.errors import MalformedNoteError, UntrustedSignatureError
from audit.merkle import HASH_BYTES
from audit.model import TreeHead
from audit.note import VerifierKey, open_note, sign_note
from storage.errors import Said

_LINES = 3
_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")


def format_checkpoint(head: TreeHead) -> str:
    """Give the text of a checkpoint, ready to be signed."""
    return f"{head.origin}\n{head.size}\n{b64encode(head.root).decode()}\n"


def parse_checkpoint(text: str, place: str = "checkpoint") -> TreeHead:
    """Read the text of a checkpoint; extension lines are let through unread.

    Raises:
        MalformedNoteError: a line is missing or not in its one form.
    """
    lines = text.split("\n")
    if len(lines) <= _LINES or "" in lines[:-1] or lines[-1]:
        raise MalformedNoteError(place=place, found=Said("行数", "lines"))
    origin, size, root = lines[:_LINES]
    count = parse_number(size, place)
    try:
        raw = b64decode(root, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedNoteError(place=place, found=Said("根散列", "root hash")) from error
    if len(raw) != HASH_BYTES or b64encode(raw).decode() != root:
        raise MalformedNoteError(place=place, found=Said("根散列", "root hash"))
    return TreeHead(origin, count, raw)


def sign_checkpoint(head: TreeHead, key: Ed25519PrivateKey) -> str:
    """Give the signed note of a tree head; the key's name is the origin."""
    return sign_note(format_checkpoint(head), head.origin, key)


def open_checkpoint(note: bytes | str, vkey: VerifierKey, place: str = "checkpoint") -> TreeHead:
    """Give the tree head of a checkpoint after verifying the log's signature.

    Raises:
        MalformedNoteError: it is no checkpoint.
        UntrustedSignatureError: not signed by the key, or it speaks of another log than the key's.
    """
    head = parse_checkpoint(open_note(note, vkey, place=place).text, place)
    if head.origin != vkey.name:
        raise UntrustedSignatureError(place=place, name=head.origin)
    return head


def parse_number(text: str, place: str) -> int:
    """Read a size or index in its one form: ASCII digits without a leading zero.

    Raises:
        MalformedNoteError: it is none, or beyond any log.
    """
    if not _NUMBER.fullmatch(text):
        raise MalformedNoteError(place=place, found=Said("数字", "number"))
    return int(text)
