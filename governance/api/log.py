"""The notarised log: C2SP tlog-tiles at the root, without sign-in, and proofs of single entries.

Source: C2SP tlog-tiles, "Merkle Tree" and "Checkpoints". Full tiles never change and may be cached for ever.
"""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from audit import entry as entry_at
from audit import latest_checkpoint, parse_path, read
from governance.api.edge import CallerDep, HouseDep
from governance.errors import NotFoundError
from governance.journeys.proving import prove_entry
from governance.journeys.sight import Right, may
from storage import read_only

root = APIRouter(tags=["log"])
router = APIRouter(tags=["log"])
_FOREVER = "public, max-age=31536000, immutable"
_FULL = 256


class ProofIn(BaseModel):
    """Which entry."""

    entry: str = Field(max_length=40, examples=["0"], description="id or index of an entry")


@root.get(
    "/log/checkpoint", name="log-checkpoint", summary="Newest checkpoint (C2SP)", response_class=PlainTextResponse
)
def get_checkpoint(house: HouseDep) -> Response:
    """Give the newest signed tree head."""
    with read_only(house.engine) as session:
        note = latest_checkpoint(session).note
    return Response(note, media_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-cache"})


@root.get(
    "/log/tile/{path:path}",
    name="log-tile",
    summary="Hash tile or entry bundle (C2SP)",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}},
)
def get_tile(house: HouseDep, path: str) -> Response:
    """Give the bytes of a tile; one that the log has not reached is not there."""
    tile = parse_path(f"tile/{path}")
    with read_only(house.engine) as session:
        content = read(session, tile)
    caching = {"Cache-Control": _FOREVER} if tile.width == _FULL else {}
    return Response(content, media_type="application/octet-stream", headers=caching)


@router.post("/proofs", name="prove", summary="Proof that an entry is in the log")
def post_proof(house: HouseDep, caller: CallerDep, body: ProofIn) -> dict[str, Any]:
    """Give the proof of an entry of one's own; those who watch the log may ask for any."""
    with read_only(house.engine) as session:
        found = entry_at(session, int(body.entry) if body.entry.isascii() and body.entry.isdigit() else body.entry)
    if found.event.actor != caller.person_id and not may(caller, Right.SEE_ENTRIES):
        raise NotFoundError(kind="entry", id=body.entry)
    return prove_entry(house, body.entry).document
