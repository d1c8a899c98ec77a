"""Open a declared source: its address may refer to the environment, resolved at the moment it is opened."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from governance.register import SourceEntry
from governance.sources import SourceSpec
from governance.world import resolve_url

if TYPE_CHECKING:
    from governance.sources import Source


def open_applied(entry: SourceEntry) -> "Source":
    """Open a declared source.

    Raises:
        SourceError: it can't be read.
        ReferenceUnsetError: its address refers to what is not set here.
    """
    from governance.sources import open_source  # noqa: PLC0415 -- loads Arrow and DuckDB

    base = Path(entry.base_dir)
    return open_source(SourceSpec(id=entry.id, url=resolve_url(entry.url, os.environ, base), base_dir=base))
