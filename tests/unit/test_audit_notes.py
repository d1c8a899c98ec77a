import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.checkpoint import open_checkpoint, parse_checkpoint, sign_checkpoint
from audit.errors import MalformedKeyError, MalformedNoteError, ProofInvalidError, UntrustedSignatureError
from audit.merkle import leaf_hash
from audit.model import TreeHead
from audit.note import open_note, sign_note, verifier_key
from audit.proof import format_proof, verify_proof
from tests.audit_data import ORIGIN

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
VKEY = verifier_key(ORIGIN, KEY)
HEAD = TreeHead(ORIGIN, 1, leaf_hash(b"first"))
ROOT = "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0="


def test_a_note_opens_by_any_one_of_its_keys_and_ignores_the_others() -> None:
    note = sign_note("text\n", ORIGIN, KEY) + sign_note("text\n", "other.example", OTHER).rpartition("\n\n")[2]

    assert open_note(note, VKEY).signed_by == (VKEY,)
    assert len(open_note(note, VKEY, verifier_key("other.example", OTHER)).signed_by) == 2


def test_a_note_signed_by_a_stranger_is_refused() -> None:
    with pytest.raises(UntrustedSignatureError):
        open_note(sign_note("text\n", ORIGIN, OTHER), VKEY)


def test_a_note_with_one_false_signature_of_a_known_key_is_refused() -> None:
    false = sign_note("other text\n", ORIGIN, KEY).rpartition("\n\n")[2]
    note = sign_note("text\n", "other.example", OTHER) + false

    with pytest.raises(UntrustedSignatureError):
        open_note(note, VKEY, verifier_key("other.example", OTHER))


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u2003b"])
def test_a_key_name_with_a_blank_or_plus_is_refused(name: str) -> None:
    with pytest.raises(MalformedKeyError):
        verifier_key(name, KEY)


def test_text_with_a_control_character_is_not_signed() -> None:
    with pytest.raises(MalformedNoteError):
        sign_note("te\txt\n", ORIGIN, KEY)


def test_a_checkpoint_reads_back() -> None:
    assert open_checkpoint(sign_checkpoint(HEAD, KEY), VKEY) == HEAD


def test_a_checkpoint_of_another_log_under_the_same_key_is_refused() -> None:
    note = sign_note(f"elsewhere.example\n1\n{ROOT}\n", ORIGIN, KEY)

    with pytest.raises(UntrustedSignatureError):
        open_checkpoint(note, VKEY)


def test_extension_lines_are_let_through() -> None:
    assert parse_checkpoint(f"{ORIGIN}\n7\n{ROOT}\nmore\n").size == 7


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"{ORIGIN}\n7\n",
        f"{ORIGIN}\n7\n{ROOT}",
        f"\n7\n{ROOT}\n",
        f"{ORIGIN}\n07\n{ROOT}\n",
        f"{ORIGIN}\n-7\n{ROOT}\n",
        f"{ORIGIN}\n٧\n{ROOT}\n",
        f"{ORIGIN}\n{'9' * 5000}\n{ROOT}\n",
        f"{ORIGIN}\n7\n{ROOT[:-2]}\n",
        f"{ORIGIN}\n7\nAAAA\n",
        f"{ORIGIN}\n7\n{ROOT}\n\n",
    ],
)
def test_a_malformed_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(MalformedNoteError):
        parse_checkpoint(text)


def test_a_written_proof_carries_its_checkpoint() -> None:
    text = format_proof(0, [], sign_checkpoint(HEAD, KEY))

    assert verify_proof(text, b"first", VKEY) == (0, HEAD)
    assert verify_proof(text.replace("\n", "\nextra QUJD\n", 1), b"first", VKEY) == (0, HEAD)


def test_a_written_proof_of_another_entry_is_refused() -> None:
    with pytest.raises(ProofInvalidError):
        verify_proof(format_proof(0, [], sign_checkpoint(HEAD, KEY)), b"second", VKEY)
