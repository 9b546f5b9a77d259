"""Borrowers at the desk: found by card or name, written down in a minute, lent to by scans."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from lainaamo.core.db import transaction
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import day, retold
from lainaamo.core.i18n import gettext as _
from lainaamo.core.web import needs, own_transactions, refused_on, settings_now
from lainaamo.desk import counter, exceptions
from lainaamo.desk.forms import NewBorrowerForm
from lainaamo.goods import codes
from lainaamo.goods import queries as goods
from lainaamo.goods.codes import label_url
from lainaamo.goods.labels import qr_svg_path
from lainaamo.lending import own_things
from lainaamo.people.access import Right
from lainaamo.people.models import Person
from lainaamo.people.rules import Contact, hide_contact

bp = Blueprint("borrowers", __name__)
HERE = "/tiski/lainaajat"


def _url(person: Person) -> str:
    return f"{HERE}/{person.id}"


# Finding and writing down


def _page(
    form: NewBorrowerForm,
    *,
    found: list[Person] | None = None,
    errors: dict[str, str] | None = None,
) -> ResponseReturnValue:
    wrong = errors or dict(form.first_errors())
    page = render_template(
        "desk/borrowers.html",
        here_url=HERE,
        mode_name=_("Borrowers"),
        values={**form.values(), "q": request.form.get("q", "")},
        errors=wrong,
        found=None if found is None else [_row(one) for one in found],
    )
    return page, 422 if wrong else 200


def _row(person: Person) -> dict[str, Any]:
    contact = Contact(None, person.phone) if person.phone else Contact(person.email, None)
    known = hide_contact(contact) if contact.text else ""
    return {"id": person.id, "name": person.first_name or known, "known_by": known}


@bp.get(HERE)
@needs(Right.BORROWERS)
def borrowers() -> ResponseReturnValue:
    """Show where a borrower is found, or written down."""
    return _page(NewBorrowerForm())


def _refused_search(refusal: Refusal) -> ResponseReturnValue:
    return _page(NewBorrowerForm(), errors={"q": retold(refusal)})


@bp.post(f"{HERE}/haku")
@needs(Right.BORROWERS)
@own_transactions
@refused_on(_refused_search)
def search() -> ResponseReturnValue:
    """Find borrowers; the journal knows who looked and whom they saw.

    Its answer names people, so it is not kept for a repeat as other answers are.
    """
    asked, host = request.form.get("q", ""), settings_now().public_host
    with transaction():
        counter.note_look_up(asked, host=host)
    found = counter.look_up(asked, host=host)
    return _page(NewBorrowerForm(), found=found)


@bp.post(f"{HERE}/<int:person_id>/avaus")
@needs(Right.BORROWERS)
def open_borrower(person_id: int) -> ResponseReturnValue:
    """Go to a borrower's page; the journal knows who did."""
    person = counter.open_borrower(person_id)
    return redirect(_url(person), 303)


def _refused_new(refusal: Refusal) -> ResponseReturnValue:
    return _page(NewBorrowerForm(request.form), errors={"": retold(refusal)})


@bp.post(HERE)
@needs(Right.BORROWERS)
@refused_on(_refused_new)
def add_borrower() -> ResponseReturnValue:
    """Write a borrower down: a first name is enough."""
    form = NewBorrowerForm(request.form)
    if not form.validate():
        return _page(form)
    person = counter.add_borrower(
        str(form.first_name.data), contact=form.reached_at(), card=_card(form.card.data)
    )
    return redirect(_url(person), 303)


def _card(text: str | None) -> str | None:
    return codes.read(text, host=settings_now().public_host) if text else None


# One borrower


def _borrower_page(person_id: int, refusal: Refusal | None = None) -> ResponseReturnValue:
    person = counter.get_borrower(person_id)
    now, _before = own_things.of_person(person.id, settings_now())
    sign = goods.sign_of_person(person.id)
    path, side = qr_svg_path(label_url(settings_now().public_url, sign)) if sign else ("", 0)
    return render_template(
        "desk/borrower.html",
        here_url=f"{HERE}/{person.id}",
        mode_name=_("Borrower"),
        person=_row(person),
        now=now,
        sign=sign,
        qr={"path": path, "side": side},
        lent=_lent(request.args.get("lainattu", "")),
        refusal=retold(refusal) if refusal else None,
        refused_code=request.form.get("code", ""),
        reasons=exceptions.offered(refusal) if refusal else [],
    )


def _lent(sign: str) -> str | None:
    """Say until when the thing that was scanned last is lent, where it is."""
    if not codes.is_code(sign):
        return None
    try:
        name, due_on = counter.lent(sign)
    except NoResultFound:
        return None
    return _("%(name)s: return by %(day)s", name=name, day=day(due_on)) if due_on else None


def _refused(refusal: Refusal, person_id: int) -> ResponseReturnValue:
    return _borrower_page(person_id, refusal)


@bp.get(f"{HERE}/<int:person_id>")
@needs(Right.BORROWERS)
def borrower(person_id: int) -> ResponseReturnValue:
    """Show a borrower's first name and open things: nothing more is needed to serve."""
    return _borrower_page(person_id)


@bp.post(f"{HERE}/<int:person_id>/lainat")
@needs(Right.BORROWERS)
@refused_on(_refused)
def lend(person_id: int) -> ResponseReturnValue:
    """Hand the scanned thing out: for the borrower's own reservation, or without one."""
    person = counter.get_borrower(person_id)
    sign = codes.read(request.form.get("code", ""), host=settings_now().public_host)
    if goods.find_code(sign) is None:
        words = N_("This code is not in use here. Check that you read the right label.")
        raise Refusal(words, code="unknown_code")
    counter.lend(goods.get_item_by_code(sign), person, override=exceptions.given())
    return redirect(f"{_url(person)}?lainattu={sign}", 303)


@bp.post(f"{HERE}/<int:person_id>/kortti")
@needs(Right.BORROWERS)
@refused_on(_refused)
def give_card(person_id: int) -> ResponseReturnValue:
    """Give a borrower a card: the blank one that was scanned, or a new code to print."""
    person = counter.get_borrower(person_id)
    counter.give_card(person, _card(request.form.get("card")))
    return redirect(_url(person), 303)
