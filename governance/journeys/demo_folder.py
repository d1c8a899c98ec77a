"""Empty what a demo made, and only that, for a fresh start."""

import shutil

from sqlalchemy import Engine

from governance import register
from governance.errors import DemoFolderError
from governance.identity import list_people
from governance.journeys.demo_story import MARK
from governance.settings import Settings
from storage import check_engine, downgrade, migrate, open_engine, read_only, schema_revision


def clear_demo(settings: Settings) -> None:
    """Empty a demo's folder and database for a fresh start; the mark of the demo goes last, so a kill can be repeated.

    Raises:
        DemoFolderError: the folder or database holds something that no demo made.
    """
    folder = settings.data_dir
    server = bool(settings.database_url)
    known = {"demo.lock", "mingjing.db", "mingjing.db-wal", "mingjing.db-shm"}
    others = [path for path in folder.iterdir() if path.name not in known] if folder.exists() else []
    if not server and not (folder / "mingjing.db").exists():
        if others:
            raise DemoFolderError(path=folder)
        return
    engine = open_engine(settings.database)
    try:
        check_engine(engine)
        made_here = _is_marked(engine)
        if made_here is False or (made_here is None and others):
            raise DemoFolderError(path=folder)
        for path in others:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        if server and made_here:
            downgrade(engine, "base")
            migrate(engine)
    finally:
        engine.dispose()
    for name in ("mingjing.db-wal", "mingjing.db-shm", "mingjing.db"):
        (folder / name).unlink(missing_ok=True)


def _is_marked(engine: Engine) -> bool | None:
    """Tell whether a demo made what the database holds; None where it holds nothing."""
    if schema_revision(engine) is None:
        return None
    with read_only(engine) as session:
        if register.declaration(session, MARK) is not None:
            return True
        return False if list_people(session) or register.sources(session) else None
