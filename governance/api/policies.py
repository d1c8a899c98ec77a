"""Access policies: which decide, which versions there are, and the acts of publishing."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from governance.api.edge import CallerDep, HouseDep, RepeatableRoute
from governance.journeys import policy_sets
from governance.journeys.policy_sets import check_files, scope_of
from governance.journeys.policy_view import (
    overview,
    release_document,
    rule_document,
    summary_document,
    trial_document,
    version_document,
    version_view,
)
from governance.journeys.sight import Right, require

router = APIRouter(tags=["policies"], route_class=RepeatableRoute)
Files = dict[Annotated[str, Field(max_length=100)], Annotated[str, Field(max_length=524_288)]]


class ScopeIn(BaseModel):
    """For whom a version decides: one of the three, or none of them for everybody."""

    share: int | None = Field(None, ge=1, le=100, description="percent of requests")
    role: str | None = Field(None, max_length=64)
    branch: str | None = Field(None, max_length=64)

    def stated(self) -> dict[str, object]:
        """Give what was stated."""
        return self.model_dump(include={"share", "role", "branch"}, exclude_none=True)


class PolicySetIn(BaseModel):
    """A set: the texts of its files by name."""

    files: Files = Field(max_length=200, examples=[{"set.yaml": "…", "house.cedar": "…", "tests.yaml": "…"}])


class ProposalIn(PolicySetIn, ScopeIn):
    """A set to be published, and for whom it is to begin."""


@router.get("/policies", name="policies", summary="What decides, and the versions there are")
def get_policies(house: HouseDep, caller: CallerDep) -> dict[str, Any]:
    """List versions, the newest proposal first."""
    return summary_document(overview(house, caller))


@router.post("/policies/check", name="check-policies", summary="Check a set, nothing kept")
def post_check(house: HouseDep, caller: CallerDep, body: PolicySetIn) -> dict[str, Any]:
    """Check a set against the schema and its own tests; what is wrong comes as a problem that lists every fault."""
    require(caller, Right.SEE_POLICIES)
    rules, results = check_files(body.files, house.clock())
    return {
        "digest": rules.digest,
        "name": rules.id,
        "mode": rules.mode.value,
        "policies": [rule_document(rule) for rule in rules.rules.values()],
        "tests": [trial_document(one) for one in results],
    }


@router.post("/policies", name="propose-policies", summary="Propose a version", status_code=201)
def post_policies(house: HouseDep, caller: CallerDep, body: ProposalIn) -> dict[str, Any]:
    """Propose a version; another person approves it."""
    version = policy_sets.propose(house, caller, body.files, scope_of(body.stated()))
    return version_document(version_view(house, caller, version.digest))


@router.post("/policies/share", name="share-policies", summary="Change for whom the beginning version decides")
def post_share(house: HouseDep, caller: CallerDep, body: ScopeIn) -> dict[str, Any]:
    """Change the part."""
    return release_document(policy_sets.rescope(house, caller, scope_of(body.stated())))


@router.post("/policies/promote", name="promote-policies", summary="Let the beginning version decide for everybody")
def post_promote(house: HouseDep, caller: CallerDep) -> dict[str, Any]:
    """Promote."""
    return release_document(policy_sets.promote(house, caller))


@router.post("/policies/fall-back", name="fall-back-policies", summary="Return to the version before, at once")
def post_fall_back(house: HouseDep, caller: CallerDep) -> dict[str, Any]:
    """Take the beginning version back, or return to the version before the one in force."""
    return release_document(policy_sets.fall_back(house, caller))


@router.get("/policies/{digest}", name="policy-version", summary="One version: policies, tests, difference")
def get_version(house: HouseDep, caller: CallerDep, digest: str) -> dict[str, Any]:
    """Open one version; `shipped` is the one that came with the release."""
    return version_document(version_view(house, caller, digest))


@router.get("/policies/{digest}/tests", name="policy-tests", summary="The results of a version's own tests")
def get_tests(house: HouseDep, caller: CallerDep, digest: str) -> dict[str, Any]:
    """Run a version's tests under this release's schema."""
    view = version_view(house, caller, digest)
    return {"digest": view.digest, "tests": [trial_document(one) for one in view.results]}


@router.post("/policies/{digest}/approve", name="approve-policies", summary="Approve a version")
def post_approve(house: HouseDep, caller: CallerDep, digest: str, body: ScopeIn | None = None) -> dict[str, Any]:
    """Approve; it decides from now on, for the part stated here or in the proposal."""
    stated = body.stated() if body is not None else {}
    return release_document(policy_sets.approve(house, caller, digest, scope_of(stated) if stated else None))
