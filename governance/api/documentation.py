"""The interface's documentation at `/docs`, with assets from this host: air-gapped networks read it too."""

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

router = APIRouter(include_in_schema=False)

# Swagger UI writes style attributes, so styles are looser here than in the console; scripts are not.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mingjing API</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/own/docs.js"></script>
</body>
</html>
"""


@router.get("/docs")
def docs() -> HTMLResponse:
    """Show the interface's documentation."""
    return HTMLResponse(_PAGE, headers={"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff"})


def mount_assets(app: FastAPI) -> None:
    """Serve Swagger UI from the installed package, and our start script beside it."""
    import fastapi_offline  # noqa: PLC0415 -- only its folder of assets is wanted

    vendor = Path(str(fastapi_offline.__file__)).parent / "static"
    app.mount("/docs/assets", StaticFiles(directory=vendor), name="docs-assets")
    app.mount("/docs/own", StaticFiles(directory=str(files("governance.api") / "static")), name="docs-own")
