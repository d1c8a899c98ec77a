"""Sealing: sign the tree head, but never one that contradicts what was signed before."""

from collections.abc import Callable
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, insert
from sqlmodel import Session

from audit.checkpoint import open_checkpoint, sign_checkpoint
from audit.errors import LogForkedError, NotInLogError, VerificationError
from audit.lease import Lease, renew
from audit.log import latest_checkpoint, nodes
from audit.merkle import consistency_proof, root_at, verify_consistency
from audit.model import TreeHead
from audit.note import verifier_key
from audit.tables import CHECKPOINT
from storage import read_only
from storage.errors import Said


class Sealer:
    """Signs the heads of one log with its key."""

    def __init__(self, engine: Engine, key: Ed25519PrivateKey, origin: str, clock: Callable[[], datetime]) -> None:
        """Hold the key; nothing is read yet."""
        self._engine = engine
        self._key = key
        self._clock = clock
        self._origin = origin
        self.vkey = verifier_key(origin, key)

    def seal(self, lease: Lease) -> bool:
        """Sign the lease's head unless that is done; tell whether a checkpoint was written.

        Raises:
            LogForkedError: the head does not continue the last signed one, or rows and peaks disagree.
            LeaseLostError: another sequencer took over; nothing was written.
        """
        head = TreeHead(self._origin, lease.tree.size, lease.tree.root())
        with read_only(self._engine) as session:
            if not self._continues(session, head):
                return False
        note = sign_checkpoint(head, self._key)
        with self._engine.begin() as connection:
            renew(connection, lease)
            row = {"size": head.size, "root": head.root, "signed_at": self._clock(), "vkey": str(self.vkey)}
            connection.execute(insert(CHECKPOINT), [{**row, "note": note}])
        return True

    def _continues(self, session: Session, head: TreeHead) -> bool:
        """Tell whether there is news to sign, after proving that it continues the last checkpoint."""
        node = nodes(session, head.size)
        try:
            if root_at(node, head.size) != head.root:
                raise LogForkedError(place=Said(f"大小 {head.size} 处的根", f"root at {head.size}"))
            last = self._last(session)
            if last is None:
                return True
            if last.size > 0:
                proof = consistency_proof(node, last.size, head.size)
                verify_consistency(last.size, head.size, last.root, head.root, proof)
        except (VerificationError, NotInLogError) as error:
            raise LogForkedError(
                place=Said(f"大小 {head.size} 之前的检查点", f"checkpoint before {head.size}")
            ) from error
        return head.size > last.size

    def _last(self, session: Session) -> TreeHead | None:
        try:
            found = latest_checkpoint(session)
        except NotInLogError:
            return None
        return open_checkpoint(found.note, self.vkey)
