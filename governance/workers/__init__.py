"""Workers: rewritten statements run here, in processes that hold only governed tables and can reach nothing else."""

from governance.workers.errors import QueryFailedError, WorkerUnavailableError
from governance.workers.pool import WorkerPool
from governance.workers.process import Limits

__all__ = ["Limits", "QueryFailedError", "WorkerPool", "WorkerUnavailableError"]
