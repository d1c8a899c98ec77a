"""One entry's proof as text that stands alone: index, audit path and checkpoint (C2SP tlog-proof)."""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Sequence

from audit.checkpoint import open_checkpoint, parse_number
from audit.errors import MalformedNoteError
from audit.merkle import leaf_hash, verify_inclusion
from audit.model import TreeHead
from audit.note import VerifierKey
from storage.errors import Said

_FIRST = "c2sp.org/tlog-proof@v1"
_PLACE = "tlog-proof"


def format_proof(index: int, path: Sequence[bytes], note: str) -> str:
    """Give the text of a proof.

    Args:
        index: the entry's place.
        path: the audit path to the root of the checkpoint's tree, sibling of the leaf first.
        note: the signed checkpoint.
    """
    lines = [_FIRST, f"index {index}", *(b64encode(item).decode() for item in path)]
    return "\n".join(lines) + "\n\n" + note


def verify_proof(text: str, entry: bytes, vkey: VerifierKey) -> tuple[int, TreeHead]:
    """Check that an entry is in the log the key signs for; give its index and the tree head.

    Raises:
        MalformedNoteError: the text is no proof.
        UntrustedSignatureError: the checkpoint is not signed by the key.
        ProofInvalidError: the entry is not where the proof says.

    Guarantee: any change to text (but its opaque `extra` line and foreign signatures), entry or key is refused.
    """
    front, blank, note = text.partition("\n\n")
    lines = front.split("\n")
    if lines[0] != _FIRST or not blank:
        raise MalformedNoteError(place=_PLACE, found=Said("首行", "first line"))
    body = lines[2:] if lines[1:] and lines[1].startswith("extra ") else lines[1:]
    word, _, digits = body[0].partition(" ") if body else ("", "", "")
    if word != "index":
        raise MalformedNoteError(place=_PLACE, found=Said("序号", "index"))
    index = parse_number(digits, _PLACE)
    head = open_checkpoint(note, vkey, place=_PLACE)
    verify_inclusion(leaf_hash(entry), index, head.size, [_hash(line) for line in body[1:]], head.root)
    return index, head


def _hash(line: str) -> bytes:
    try:
        raw = b64decode(line, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedNoteError(place=_PLACE, found=Said("散列", "hash")) from error
    if b64encode(raw).decode() != line:
        raise MalformedNoteError(place=_PLACE, found=Said("散列", "hash"))
    return raw
