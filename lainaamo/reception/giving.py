"""Who gives: a unit in one tap, a resident who accepts the terms, and the thanks."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lainaamo.core.errors import Refusal
from lainaamo.core.forms import written
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import locale, retold
from lainaamo.core.web import needs, settings_now
from lainaamo.goods import queries as goods
from lainaamo.goods.words import name_of
from lainaamo.pages import markup, queries, texts
from lainaamo.pages.views import house
from lainaamo.people.access import Right
from lainaamo.people.rules import Contact, read_contact
from lainaamo.reception import arrivals, donors, receiving_page
from lainaamo.reception.receiving_page import HERE
from lainaamo.reception.way import Way

bp = Blueprint("giving", __name__)
LONGEST_NAME = 60
TERMS = "donating"


@bp.get(f"{HERE}/antajat")
@needs(Right.RECEIVE)
def givers() -> ResponseReturnValue:
    """Show who may have given: units, the last ones first, or a resident."""
    return _page(Way.of(request.args))


def _page(way: Way, errors: dict[str, str] | None = None) -> ResponseReturnValue:
    lately, others = arrivals.givers()
    text, nobody = _terms(), way.from_nobody()
    page = render_template(
        "reception/givers.html",
        mode_name=_("Who gives?"),
        here_url=f"{HERE}/antajat",
        form_url=f"{HERE}/antajat",
        fields=nobody.fields,
        nobody_url=nobody.url(HERE),
        lately=[_unit(way, one) for one in lately],
        others=[_unit(way, one) for one in others],
        terms={
            "title": text.title,
            "mark": texts.mark(text),
            "text": markup.render(markup.fill(text.body, house())),
            "locale": text.locale if text.locale != locale() else None,
        },
        values=dict(request.form),
        errors=errors or {},
    )
    return page, 422 if errors else 200


def _terms() -> texts.Text:
    """Return the terms in the language in use."""
    return texts.chosen(TERMS, locale(), queries.newest(TERMS))


def _unit(way: Way, unit: arrivals.Giver) -> dict[str, str]:
    return {"name": unit.name, "url": way.from_unit(unit.id).url(HERE)}


@bp.post(f"{HERE}/antajat")
@needs(Right.RECEIVE)
def accept() -> ResponseReturnValue:
    """Write down that a resident gives and accepts the terms."""
    way, errors = Way.of(request.form), dict[str, str]()
    name = written(request.form.get("first_name"))
    if len(name) > LONGEST_NAME:
        errors["first_name"] = _("The name is too long. Write a shorter one.")
    if request.form.get("accepted") != "1":
        errors["accepted"] = _("The donor must accept the terms first.")
    text = _terms()
    if request.form.get("terms") != texts.mark(text):
        errors["accepted"] = _("The terms have changed meanwhile. Read them again.")
    contact = _contact(errors)
    if errors:
        return _page(way, errors)
    newest = queries.newest(TERMS).get(text.locale)
    donation = donors.accept(
        first_name=name,
        contact=contact,
        locale=locale(),
        terms_number=newest.number if newest else 0,
        terms_locale=text.locale,
        terms_hash=texts.mark(text),
    )
    return redirect(way.with_donation(donation.id).url(HERE), 303)


def _contact(errors: dict[str, str]) -> Contact | None:
    given = written(request.form.get("contact"))
    try:
        return read_contact(given) if given else None
    except Refusal as refusal:
        errors["contact"] = retold(refusal)
        return None


@bp.get(f"{HERE}/kiitos/<int:donation_id>")
@needs(Right.RECEIVE)
def thanks(donation_id: int) -> ResponseReturnValue:
    """Show a donor the thanks, and what was taken in."""
    donation = arrivals.get_donation(donation_id)
    items = arrivals.things_of_donation(donation_id)
    photos = goods.first_photos(item.id for item in items)
    things = [
        {
            "name": name_of(item.kind),
            "number": item.quantity,
            "photo": photos.get(item.id),
            "picture": item.kind.category.pictogram,
        }
        for item in items
    ]
    return render_template(
        "reception/donation_thanks.html",
        mode_name=_("Thank you"),
        name=donation.first_name,
        is_told=bool(donation.email or donation.phone),
        things=things,
        more_url=Way.of({}).with_donation(donation_id).url(HERE),
        next_url=HERE,
        owner=settings_now().municipality,
        giver=receiving_page.giver(Way(donation_id=donation_id)),
    )
