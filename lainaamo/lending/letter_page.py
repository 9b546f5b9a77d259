"""What a message names, opened by its link: loans to renew, reservations to look at."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, current_app, make_response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import days, long_day, retold
from lainaamo.core.i18n import gettext as _
from lainaamo.core.web import needs, refused_on
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Site
from lainaamo.goods.words import name_of, sized
from lainaamo.lending import letter_links, queries, renew_door, sendings
from lainaamo.lending.links import own_path
from lainaamo.lending.models import Loan, Reservation, SendingAbout
from lainaamo.people.access import Right
from lainaamo.people.models import Person

bp = Blueprint("letters", __name__)
Shown = dict[str, Any]


def _named(token: str) -> tuple[Person, Sequence[SendingAbout]]:
    found = letter_links.find(token, current_app.config["SETTINGS"])
    person = session.get(Person, found.person_id) if found and found.person_id else None
    if found is None or person is None or person.left_at is not None:
        raise NoResultFound
    return person, sendings.named_by(found.id)


def _loans(person: Person, named: Sequence[SendingAbout]) -> Sequence[Loan]:
    """Return the loans that were named, those only that are still this person's."""
    ids = [one.loan_id for one in named if one.loan_id is not None]
    wanted = select(Loan).where(Loan.id.in_(ids), Loan.person_id == person.id)
    return session.scalars(wanted.order_by(Loan.due_on, Loan.id)).all()


def _page(
    token: str, *, refusal: str | None = None, renewed: Sequence[Mapping[str, object]] = ()
) -> ResponseReturnValue:
    person, named = _named(token)
    loans = _loans(person, named)
    out = [loan for loan in loans if loan.returned_at is None]
    page = render_template(
        "lending/letter.html",
        here_url=f"/v/{token}",
        renew_url=f"/v/{token}/jatko",
        name=person.first_name,
        loans=_shown(loans),
        seen=[(f"seen_{loan.id}", loan.due_on.isoformat()) for loan in out],
        reservations=_reservations(person, named),
        site=_site(loans),
        refusal=refusal,
        renewed=renewed,
    )
    response = make_response(page)
    # The address is the key: no copy in a shared computer, no trace at the next site.
    response.headers.update({"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    return response


def _shown(loans: Sequence[Loan]) -> list[Shown]:
    items = goods.items_by_id(loan.item_id for loan in loans)
    today = clock.today()
    return [
        {
            "name": sized(name_of(items[loan.item_id].kind), items[loan.item_id].size),
            "picture": items[loan.item_id].kind.picture
            or items[loan.item_id].kind.category.pictogram,
            "state": _state(loan),
            "text": _("returned") if loan.returned_at else _due(loan),
            "late": loan.returned_at is None and loan.due_on < today,
        }
        for loan in loans
    ]


def _state(loan: Loan) -> str:
    if loan.returned_at is not None:
        return "returned"
    return "late" if loan.due_on < clock.today() else "on_loan"


def _due(loan: Loan) -> str:
    return _("Return by %(day)s", day=long_day(loan.due_on))


def _reservations(person: Person, named: Sequence[SendingAbout]) -> list[Shown]:
    """Return the reservations that were named, those only that are still this person's."""
    ids = [one.reservation_id for one in named if one.reservation_id is not None]
    mine = (Reservation.id.in_(ids), Reservation.person_id == person.id)
    wanted = queries.whole().where(*mine).order_by(Reservation.first_day, Reservation.id)
    return [_reservation(made) for made in session.scalars(wanted)] if ids else []


def _reservation(made: Reservation) -> Shown:
    return {
        "name": ", ".join(sized(name_of(line.kind), line.size) for line in made.lines),
        "days": days(made.first_day, made.last_day),
        "is_over": all(line.ended_at is not None for line in made.lines),
        "url": own_path(made, current_app.config["SETTINGS"]),
    }


def _site(loans: Sequence[Loan]) -> Shown | None:
    if not loans:
        return None
    site = session.get_one(Site, loans[0].site_id)
    return {"name": site.name, "address": site.address, "phone": site.phone}


def _refused(refusal: Refusal, token: str) -> ResponseReturnValue:
    return _page(token, refusal=retold(refusal))


@bp.get("/v/<token>")
@needs(Right.OWN_LINK)
def letter(token: str) -> ResponseReturnValue:
    """Show what a message named, as it is now, to who has the link."""
    return _page(token)


@bp.post("/v/<token>/jatko")
@needs(Right.OWN_LINK)
@refused_on(_refused)
def renew(token: str) -> ResponseReturnValue:
    """Renew what a message named and is still out, and say each result."""
    person, named = _named(token)
    out = [loan for loan in _loans(person, named) if loan.returned_at is None]
    results = renew_door.renew_seen(out)
    return _page(token, renewed=renew_door.told(results))
