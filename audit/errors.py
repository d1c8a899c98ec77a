"""What can go wrong in `audit`.

AuditError
"""

from storage.errors import ProductError


class AuditError(ProductError):
    """Base of this package's errors."""
