"""One borrower's page at the desk: the first name, the open things, the card, a block."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from sqlalchemy.exc import NoResultFound

from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import day, retold
from lainaamo.core.i18n import gettext as _
from lainaamo.core.web import settings_now
from lainaamo.desk import counter, exceptions, permits
from lainaamo.desk.forms import BlockForm, PermitForm
from lainaamo.goods import codes
from lainaamo.goods import queries as goods
from lainaamo.goods.codes import label_url
from lainaamo.goods.labels import qr_svg_path
from lainaamo.lending import blocks, own_things, queries
from lainaamo.people.models import Person
from lainaamo.people.rules import Contact, hide_contact

HERE = "/tiski/lainaajat"
FEW = 5
Shown = dict[str, Any]


def url_of(person: Person) -> str:
    """Return the address of a borrower's page."""
    return f"{HERE}/{person.id}"


def row(person: Person) -> Shown:
    """Return so much of a person that the desk knows who it is."""
    contact = Contact(None, person.phone) if person.phone else Contact(person.email, None)
    known = hide_contact(contact) if contact.text else ""
    return {"id": person.id, "name": person.first_name or known, "known_by": known}


def page(
    person_id: int,
    refusal: Refusal | None = None,
    *,
    form: BlockForm | PermitForm | None = None,
    renewed: Sequence[Shown] = (),
) -> str:
    """Show a borrower, with what was refused, renewed, or is to be corrected in a block's form."""
    person = counter.get_borrower(person_id)
    now, before = own_things.of_person(person.id, settings_now())
    sign = goods.sign_of_person(person.id)
    path, side = qr_svg_path(label_url(settings_now().public_url, sign)) if sign else ("", 0)
    return render_template(
        "desk/borrower.html",
        here_url=url_of(person),
        mode_name=_("Borrower"),
        person=row(person),
        now=now,
        before=before[:FEW],
        waits=[
            {**one, "line_url": f"/jonot/{one['kind_id']}"}
            for one in own_things.waits_of(person.id)
        ],
        renewed=renewed,
        sign=sign,
        qr={"path": path, "side": side},
        lent=_lent(request.args.get("lainattu", "")),
        block=block_of(person.id),
        block_reasons=[(code, _(words)) for code, words in blocks.REASONS.items()],
        values=form.values() if form else {},
        errors=form.first_errors() if form else {},
        refusal=retold(refusal) if refusal else None,
        refused_code=request.form.get("code", ""),
        reasons=exceptions.offered(refusal) if refusal else [],
        **permits.shown(person.id),
    )


def block_of(person_id: int) -> Shown | None:
    """Return until when somebody borrows nothing, and why; None where nothing stops a loan."""
    found = queries.find_block(person_id)
    if found is None:
        return None
    return {"last_day": found.last_day, "reason": _(blocks.REASONS[found.reason])}


def _lent(sign: str) -> str | None:
    """Say until when the thing that was scanned last is lent, where it is."""
    if not codes.is_code(sign):
        return None
    try:
        name, due_on = counter.lent(sign)
    except NoResultFound:
        return None
    return _("%(name)s: return by %(day)s", name=name, day=day(due_on)) if due_on else None
