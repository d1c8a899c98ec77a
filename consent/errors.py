"""What can go wrong in `consent`.

ConsentError
"""

from storage.errors import ProductError


class ConsentError(ProductError):
    """Base of this package's errors."""
