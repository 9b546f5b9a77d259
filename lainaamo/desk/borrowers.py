"""Borrowers at the desk: found by card or name, written down in a minute, lent to by scans."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lainaamo.core.db import transaction
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import retold
from lainaamo.core.web import needs, own_transactions, refused_on, settings_now
from lainaamo.desk import borrower_page, counter, exceptions, seeking
from lainaamo.desk.borrower_page import HERE, row, url_of
from lainaamo.desk.forms import LONGEST_NAME, NewBorrowerForm
from lainaamo.goods import codes, in_hand
from lainaamo.goods import queries as goods
from lainaamo.lending import renew_door
from lainaamo.people.access import Right
from lainaamo.people.models import Person

bp = Blueprint("borrowers", __name__)


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
        found=None if found is None else [row(one) for one in found],
    )
    return page, 422 if wrong else 200


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
    return _page(NewBorrowerForm(data={} if found else _new(asked)), found=found)


def _new(asked: str) -> dict[str, str]:
    """Return what was looked for in vain, where a new borrower's form would have it."""
    if seeking.is_contact(asked):
        return {"contact": asked.strip()}
    return {"first_name": asked.strip()} if len(asked) <= LONGEST_NAME else {}


@bp.post(f"{HERE}/<int:person_id>/avaus")
@needs(Right.BORROWERS)
def open_borrower(person_id: int) -> ResponseReturnValue:
    """Go to a borrower's page; the journal knows who did."""
    person = counter.open_borrower(person_id)
    return redirect(url_of(person), 303)


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
    return redirect(url_of(person), 303)


def _card(text: str | None) -> str | None:
    return codes.read(text, host=settings_now().public_host) if text else None


# One borrower


def _refused(refusal: Refusal, person_id: int) -> ResponseReturnValue:
    return borrower_page.page(person_id, refusal)


@bp.get(f"{HERE}/<int:person_id>")
@needs(Right.BORROWERS)
def borrower(person_id: int) -> ResponseReturnValue:
    """Show a borrower's first name and open things: nothing more is needed to serve."""
    return borrower_page.page(person_id)


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
    counter.lend(in_hand.get(sign), person, override=exceptions.given())
    return redirect(f"{url_of(person)}?lainattu={sign}", 303)


@bp.post(f"{HERE}/<int:person_id>/jatko")
@needs(Right.BORROWERS)
@refused_on(_refused)
def renew(person_id: int) -> ResponseReturnValue:
    """Renew what the borrower asks to keep for longer, and say of each what became of it."""
    person = counter.get_borrower(person_id)
    results = renew_door.renew_chosen(person.id)
    return borrower_page.page(person.id, renewed=renew_door.told(results))


@bp.post(f"{HERE}/<int:person_id>/kortti")
@needs(Right.BORROWERS)
@refused_on(_refused)
def give_card(person_id: int) -> ResponseReturnValue:
    """Give a borrower a card: the blank one that was scanned, or a new code to print."""
    person = counter.get_borrower(person_id)
    counter.give_card(person, _card(request.form.get("card")))
    return redirect(url_of(person), 303)
