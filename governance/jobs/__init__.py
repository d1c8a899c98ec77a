"""Durable work: what must go on where it stood after the process was killed."""

from governance.jobs.durable import Jobs

__all__ = ["Jobs"]
