"""Check digits and ranges, one module a standard. Pure functions on normalised text; no detection happens here."""
