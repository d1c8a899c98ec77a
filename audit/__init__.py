"""Audit: the append-only Merkle log of every act, with checkpoints and proofs.

A journey appends its event in its own transaction; the notary of one process gives it a place in the tree and a
receipt; checkpoints sign the tree; exports verify offline. Names load on first use, because verifying an export
must not need a database driver.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audit.exporting import export
    from audit.kinds import KINDS
    from audit.log import (
        append,
        consistency_proof,
        head,
        inclusion_proof,
        latest_checkpoint,
        read,
        read_entries,
        read_tile,
        receipts,
    )
    from audit.merkle import leaf_hash, verify_consistency, verify_inclusion
    from audit.model import JSON, Checkpoint, Entry, Event, Exported, Proof, Receipt, TreeHead, Verification
    from audit.note import VerifierKey, parse_vkey
    from audit.outside import decision_digest, verify_receipt
    from audit.proof import format_proof, verify_proof
    from audit.search import entry, events
    from audit.sequencer import Notary
    from audit.tiles import Tile, parse_path
    from audit.verify import verify_folder

_HOMES = {
    "Checkpoint": "model",
    "Entry": "model",
    "Event": "model",
    "Exported": "model",
    "JSON": "model",
    "KINDS": "kinds",
    "Notary": "sequencer",
    "Proof": "model",
    "Receipt": "model",
    "Tile": "tiles",
    "TreeHead": "model",
    "Verification": "model",
    "VerifierKey": "note",
    "append": "log",
    "consistency_proof": "log",
    "entry": "search",
    "events": "search",
    "export": "exporting",
    "format_proof": "proof",
    "head": "log",
    "inclusion_proof": "log",
    "latest_checkpoint": "log",
    "leaf_hash": "merkle",
    "parse_path": "tiles",
    "parse_vkey": "note",
    "read": "log",
    "read_entries": "log",
    "read_tile": "log",
    "receipts": "log",
    "verify_consistency": "merkle",
    "verify_folder": "verify",
    "verify_receipt": "outside",
    "decision_digest": "outside",
    "verify_inclusion": "merkle",
    "verify_proof": "proof",
}

__all__ = [
    "JSON",
    "KINDS",
    "Checkpoint",
    "Entry",
    "Event",
    "Exported",
    "Notary",
    "Proof",
    "Receipt",
    "Tile",
    "TreeHead",
    "Verification",
    "VerifierKey",
    "append",
    "consistency_proof",
    "decision_digest",
    "entry",
    "events",
    "export",
    "format_proof",
    "head",
    "inclusion_proof",
    "latest_checkpoint",
    "leaf_hash",
    "parse_path",
    "parse_vkey",
    "read",
    "read_entries",
    "read_tile",
    "receipts",
    "verify_consistency",
    "verify_folder",
    "verify_inclusion",
    "verify_proof",
    "verify_receipt",
]


def __getattr__(name: str) -> object:
    """Load a public name from its module (PEP 562)."""
    if name not in _HOMES:
        message = f"module 'audit' has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415 -- the point of this function

    return getattr(import_module(f"audit.{_HOMES[name]}"), name)
