"""What can go wrong in `classification`.

ClassificationError
"""

from storage.errors import ProductError


class ClassificationError(ProductError):
    """Base of this package's errors."""
