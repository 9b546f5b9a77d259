"""Who reserves: somebody who signed in, for oneself or a child, or whoever fills the form in."""

from dataclasses import dataclass
from typing import NamedTuple

from flask import request

from lainaamo.catalogue.forms import BorrowerForm, OwnForm
from lainaamo.core.db import session
from lainaamo.core.i18n import locale
from lainaamo.doors.asking import asking_browser
from lainaamo.lending.actions import Borrower
from lainaamo.lending.confirming import Stranger
from lainaamo.people import actions as people
from lainaamo.people import residents
from lainaamo.people.access import Right
from lainaamo.people.models import Person
from lainaamo.people.visitor import Door, served, visitor

ME, CALLER = "me", "caller-"


@dataclass(frozen=True, slots=True)
class Somebody:
    """Whom one may reserve for without writing anything: oneself, or a child."""

    key: str
    first_name: str
    is_self: bool = False
    height_cm: int | None = None
    shoe_size: int | None = None


class Known(NamedTuple):
    """Who borrows without writing anything, and what stands for them in a form."""

    person_id: int
    first_name: str
    key: str


def known() -> Known | None:
    """Return who signed in to borrow, or whom the staff act for; else the form is filled in.

    Whom the staff act for has a key of their own: a form that was opened for another is refused.
    """
    me, caller = visitor(), served()
    if caller is not None:
        return Known(caller.person_id, caller.first_name, f"{CALLER}{caller.person_id}")
    if me is None or not me.first_name or Door().may(Right.DESK):
        return None
    return Known(me.person_id, me.first_name, ME)


def own_people() -> list[Somebody]:
    """Return oneself and one's children; nobody where the form asks for the name."""
    me = known()
    if me is None:
        return []
    children = residents.children_of(me.person_id)
    rest = [
        Somebody(str(one.id), one.first_name, height_cm=one.height_cm, shoe_size=one.shoe_size)
        for one in children
    ]
    return [Somebody(me.key, me.first_name, is_self=True), *rest]


def read_form() -> BorrowerForm | OwnForm:
    """Return the form that was sent: the short one of who is signed in, or the whole."""
    own = own_people()
    if not own:
        return BorrowerForm(request.form)
    form = OwnForm(request.form)
    form.for_whom.choices = [(one.key, one.first_name) for one in own]
    return form


def stranger_of(form: BorrowerForm | OwnForm) -> Stranger | None:
    """Return who must confirm the contact: nobody who has signed in with it, nor the staff."""
    if not isinstance(form, BorrowerForm) or Door().may(Right.DESK):
        return None
    contact, me = form.reached_at(), visitor()
    person = session.get(Person, me.person_id) if me is not None else None
    if person is not None and contact.text in {person.email, person.phone}:
        return None
    name = (form.first_name.data or "").strip()
    return Stranger(
        name, contact, browser=asking_browser(), locale=locale(), age_agreed=form.of_age.data
    )


def borrower_of(form: BorrowerForm | OwnForm) -> Borrower:
    """Return who borrows, and for whom; somebody new is written down."""
    if isinstance(form, BorrowerForm):
        first_name = (form.first_name.data or "").strip()
        person = people.find_or_add(first_name, form.reached_at(), locale=locale())
        return Borrower(first_name, person_id=person.id, age_agreed=form.of_age.data)
    me = known()
    if me is None:
        raise LookupError("the short form is for who is signed in")
    for_whom = dict(form.for_whom.choices)[form.for_whom.data]
    return Borrower(for_whom, person_id=me.person_id, age_agreed=form.of_age.data)
