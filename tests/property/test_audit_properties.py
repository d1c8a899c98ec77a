from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import draft, read_entry
from audit.checkpoint import open_checkpoint, sign_checkpoint
from audit.errors import AuditError, MalformedKeyError, MalformedNoteError, NotInLogError, VerificationError
from audit.merkle import (
    CompactRange,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    peaks_of,
    root_at,
    verify_consistency,
    verify_inclusion,
)
from audit.model import TreeHead
from audit.note import open_note, parse_vkey, verifier_key
from audit.proof import format_proof, verify_proof
from audit.tiles import Tile, pack_bundle, parse_path, tiles_of, unpack_bundle
from tests.audit_data import ORIGIN, event

LEAVES = [leaf_hash(str(number).encode()) for number in range(600)]
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
VKEY = verifier_key(ORIGIN, KEY)


@cache
def node(height: int, index: int) -> bytes:
    if height == 0:
        return LEAVES[index]
    return node_hash(node(height - 1, 2 * index), node(height - 1, 2 * index + 1))


def flip(value: bytes, bit: int) -> bytes:
    at = bit % (8 * len(value))
    return bytes(byte ^ (1 << at % 8 if place == at // 8 else 0) for place, byte in enumerate(value))


sizes = st.integers(1, 600)


@given(sizes, st.data())
def test_any_flipped_bit_breaks_an_inclusion_proof(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(node, index, size)
    parts = [LEAVES[index], root_at(node, size), *proof]
    verify_inclusion(parts[0], index, size, proof, parts[1])
    which, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 255))
    parts[which] = flip(parts[which], bit)

    with pytest.raises(VerificationError):
        verify_inclusion(parts[0], index, size, parts[2:], parts[1])


@given(sizes, sizes, st.data())
def test_any_flipped_bit_breaks_a_consistency_proof(one: int, other: int, data: st.DataObject) -> None:
    old, new = sorted((one, other))
    parts = [root_at(node, old), root_at(node, new), *consistency_proof(node, old, new)]
    verify_consistency(old, new, parts[0], parts[1], parts[2:])
    which, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 255))
    parts[which] = flip(parts[which], bit)

    with pytest.raises(VerificationError):
        verify_consistency(old, new, parts[0], parts[1], parts[2:])


@given(st.lists(st.binary(max_size=8), max_size=70), st.lists(st.binary(max_size=8), min_size=1, max_size=70))
def test_appending_never_changes_an_old_root(first: list[bytes], more: list[bytes]) -> None:
    tree = CompactRange()
    for entry in first:
        tree.append(leaf_hash(entry))
    before = tree.root()
    leaves = [leaf_hash(entry) for entry in first + more]
    later = tree.copy()
    for entry in more:
        later.append(leaf_hash(entry))

    assert tree.root() == before
    assert root_at(lambda height, index: peaks_of(leaves[index << height : (index + 1) << height])[0], len(first)) == (
        before
    )
    assert later.size == len(leaves)


@given(st.integers(0, 10**15 - 1), st.one_of(st.none(), st.integers(0, 63)), st.integers(1, 256))
def test_a_tiles_path_reads_back(index: int, level: int | None, width: int) -> None:
    tile = Tile(level, index, width)

    assert parse_path(tile.path) == tile


@given(st.text(max_size=40).map(lambda text: "tile/" + text))
def test_what_is_no_tiles_path_is_refused_with_our_error(path: str) -> None:
    with suppress(NotInLogError):
        assert parse_path(path).path == path


@given(st.integers(0, 200_000))
def test_tiles_cover_each_level_of_a_tree_once(size: int) -> None:
    by_level: dict[int, int] = {}
    for tile in tiles_of(size):
        assert tile.level is not None
        by_level[tile.level] = by_level.get(tile.level, 0) + tile.width

    assert by_level == {level: size >> 8 * level for level in range(8) if size >> 8 * level}


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_reads_back(entries: list[bytes]) -> None:
    assert unpack_bundle(pack_bundle(entries)) == entries


@given(st.integers(0, 2**40), st.binary(min_size=32, max_size=32), st.data())
def test_any_flipped_bit_breaks_a_checkpoint(size: int, root: bytes, data: st.DataObject) -> None:
    head = TreeHead(ORIGIN, size, root)
    note = sign_checkpoint(head, KEY).encode()
    assert open_checkpoint(note, VKEY) == head
    changed = flip(note, data.draw(st.integers(0, 8 * len(note) - 1)))

    with pytest.raises(VerificationError):
        open_checkpoint(changed, VKEY)


@given(sizes, st.data())
def test_any_flipped_bit_breaks_a_written_proof(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    note = sign_checkpoint(TreeHead(ORIGIN, size, root_at(node, size)), KEY)
    text = format_proof(index, inclusion_proof(node, index, size), note)
    assert verify_proof(text, str(index).encode(), VKEY)[0] == index
    changed = flip(text.encode(), data.draw(st.integers(0, 8 * len(text.encode()) - 1)))

    with pytest.raises(VerificationError):
        verify_proof(changed.decode("utf-8", "replace"), str(index).encode(), VKEY)


@given(st.binary(max_size=200))
def test_a_malformed_note_is_refused_with_our_error(raw: bytes) -> None:
    with pytest.raises(VerificationError):
        open_note(raw, VKEY)


@given(st.text(max_size=80))
def test_a_malformed_proof_is_refused_with_our_error(text: str) -> None:
    with pytest.raises(VerificationError):
        verify_proof("c2sp.org/tlog-proof@v1\n" + text, b"", VKEY)


@given(st.text(max_size=80))
def test_a_malformed_key_is_refused_with_our_error(text: str) -> None:
    with pytest.raises(MalformedKeyError):
        parse_vkey(text)


@given(st.binary(max_size=60))
def test_unreadable_entry_bytes_are_refused_with_our_error(raw: bytes) -> None:
    with pytest.raises(AuditError):
        read_entry(raw)


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(codec="utf-8"), max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=9), values, max_size=5))
def test_an_events_bytes_read_back_whatever_the_order_of_its_facts(facts: dict[str, object]) -> None:
    made = draft(event("k", facts=facts), "E" * 26)
    turned = draft(event("k", facts=dict(reversed(facts.items()))), "E" * 26)

    assert made.body == turned.body
    assert read_entry(made.body).event == event("k", facts=facts)


def test_the_parsers_of_the_folder_take_no_directory_for_a_note(tmp_path: Path) -> None:
    with pytest.raises(MalformedNoteError):
        open_note(str(tmp_path), VKEY)
