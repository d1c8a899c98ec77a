"""Consent: record consent events, fold them to a state, issue receipts."""
