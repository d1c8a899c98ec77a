import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from audit.errors import ProofInvalidError, VerificationError
from audit.merkle import verify_consistency, verify_inclusion
from audit.note import open_note, parse_vkey

FOLDER = Path(__file__).parent


def vectors(name: str) -> list[Any]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [pytest.param(found, id=found["desc"]) for found in map(json.loads, lines)]


def check(vector: dict[str, Any]) -> None:
    proof = [b64decode(item) for item in vector["proof"] or ()]
    if vector["kind"] == "inclusion":
        leaf, root = b64decode(vector["leafHash"]), b64decode(vector["root"])
        verify_inclusion(leaf, vector["leafIdx"], vector["treeSize"], proof, root)
        return
    older, newer = b64decode(vector["root1"]), b64decode(vector["root2"])
    verify_consistency(vector["size1"], vector["size2"], older, newer, proof)


@pytest.mark.parametrize("vector", vectors("rfc6962_transparency_dev.jsonl"))
def test_published_merkle_proofs_are_judged_as_published(vector: dict[str, Any]) -> None:
    if not vector["wantErr"]:
        check(vector)
        return
    with pytest.raises(ProofInvalidError):
        check(vector)


@pytest.mark.parametrize("vector", vectors("c2sp_signed_note.jsonl"))
def test_published_signed_notes_are_judged_as_published(vector: dict[str, Any]) -> None:
    keys = [parse_vkey(text) for text in vector["vkeys"]]
    if not vector["wantErr"]:
        assert open_note(vector["note"], *keys).text == "This is an example message.\n"
        return
    with pytest.raises(VerificationError):
        open_note(vector["note"], *keys)
