"""Governance: composes the rooms into one service; the only package that knows HTTP."""
