"""Workers: rewritten statements run here, in processes that hold only governed tables and can reach nothing else."""

from governance.workers.errors import QueryFailedError, WorkerUnavailableError
from governance.workers.limits import Limits
from governance.workers.pool import WorkerPool

__all__ = ["Limits", "QueryFailedError", "WorkerPool", "WorkerUnavailableError"]
