"""Federated: partners train one model together and no record leaves home.

Names load on first use: the problem table imports this package's errors, and must not pay for Flower or Arrow.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from federated.job import parse_job, read_job
    from federated.model import Job, Outcome, Phase
    from federated.records import (
        JobRecord,
        ModelRecord,
        find_job,
        list_jobs,
        list_models,
        record_outcome,
        record_phase,
    )
    from federated.training import train

_HOMES = {
    "Job": "model",
    "JobRecord": "records",
    "ModelRecord": "records",
    "Outcome": "model",
    "Phase": "model",
    "find_job": "records",
    "list_jobs": "records",
    "list_models": "records",
    "parse_job": "job",
    "read_job": "job",
    "record_outcome": "records",
    "record_phase": "records",
    "train": "training",
}

__all__ = [
    "Job",
    "JobRecord",
    "ModelRecord",
    "Outcome",
    "Phase",
    "find_job",
    "list_jobs",
    "list_models",
    "parse_job",
    "read_job",
    "record_outcome",
    "record_phase",
    "train",
]


def __getattr__(name: str) -> object:
    """Load a public name from its module (PEP 562)."""
    if name not in _HOMES:
        message = f"module 'federated' has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415 -- the point of this function

    return getattr(import_module(f"federated.{_HOMES[name]}"), name)
