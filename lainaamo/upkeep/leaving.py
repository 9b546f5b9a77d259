"""Taking a copy of all that is kept about oneself, and being forgotten: by a code, in one's name.

The desk does the same for who calls or stands there.
"""

from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select

from lainaamo.core import clock, journal, outbox
from lainaamo.core.db import session, transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import locale, retold, speaking
from lainaamo.core.secrets import installation_key
from lainaamo.core.web import needs, own_transactions, refused_on, settings_now
from lainaamo.doors.asking import asking_browser, count_asking, remembering, what_is_wrong
from lainaamo.doors.own_forms import CodeForm
from lainaamo.people import residents
from lainaamo.people.access import Right
from lainaamo.people.models import ContactProof, Person
from lainaamo.people.rules import Contact, hide_contact
from lainaamo.people.visitor import COOKIE
from lainaamo.upkeep import erasing, own_copy
from lainaamo.upkeep.code_notices import ERASING

bp = Blueprint("leaving", __name__)
HERE, CODE, AT_DESK = "/omat/poisto", "/omat/poisto/vahvistus", "/tiski/lainaajat"


# A copy


@bp.post("/omat/tiedot.zip")
@needs(Right.ACCOUNT)
@own_transactions
def take_copy() -> ResponseReturnValue:
    """Give all that is kept about who is signed in, as a file."""
    return _copy(current_user.person_id)


def _copy(person_id: int) -> Response:
    """Give a copy; the journal knows who took it, and it is not kept for a repeat."""
    with transaction():
        journal.write("person.copied", "person", person_id)
    made = own_copy.as_zip(person_id, service=settings_now().service_name)
    response = Response(made, content_type="application/zip")
    file = f"omat-tiedot-{clock.today()}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    response.headers["Cache-Control"] = "no-store"
    return response


# Being forgotten


def _page(
    *, refusal: str | None = None, error: str | None = None, asks: bool = False
) -> ResponseReturnValue:
    me = _me()
    page = render_template(
        "doors/leave.html",
        here_url=CODE if asks else HERE,
        refusal=refusal or _objection(me.id),
        sent_to=hide_contact(_contact_of(me)),
        by_phone=_contact_of(me).phone is not None,
        asks=asks,
        errors={"code": error} if error else {},
        **_ends(me.id),
    )
    return remembering(page, 422 if error else 200)


def _me() -> Person:
    return session.get_one(Person, current_user.person_id)


def _contact_of(person: Person) -> Contact:
    """Return where the code goes: the phone that is at hand, else the mail."""
    return Contact(None, person.phone) if person.phone else Contact(person.email, None)


def _objection(person_id: int) -> str | None:
    try:
        erasing.check_may_go(person_id)
    except Refusal as refusal:
        return retold(refusal)
    return None


def _ends(person_id: int) -> dict[str, Any]:
    reservations, waits = erasing.count_open(person_id)
    return {"reservations": reservations, "waits": waits}


def _refused(refusal: Refusal) -> ResponseReturnValue:
    return _page(refusal=retold(refusal))


@bp.get(HERE)
@needs(Right.ACCOUNT)
def leave() -> ResponseReturnValue:
    """Say what being forgotten means, and what stands in its way."""
    return _page()


@bp.post(f"{HERE}/koodi")
@needs(Right.ACCOUNT)
@refused_on(_refused)
def ask_code() -> ResponseReturnValue:
    """Send the code by which one is forgotten to a contact of one's own."""
    me = _me()
    erasing.check_may_go(me.id)
    contact, browser = _contact_of(me), asking_browser()
    count_asking(contact)
    proof = residents.write_proof(
        contact, browser=browser, going=residents.ERASES, locale=locale(), person_id=me.id
    )
    outbox.promise(ERASING, str(proof.id), proof=proof.id)
    return remembering(redirect(CODE, 303), token=browser)


@bp.get(CODE)
@needs(Right.ACCOUNT)
def code_page() -> ResponseReturnValue:
    """Ask for the code that was sent."""
    if _asked() is None:
        return redirect(HERE, 303)
    return _page(asks=True)


def _asked() -> ContactProof | None:
    return residents.find_to_erase(asking_browser(), current_user.person_id)


@bp.post(CODE)
@needs(Right.ACCOUNT)
@own_transactions
@refused_on(_refused)
def be_forgotten() -> ResponseReturnValue:
    """Take the code and forget the person, all in one transaction."""
    form, person_id = CodeForm(request.form), current_user.person_id
    if not form.validate():
        return _page(error=form.first_errors()["code"], asks=True)
    proof = _asked()
    if proof is None:
        return _page(error=_("This code is too old. Ask for a new code."), asks=True)
    key, proof_id = installation_key(current_app.config["SETTINGS"]), proof.id
    wrong = what_is_wrong(form, proof, key)
    if wrong:
        return _page(error=wrong, asks=True)
    with transaction():
        residents.use_up(proof_id)
        erasing.erase(person_id)
    response = remembering(redirect("/omat/poistettu", 303), token="")
    response.delete_cookie(COOKIE)
    return response


@bp.get("/omat/poistettu")
@needs(Right.SIGN_IN)
def forgotten() -> ResponseReturnValue:
    """Say that it is done: the same to everybody, so that it tells nothing of anybody."""
    return render_template("doors/left.html", here_url="/omat/poistettu")


# At the desk


def _borrower(person_id: int) -> Person:
    wanted = select(Person).where(Person.id == person_id, Person.left_at.is_(None))
    return session.scalars(wanted).one()


def _desk_page(person_id: int, refusal: Refusal | None = None) -> str:
    person = _borrower(person_id)
    contact = _contact_of(person)
    return render_template(
        "desk/erase.html",
        here_url=f"{AT_DESK}/{person.id}/poisto",
        mode_name=_("Borrower"),
        person={"id": person.id, "name": person.first_name or hide_contact(contact)},
        refusal=retold(refusal) if refusal else _objection(person.id),
        **_ends(person.id),
    )


def _refused_desk(refusal: Refusal, person_id: int) -> ResponseReturnValue:
    return _desk_page(person_id, refusal)


@bp.get(f"{AT_DESK}/<int:person_id>/poisto")
@needs(Right.ERASE)
def erase_page(person_id: int) -> ResponseReturnValue:
    """Ask before a borrower is forgotten: there is no undo."""
    return _desk_page(person_id)


@bp.post(f"{AT_DESK}/<int:person_id>/poisto")
@needs(Right.ERASE)
@refused_on(_refused_desk)
def erase(person_id: int) -> ResponseReturnValue:
    """Forget a borrower who asks for it at the desk or by phone."""
    erasing.erase(_borrower(person_id).id)
    return redirect(f"{AT_DESK}?poistettu=1", 303)


@bp.post(f"{AT_DESK}/<int:person_id>/tiedot.zip")
@needs(Right.ERASE)
@own_transactions
def give_copy(person_id: int) -> ResponseReturnValue:
    """Give a copy of what is kept about a borrower who asks for it, in the borrower's language."""
    with speaking(_borrower(person_id).locale):
        return _copy(person_id)
