"""Routes of the access policies: what decides, one version, and the acts of publishing."""

from typing import Annotated, cast, get_args

from fastapi import APIRouter, Form
from starlette.responses import Response

from governance.console.edge import CheckedVisitingDesk, ConsoleRoute, VisitingDesk, go
from governance.console.pages.policies import PolicyAct, PolicyWish
from governance.errors import InputInvalidError
from storage.errors import Said

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
_PARTS = ("", "share", "role", "branch")


@router.get("/policies", name="console_policies")
def policies(desk: VisitingDesk) -> Response:
    """Show what decides and the versions."""
    return desk.show("policies", desk.parts.journeys.policies(desk.visit))


@router.get("/policies/{digest}", name="console_policy")
def policy(desk: VisitingDesk, digest: str) -> Response:
    """Show one version."""
    return desk.show("policy", desk.parts.journeys.policy(desk.visit, digest))


@router.post("/policies", name="console_publish")
def publish(
    desk: CheckedVisitingDesk,
    *,
    act: Annotated[str, Form(max_length=20)],
    digest: Annotated[str, Form(max_length=64)] = "",
    part: Annotated[str, Form(max_length=10)] = "",
    value: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Approve, change the part, promote or fall back."""
    if act not in get_args(PolicyAct) or part not in _PARTS:
        raise InputInvalidError(name="act", reason=Said("没有这个操作", "no such act"))
    desk.parts.journeys.publish(desk.visit, PolicyWish(cast("PolicyAct", act), digest, part, value.strip()))
    return go("/policies?done=published")
