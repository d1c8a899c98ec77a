"""The routers of the interface, in the order in which the documentation shows them."""

from fastapi import APIRouter

from governance.api import (
    access,
    catalogue,
    consents,
    emergencies,
    federated,
    fields,
    log,
    people,
    policies,
    presidio,
    propagation,
    requests,
    scripts,
    texts,
)

ROUTERS: tuple[APIRouter, ...] = (
    access.reads,
    access.router,
    people.router,
    catalogue.router,
    fields.router,
    requests.router,
    policies.router,
    emergencies.router,
    consents.router,
    propagation.router,
    scripts.router,
    texts.router,
    presidio.router,
    federated.router,
    log.router,
)
ROOT_ROUTERS: tuple[APIRouter, ...] = (log.root,)
