"""Journeys of identity: people's passwords and tokens, each act an entry."""

from datetime import timedelta

from audit import append
from governance.house import House
from governance.identity import IssuedToken, Passwords, issue_token, set_password
from storage import new_id, unit_of_work


def issue_token_for(house: House, actor: str, person: str, hours: int | None) -> IssuedToken:
    """Issue an API token and wait until its entry is durable.

    Raises:
        PersonUnknownError: nobody active has this id.
    """
    at = house.clock()
    lifetime = timedelta(hours=hours or house.settings.token_hours)
    with unit_of_work(house.engine) as session:
        issued = issue_token(session, person, lifetime=lifetime, now=at, keys=house.keys)
        entry = append(
            session,
            house.event(
                "token.issued",
                actor,
                issued.id,
                facts={"person": person, "hours": int(lifetime.total_seconds() // 3600)},
            ),
        )
    house.notarised(entry)
    return issued


def give_password(house: House, actor: str, person: str, password: str, passwords: Passwords) -> None:
    """Set a person's password and wait until its entry is durable.

    Raises:
        PersonUnknownError: nobody has this id.
        PasswordTooWeakError: the password is too short.
    """
    with unit_of_work(house.engine) as session:
        set_password(session, person, password, passwords=passwords)
        entry = append(session, house.event("person.changed", actor, new_id(house.clock()), facts={"person": person}))
    house.notarised(entry)
