"""Classification: find personal data in samples, label columns, keep the catalogue."""
