"""Migrations: each works with the previous release running beside it."""
