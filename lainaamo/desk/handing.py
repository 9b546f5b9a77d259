"""Handing a thing out from the desk's answer: to a borrower, for a reservation, to a unit."""

from flask import Blueprint, make_response, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import locale, retold
from lainaamo.core.web import needs, refused_on
from lainaamo.desk import actions, cards, exceptions, queries, screen
from lainaamo.desk.forms import BorrowerForm
from lainaamo.desk.queries import Standing
from lainaamo.desk.rules import Mode
from lainaamo.goods import in_hand
from lainaamo.goods import queries as goods
from lainaamo.lending.actions import Borrower
from lainaamo.people import actions as people
from lainaamo.people.access import Right

bp = Blueprint("handing", __name__)


def _refused_loan(refusal: Refusal) -> ResponseReturnValue:
    """Show who was to borrow again, with the reason why not, and a way to lend anyway."""
    standing = screen.known_thing(request.form.get("tavara", ""))
    if standing is None:
        return screen.refused(refusal)
    if request.form.get("line"):
        return screen.show(Mode.LOAN, _of_line(refusal, standing))
    card = cards.of_thing(standing, Mode.LOAN, form=BorrowerForm(request.form))
    if not card.get("borrower_form"):
        return screen.refused(refusal)
    told = {"tone": "bad", "title": retold(refusal), "reasons": exceptions.offered(refusal)}
    return screen.show(Mode.LOAN, card | told)


def _of_line(refusal: Refusal, standing: Standing) -> cards.Card:
    card, reasons = cards.of_refusal(refusal, standing), exceptions.offered(refusal)
    if not reasons:
        return card
    asked = [(name, request.form.get(name, "")) for name in ("tavara", "line")]
    return {**card, "anyway": {"url": cards.LOANS, "fields": asked, "reasons": reasons}}


@bp.post("/tiski/lainat")
@needs(Right.DESK)
@refused_on(_refused_loan)
def hand_out() -> ResponseReturnValue:
    """Give a thing to whom it is reserved for, or to somebody who came without a reservation."""
    sign = screen.read_sign(request.form.get("tavara"))
    thing = in_hand.get(sign)
    if request.form.get("line"):
        actions.hand_out_to_line(thing, screen.number("line"), override=exceptions.given())
        return screen.go(Mode.LOAN, tavara=sign, tulos="lainattu")
    form = BorrowerForm(request.form)
    if not form.validate():
        standing = queries.get_standing(sign)
        page = screen.show(Mode.LOAN, cards.of_thing(standing, Mode.LOAN, form=form))
        return make_response(page, 422)
    person_id = people.known_as(form.name(), form.reached_at(), locale=locale())
    borrower = Borrower(form.name(), person_id=person_id)
    actions.hand_out_to(thing, borrower, due_on=form.until(), override=exceptions.given())
    return screen.go(Mode.LOAN, tavara=sign, tulos="lainattu")


@bp.post("/tiski/luovutukset")
@needs(Right.DESK)
@refused_on(screen.refused)
def hand_over() -> ResponseReturnValue:
    """Let a unit take what it booked of the lot that was scanned."""
    sign = screen.read_sign(request.form.get("tavara"))
    item = goods.get_item_by_code(sign)
    claim_id, number = screen.number("claim"), screen.number("number")
    actions.hand_over_to_unit(item, claim_id, number, person_id=current_user.person_id)
    return screen.go(screen.form_mode(), tavara=sign, tulos="luovutettu")
