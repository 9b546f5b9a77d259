"""Who a program acts for, what it may see, and whom the ids it sends mean."""

from typing import Annotated

from flask import current_app
from sqlalchemy.exc import NoResultFound
from werkzeug.exceptions import Forbidden

from lainaamo.api import queries
from lainaamo.api.shapes import About, Unfit
from lainaamo.config import Settings
from lainaamo.core.addresses import LARGEST_ID
from lainaamo.core.i18n import gettext as _
from lainaamo.goods import holders
from lainaamo.goods.models import Kind, Site
from lainaamo.people import queries as people
from lainaamo.people.access import Right
from lainaamo.people.models import Person, Unit
from lainaamo.people.visitor import Door, Visitor, visitor
from lainaamo.procurement import queries as procurement

SiteRef = Annotated[int | str | None, About("A site's id or key", example="varasto")]
Borrower = Annotated[
    int | str | None,
    About("Whom it is for: a person's id, or the code of a card. Staff only.", example="K7M4P"),
]


def me() -> Visitor:
    """Return whom the token is of."""
    found = visitor()
    if found is None:
        raise Forbidden
    return found


def may(right: Right) -> bool:
    """Tell whether the token may do something."""
    return Door().may(right)


def check_may(right: Right) -> None:
    """Refuse what the token may not do."""
    if not may(right):
        raise Forbidden


def settings() -> Settings:
    """Return how the service is set up."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def page_of(kind: Kind) -> str:
    """Return the whole address of a kind's page."""
    return page_at(kind.id, kind.pool)


def page_at(kind_id: int, pool: str) -> str:
    """Return the whole address of the page of a kind of a pool."""
    folder = "kierto" if pool == "reuse" else "valineet"
    return f"{settings().public_url.rstrip('/')}/{folder}/{kind_id}"


def get_borrower(named: int | str, *, at: str) -> Person:
    """Return whom a person's id or a card means; only staff may name others."""
    check_may(Right.BORROWERS)
    found = holders.find_by_id(read_id(named)) or _by_card(named)
    if found is None:
        raise Unfit({at: _("Nobody has this id or this card.")})
    return found


def _by_card(named: int | str) -> Person | None:
    if isinstance(named, int):
        return None
    return holders.find_by_card(named, host=settings().public_host)


def read_id(named: int | str) -> int:
    """Return an id from JSON or from an address; what is none is nobody's."""
    text = str(named)
    is_id = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ID))
    return int(text) if is_id else 0


def myself() -> Person:
    """Return the person that the token acts as."""
    found = holders.find_by_id(me().person_id)
    if found is None:
        raise NoResultFound
    return found


def get_site(named: int | str, *, at: str = "site") -> Site:
    """Return an open site by its id or key."""
    found = queries.find_site(read_id(named)) or queries.find_site(str(named))
    if found is None:
        raise Unfit({at: _("There is no such site.")})
    return found


def units() -> list[Unit]:
    """Return the units that the token may book for: of its person, within its own unit."""
    known = me()
    reached = procurement.units_for(known.person_id, everywhere=may(Right.EVERY_UNIT))
    if known.unit_id is None:
        return list(reached)
    inside = people.units_below(known.unit_id)
    return [unit for unit in reached if unit.id in inside]


def units_of_card(named: int | str) -> set[str]:
    """Return the ids of the units that somebody's card buys for; units have no cards themselves."""
    person = _by_card(named)
    if person is None:
        return set()
    return {str(unit.id) for unit in procurement.units_for(person.id, everywhere=False)}
