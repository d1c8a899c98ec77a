"""Who acts when a command works on a data folder: its owner, or the person that `--as` names."""

from governance.house import House
from governance.identity import Caller, caller_for
from storage import read_only

OWNER = Caller(person_id="owner", name="owner", roles=("admin",), purposes=(), via="owner")


def folder_caller(house: House, person: str | None) -> Caller:
    """Give the caller for a command on the data folder.

    Raises:
        PersonUnknownError: nobody active has this id.
    """
    if person is None:
        return OWNER
    with read_only(house.engine) as session:
        return caller_for(session, person, "as")
