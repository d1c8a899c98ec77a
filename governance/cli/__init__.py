"""The command line. Each command loads only what it needs, so that help answers at once."""
