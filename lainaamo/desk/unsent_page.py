"""Messages that did not arrive, each with what to do next: whom to call, at which number."""

from typing import Any

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from lainaamo.core.errors import N_
from lainaamo.core.i18n import gettext as _
from lainaamo.core.web import needs
from lainaamo.desk import borrower_page, sent
from lainaamo.lending import sendings
from lainaamo.lending.models import Sending
from lainaamo.people.access import Right
from lainaamo.people.rules import show_phone

bp = Blueprint("unsent", __name__)
HERE = "/tiski/viestit"
WHY = {
    "refused": N_("The e-mail address takes no mail."),
    "undelivered": N_("The text message did not reach the phone."),
    "tried": N_("It was tried for a long time."),
}


@bp.get(HERE)
@needs(Right.BORROWERS)
def unsent() -> ResponseReturnValue:
    """Show what did not arrive in the last month and nobody has seen to."""
    rows = [_row(one) for one in sendings.failed()]
    return render_template(
        "desk/unsent.html", here_url=HERE, mode_name=_("Messages that did not arrive"), rows=rows
    )


def _row(sending: Sending) -> dict[str, Any]:
    person = sending.person
    phone = person.phone if person else None
    return {
        **sent.row(sending),
        "id": sending.id,
        "why": _(WHY[_why(sending)]),
        "name": borrower_page.row(person)["name"] if person else "",
        "url": borrower_page.url_of(person) if person else None,
        "phone": phone,
        "number": show_phone(phone) if phone else None,
    }


def _why(sending: Sending) -> str:
    if sending.undelivered_at is not None:
        return "undelivered"
    return "refused" if sending.message.last_error == "refused" else "tried"


@bp.post(f"{HERE}/<int:sending_id>/hoidettu")
@needs(Right.BORROWERS)
def settle(sending_id: int) -> ResponseReturnValue:
    """Say that somebody was told in another way."""
    sendings.settle(sending_id)
    return redirect(HERE, 303)
