"""What can go wrong in `governance`.

GovernanceError
"""

from storage.errors import ProductError


class GovernanceError(ProductError):
    """Base of this package's errors."""
