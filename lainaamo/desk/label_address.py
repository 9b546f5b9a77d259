"""A label's address, opened by any phone: it knows who reads it."""

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import pick
from lainaamo.core.web import needs, settings_now
from lainaamo.desk import claiming, commands, screen
from lainaamo.desk.rules import Mode
from lainaamo.goods import codes
from lainaamo.goods import queries as goods
from lainaamo.goods.commands import Command
from lainaamo.goods.queries import Label
from lainaamo.people.access import Right
from lainaamo.people.visitor import Door

bp = Blueprint("label_address", __name__)


@bp.get("/Q/<sign>")
@bp.get("/q/<sign>")
@needs(Right.LOOK)
def label(sign: str) -> ResponseReturnValue:
    """Answer whoever reads a label with a phone: staff get the desk, others the thing's page."""
    code = goods.find_label(sign.upper()) if codes.is_code(sign.upper()) else None
    if code is None:
        return _unknown_label()
    if code.person_id is not None and Door().may(Right.BORROWERS):
        return redirect(f"/tiski/lainaajat/{code.person_id}", 303)
    if code.person_id is None and Door().may(Right.DESK):
        return _desk_of(code)
    if code.pool == "lendable":
        return redirect(f"/valineet/{code.kind_id}", 303)
    return _plain_label(code)


def _desk_of(code: Label) -> ResponseReturnValue:
    """Go to the desk with what a worker's phone has read; a command does nothing by an address."""
    if code.item_id is not None:
        return screen.go(Mode.RETURN, tavara=code.sign)
    if code.place_id is not None:
        return screen.go(Mode.SHELVE, hylly=code.sign)
    if code.command is not None:
        return screen.go(commands.MODES.get(Command(code.command), Mode.RETURN))
    return redirect(claiming.address_of(code.sign, Mode.RETURN), 303)


def _unknown_label() -> ResponseReturnValue:
    title = _("This label is not known here")
    text = _("Check the code on the label. If you found a thing, call us.")
    return render_template("error.html", title=title, text=text), 404


def _plain_label(code: Label) -> ResponseReturnValue:
    """Say whose a thing or a shelf is, and nothing else."""
    settings = settings_now()
    title = _("This belongs to %(owner)s", owner=settings.municipality)
    paragraphs = [_("Have you found it? Call us, please. We fetch it or tell where to bring it.")]
    if code.name is not None:
        name = pick(code.name_simple, code.name, code.name_sv, code.name_en)
        paragraphs.insert(0, name)
    phone = {"url": f"tel:{settings.phone.replace(' ', '')}", "text": settings.phone}
    sections = [{"heading": None, "paragraphs": paragraphs, "links": [phone]}]
    return render_template("page.html", title=title, sections=sections)
