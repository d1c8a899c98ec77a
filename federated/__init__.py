"""Federated: partners train one model together and no record leaves home."""
