"""What goes wrong, as errors of Flight: our own sentences and the problem document, never the engine's text.

Arrow writes a Python traceback into every error that is not Flight's own, so nothing else may leave a handler.
"""

import secrets

from pyarrow import flight

from governance.api.problems import problem, row_of
from governance.client.binding import BindingError
from governance.errors import InputInvalidError
from governance.flight.messages import MessageUnknownError
from storage import canonical_json
from storage.errors import Language, ProductError, Said

_KINDS = {
    401: flight.FlightUnauthenticatedError,
    403: flight.FlightUnauthorizedError,
    429: flight.FlightUnavailableError,
    503: flight.FlightUnavailableError,
}


def said(error: Exception, language: Language) -> Exception:
    """Give the Flight error of anything that went wrong; its extra info is the problem document in JSON."""
    known = _known(error)
    document = problem(known, language, secrets.token_hex(8))
    text = f"{document['detail']} ({document['next']})" if document["next"] else str(document["detail"])
    kind = _KINDS.get(row_of(type(known)).status, flight.FlightServerError)
    found: Exception = kind(f"{text} [{document['type']}, {document['request_id']}]", canonical_json(document).encode())
    return found


def _known(error: Exception) -> ProductError:
    if isinstance(error, ProductError):
        return error
    if isinstance(error, MessageUnknownError):
        return InputInvalidError(
            name="Flight SQL", reason=Said("本接口不应答此命令", "not a command that this endpoint answers")
        )
    if isinstance(error, BindingError):
        return InputInvalidError(name="parameters", reason=Said("与语句不符，或值无法写成字面量", str(error)))
    from governance.logs import log  # noqa: PLC0415 -- only for a bug

    log().error("unexpected", error=type(error).__name__, route="flight")
    return ProductError()
