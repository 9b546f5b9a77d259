"""A person's badge: making it, and the page from which it is printed."""

from flask import Blueprint, current_app, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from lainaamo.core.db import session
from lainaamo.core.secrets import installation_key
from lainaamo.core.web import needs
from lainaamo.goods.labels import qr_svg_path
from lainaamo.people import registry, staff
from lainaamo.people.access import Right
from lainaamo.people.models import Person
from lainaamo.people.proofs import badge_text
from lainaamo.people.visitor import Door

bp = Blueprint("badges", __name__)
HOME = "/hallinta/kayttajat/<int:person_id>/kortti"


def _get(person_id: int) -> Person:
    """Return a person whom this visitor looks after."""
    person = session.get(Person, person_id)
    roles = registry.roles_of_many([person_id]).get(person_id, ())
    sees = Door().may(Right.USERS) or (person and registry.is_only_worker(roles, person))
    if person is None or not sees:
        raise NoResultFound
    return person


@bp.get(HOME)
@needs(Right.WORKERS)
def badge(person_id: int) -> ResponseReturnValue:
    """Show somebody's badge for printing, or let one be made."""
    person, made = _get(person_id), staff.find_badge(person_id)
    key = installation_key(current_app.config["SETTINGS"])
    path, size = qr_svg_path(badge_text(key, made.nonce)) if made else ("", 0)
    return render_template(
        "desk/badge.html",
        name=person.first_name,
        number=person.number,
        url=f"/hallinta/kayttajat/{person.id}",
        may_make=person.left_at is None,
        qr_path=path,
        qr_size=size,
    )


@bp.post(HOME)
@needs(Right.WORKERS)
def make_badge(person_id: int) -> ResponseReturnValue:
    """Make a new badge; a lost one opens nothing from now on."""
    person = _get(person_id)
    if person.left_at is None:
        staff.make_badge(person, key=installation_key(current_app.config["SETTINGS"]))
    return redirect(f"/hallinta/kayttajat/{person_id}/kortti", 303)


@bp.post(f"{HOME}/paattyminen")
@needs(Right.WORKERS)
def end_badge(person_id: int) -> ResponseReturnValue:
    """End somebody's badge without a new one."""
    staff.lose_badge(_get(person_id))
    return redirect(f"/hallinta/kayttajat/{person_id}/kortti", 303)
