"""The HTTP interface: routers parse, call one journey and render; they hold no rule and no query."""
