"""Data files of the rules, reviewed like code; a package, so that the wheel carries them."""
