"""A label's address, opened by any phone: it knows who reads it."""

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import pick
from lainaamo.core.web import needs, settings_now
from lainaamo.desk import claiming, commands, screen
from lainaamo.desk.rules import Mode
from lainaamo.feedback.found import OURS_NO_MORE
from lainaamo.goods import codes
from lainaamo.goods import queries as goods
from lainaamo.goods.commands import Command
from lainaamo.goods.queries import Label
from lainaamo.lending import self_service
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
    if code.item_id is not None and code.pool == "lendable" and _is_unstaffed(code):
        return redirect(f"/itsepalvelu/{code.sign}", 303)
    if code.item_id is not None and code.left_as not in OURS_NO_MORE:
        return _thing(code)
    return render_template("feedback/label.html", **_told(code), name=None, found_url=None)


def _is_unstaffed(code: Label) -> bool:
    """Tell whether a thing is fetched and brought back without the staff now."""
    if not self_service.spans() or code.left_as is not None:
        return False
    return self_service.is_open(goods.get_item_by_code(code.sign).site_id)


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


def _thing(code: Label) -> ResponseReturnValue:
    """Show what is lent, of other things whose they are; either way one can tell of a find."""
    if code.pool == "lendable":
        return redirect(f"/valineet/{code.kind_id}?tarra={code.sign}", 303)
    return render_template(
        "feedback/label.html",
        title=_("This belongs to %(owner)s", owner=settings_now().municipality),
        name=pick(code.name_simple, code.name or "", code.name_sv, code.name_en),
        text=_("Have you found it? Tell us, please. We fetch it or tell where to bring it."),
        found_url=f"/Q/{code.sign}/loytyi",
    )


def _told(code: Label) -> dict[str, str]:
    """Say in plain words what a label is that is on no thing of ours; nothing of any person."""
    owner = settings_now().municipality
    if code.item_id is not None:
        title = _("This is not ours any more")
        return {
            "title": title,
            "text": _("It has left %(owner)s. You need not bring it to us.", owner=owner),
        }
    if code.person_id is not None:
        title = _("This is the card of a borrower")
        return {"title": title, "text": _("Have you found it? Bring it to the desk or call us.")}
    if code.place_id is not None or code.command is not None:
        title = _("This label is for our workers")
        return {"title": title, "text": _("It is on no thing. You need do nothing.")}
    title = _("This label is not on a thing yet")
    return {"title": title, "text": _("Is it on a thing that you have found? Then call us.")}
