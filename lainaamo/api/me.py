"""Whom a token acts as, and the sites there are."""

from dataclasses import dataclass
from typing import Annotated, Literal

from lainaamo.api import who
from lainaamo.api.offering import offers
from lainaamo.api.shapes import About
from lainaamo.core.errors import N_
from lainaamo.goods import queries as goods
from lainaamo.people.access import Right

Role = Literal[
    "resident", "worker", "counter", "supervisor", "buyer", "coordinator", "administrator"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class MyUnit:
    """A unit that one may book for."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """Whom the token acts as."""

    id: Annotated[int, About("The person's id, as `borrower` takes it")]
    first_name: Annotated[str, About("What the person is called")]
    role: Role
    units: Annotated[list[MyUnit], About("The units that the token may book for", most=100_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where things are fetched and brought back."""

    id: int
    key: str
    name: str
    address: Annotated[str, About("Street and place", most=1000)]
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteList:
    """Every site in use; so few that they need no pages."""

    items: list[Site]


@offers("GET", "/me", right=Right.ACCOUNT, summary=N_("See whom the token acts as"))
def see_me() -> Me:
    """See the person, the role, and the units to book for."""
    known = who.me()
    units = who.units() if who.may(Right.CLAIM) else []
    return Me(
        id=known.person_id,
        first_name=known.first_name,
        role=known.as_role or "resident",  # type: ignore[arg-type]  # a role of the table
        units=[MyUnit(id=unit.id, name=unit.name) for unit in units],
    )


@offers("GET", "/sites", right=Right.LOOK, summary=N_("List the sites"))
def list_sites() -> SiteList:
    """Open data: needs no token."""
    return SiteList(
        items=[
            Site(id=one.id, key=one.key, name=one.name, address=one.address, phone=one.phone)
            for one in goods.sites()
        ]
    )
