"""What can go wrong in `federated`.

FederatedError
"""

from storage.errors import ProductError


class FederatedError(ProductError):
    """Base of this package's errors."""
