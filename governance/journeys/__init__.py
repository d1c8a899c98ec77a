"""Journeys: one use case each, shared by the web, the console, the command line and the worker.

Each gathers facts, decides, acts and records, in one transaction with its audit event; the answer waits for the entry.
"""
