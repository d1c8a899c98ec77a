"""What can go wrong in `policies`.

PoliciesError
"""

from storage.errors import ProductError


class PoliciesError(ProductError):
    """Base of this package's errors."""
