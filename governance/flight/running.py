"""Open the endpoint beside an open house: in a process of its own, or in the service's."""

from pathlib import Path
from typing import TYPE_CHECKING

from governance.house import House

if TYPE_CHECKING:
    from governance.flight.server import FlightServer


def listen(house: House, host: str, port: int, *, certificate: Path | None, key: Path | None) -> "FlightServer":
    """Begin to listen; the caller shuts the server down before the house closes.

    Args:
        house: open.
        host: to listen on.
        port: 0 chooses a free one.
        certificate: TLS certificate in PEM; nothing serves in clear.
        key: its key.
    """
    from governance.flight.server import FlightServer  # noqa: PLC0415 -- loads Arrow Flight and protobuf

    tls = (certificate.read_bytes(), key.read_bytes()) if certificate is not None and key is not None else None
    return FlightServer(house, host, port, tls)
