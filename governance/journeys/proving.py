"""Prove that an entry is in the log, by the newest checkpoint that covers it."""

from dataclasses import dataclass
from typing import Any

from audit import entry as entry_at
from audit import format_proof, inclusion_proof, latest_checkpoint
from governance.house import House
from governance.journeys.sealing import wait_for_seal
from storage import read_only


@dataclass(frozen=True, slots=True)
class Proved:
    """The proof as C2SP tlog-proof text, and as JSON."""

    text: str
    document: dict[str, Any]


def prove_entry(house: House, which: str) -> Proved:
    """Give the proof of an entry.

    Args:
        which: its id, or its index in digits.

    Raises:
        NotInLogError: there is none.
    """
    wait_for_seal(house)
    with read_only(house.engine) as session:
        found = entry_at(session, int(which) if which.isascii() and which.isdigit() else which)
        checkpoint = latest_checkpoint(session)
        proof = inclusion_proof(session, found.index, checkpoint.head.size)
    text = format_proof(proof.index, proof.path, checkpoint.note)
    return Proved(
        text,
        {
            "entry": found.entry_id,
            "index": found.index,
            "size": proof.size,
            "leaf_hash": proof.leaf_hash.hex(),
            "path": [node.hex() for node in proof.path],
            "root": checkpoint.head.root.hex(),
            "checkpoint": checkpoint.note,
            "vkey": checkpoint.vkey,
            "body": found.body.decode(),
            "proof": text,
        },
    )
