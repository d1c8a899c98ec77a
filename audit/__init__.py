"""Audit: the append-only Merkle log of every act, with checkpoints and proofs."""
