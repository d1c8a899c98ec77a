import pytest
from pymerkle import InmemoryTree

from audit.errors import NotInLogError, ProofInvalidError
from audit.merkle import (
    CompactRange,
    NodeSource,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    peaks_of,
    root_at,
    verify_consistency,
    verify_inclusion,
)
from tests.audit_data import naive_root

ENTRIES = [f"entry {number}".encode() for number in range(64)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
ROOTS = [naive_root(ENTRIES[:size]) for size in range(65)]
SIZES = range(65)


def node(height: int, index: int) -> bytes:
    return peaks_of(LEAVES[index << height : (index + 1) << height])[0]


NODE: NodeSource = node


def test_the_compact_range_has_the_root_of_the_naive_tree_at_every_size() -> None:
    tree = CompactRange()
    for size in range(64):
        assert tree.root() == ROOTS[size]
        tree.append(LEAVES[size])

    assert tree.root() == ROOTS[64]


def test_the_compact_range_reports_every_perfect_node_it_completes() -> None:
    tree = CompactRange()
    made = [found for leaf in LEAVES for found in tree.append(leaf)]

    assert len(made) == 63
    assert all(found == node(height, index) for height, index, found in made)


def test_nodes_give_the_root_of_every_size() -> None:
    assert [root_at(NODE, size) for size in SIZES] == ROOTS


@pytest.mark.parametrize("size", range(1, 65))
def test_every_entry_proves_itself_in_every_tree(size: int) -> None:
    for index in range(size):
        verify_inclusion(LEAVES[index], index, size, inclusion_proof(NODE, index, size), ROOTS[size])


@pytest.mark.parametrize("new", range(1, 65))
def test_every_older_tree_proves_to_be_a_prefix(new: int) -> None:
    for old in range(1, new + 1):
        verify_consistency(old, new, ROOTS[old], ROOTS[new], consistency_proof(NODE, old, new))


def test_pymerkle_finds_the_same_roots() -> None:
    oracle = InmemoryTree(algorithm="sha256")
    for size, entry in enumerate(ENTRIES, 1):
        oracle.append_entry(entry)

        assert oracle.get_root() == ROOTS[size]


def test_a_leaf_is_not_taken_for_an_inner_node() -> None:
    pair = LEAVES[0] + LEAVES[1]

    assert leaf_hash(pair) != root_at(NODE, 2)


@pytest.mark.parametrize("index", [-1, 5])
def test_no_proof_is_made_for_an_entry_outside_the_tree(index: int) -> None:
    with pytest.raises(NotInLogError):
        inclusion_proof(NODE, index, 5)


@pytest.mark.parametrize(("old", "new"), [(0, 5), (6, 5), (-1, 5)])
def test_no_consistency_proof_is_made_for_sizes_that_prove_nothing(old: int, new: int) -> None:
    with pytest.raises(NotInLogError):
        consistency_proof(NODE, old, new)


def test_a_proof_for_another_place_is_refused() -> None:
    proof = inclusion_proof(NODE, 3, 7)

    with pytest.raises(ProofInvalidError):
        verify_inclusion(LEAVES[3], 2, 7, proof, ROOTS[7])


def test_a_hash_of_the_wrong_length_is_refused() -> None:
    proof = inclusion_proof(NODE, 3, 7)

    with pytest.raises(ProofInvalidError):
        verify_inclusion(LEAVES[3], 3, 7, [*proof[:-1], proof[-1] + b"\0"], ROOTS[7])
