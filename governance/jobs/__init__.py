"""Durable work: what must go on where it stood after the process was killed."""

from governance.jobs.durable import Jobs
from governance.jobs.warming import Warming

__all__ = ["Jobs", "Warming"]
