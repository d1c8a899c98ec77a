"""The circumstances of a request, as far as the caller states them and the connection shows them."""

from typing import Annotated

from fastapi import Depends, Request
from pydantic import BaseModel, Field

from policies import Action, Circumstances


class AroundIn(BaseModel):
    """What access policies may ask for beside purpose and case; all of it may be left out."""

    ticket: str | None = Field(None, max_length=100, description="number of the work order")
    device: str | None = Field(None, max_length=100, description="id of the device in use")
    branch: str | None = Field(None, max_length=64, description="branch at which the person works just now")

    def circumstances(self, client: str | None, action: Action) -> Circumstances:
        """Give them as the decision takes them."""
        return Circumstances(action, self.ticket, self.device, client, self.branch)


def client_of(request: Request) -> str | None:
    """Give the network address that the connection shows."""
    return request.client.host if request.client else None


ClientDep = Annotated[str | None, Depends(client_of)]
