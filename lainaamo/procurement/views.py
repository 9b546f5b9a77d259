"""The buyers' screens: a lot and its booking, a unit's page, and what is to be gathered."""

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import NoResultFound

from lainaamo.core.download import download
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import retold
from lainaamo.core.web import needs, refused_on
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Item
from lainaamo.people.access import Right
from lainaamo.people.models import Unit
from lainaamo.people.visitor import Door
from lainaamo.procurement import actions, claim_list, lot_page, queries, unit_page
from lainaamo.procurement.forms import ClaimForm, NumberForm, read_id, read_number

bp = Blueprint("procurement", __name__)


def _units() -> list[Unit]:
    """Return the units the person asking may book for and look at."""
    everywhere = Door().may(Right.EVERY_UNIT)
    return list(queries.units_for(current_user.person_id, everywhere=everywhere))


def _unit(unit_id: int | None, units: list[Unit]) -> Unit:
    """Return one of these units; any other is not found."""
    found = next((unit for unit in units if unit.id == unit_id), None)
    if found is None:
        raise NoResultFound
    return found


# A lot


def _lot(lot_id: int) -> Item:
    item = goods.get_item(lot_id)
    if item.kind.pool != "reuse":
        raise NoResultFound
    return item


def _lot_page(
    lot_id: int,
    *,
    asked: int | None = None,
    form: ClaimForm | None = None,
    refusal: Refusal | None = None,
) -> str:
    units = _units() if Door().may(Right.CLAIM) else []
    shown = lot_page.page(_lot(lot_id), units, asked=asked, form=form, refusal=refusal)
    return render_template("procurement/lot.html", here_url=f"/kierto/erat/{lot_id}", **shown)


@bp.get("/kierto/erat/<int:lot_id>")
@needs(Right.REUSE)
def lot(lot_id: int) -> ResponseReturnValue:
    """Show one lot, and the form that books pieces of it."""
    return _lot_page(lot_id, asked=read_number(request.args.get("kpl")))


def _refused_claim(refusal: Refusal, lot_id: int) -> ResponseReturnValue:
    """Show the lot again with the reason, with as many chosen as are left, and what else is."""
    form = ClaimForm(request.form)
    return _lot_page(lot_id, asked=read_number(form.number.data), form=form, refusal=refusal)


@bp.post("/kierto/erat/<int:lot_id>/varaukset")
@needs(Right.CLAIM)
@refused_on(_refused_claim)
def claim(lot_id: int) -> ResponseReturnValue:
    """Book pieces of a lot for a unit of one's own, and go to the unit's page."""
    form, mine = ClaimForm(request.form), _units()
    if len(mine) == 1 and not form.unit.data:
        form.unit.data = str(mine[0].id)
    if not form.validate():
        return make_response(_lot_page(lot_id, form=form), 422)
    unit = _unit(read_id(form.unit.data), mine)
    made = actions.claim(
        _lot(lot_id).id,
        unit_id=unit.id,
        number=form.how_many(),
        person_id=current_user.person_id,
        wanted_on=form.wish(),
    )
    return redirect(f"{unit_page.url_of(unit.id)}?uusi={made.id}", 303)


# A unit


@bp.get("/yksikko")
@needs(Right.UNIT)
def units() -> ResponseReturnValue:
    """Go to one's unit, or show the units to choose from."""
    reached = _units()
    if len(reached) == 1:
        return redirect(unit_page.url_of(reached[0].id), 303)
    return render_template("procurement/units.html", units=unit_page.units(reached))


@bp.get("/yksikko/<int:unit_id>")
@needs(Right.UNIT)
def unit(unit_id: int) -> ResponseReturnValue:
    """Show what a unit has booked, taken and saved; only to those who act for it."""
    reached = _units()
    shown = unit_page.page(
        _unit(unit_id, reached),
        reached,
        just_made=read_id(request.args.get("uusi")),
        before_id=read_id(request.args.get("ennen")),
    )
    return render_template("procurement/unit.html", **shown)


@bp.get("/yksikko/<int:unit_id>.<kind>")
@needs(Right.UNIT)
def unit_as_file(unit_id: int, kind: str) -> ResponseReturnValue:
    """Give all that a unit has booked as a file; only to those who act for it."""
    mine = _unit(unit_id, _units())
    headers = [_(words) for words in claim_list.HEADERS]
    return download("yksikko", kind, headers, claim_list.of_unit(mine.id))


def _refused_cancel(refusal: Refusal, claim_id: int) -> ResponseReturnValue:
    reached = _units()
    found = queries.get_claim(claim_id, within=[unit.id for unit in reached])
    shown = unit_page.page(found.unit, reached, refusal=retold(refusal))
    here = unit_page.url_of(found.unit_id)
    return render_template("procurement/unit.html", here_url=here, **shown)


@bp.post("/varaukset/<int:claim_id>/peruutus")
@needs(Right.CLAIM)
@refused_on(_refused_cancel)
def cancel(claim_id: int) -> ResponseReturnValue:
    """Give back pieces that one's unit has booked."""
    reached = _units()
    found = queries.get_claim(claim_id, within=[unit.id for unit in reached])
    form = NumberForm(request.form)
    if not form.validate():
        errors = {f"number-{claim_id}": text for text in form.first_errors().values()}
        shown = unit_page.page(found.unit, reached, errors=errors)
        here = unit_page.url_of(found.unit_id)
        page = render_template("procurement/unit.html", here_url=here, **shown)
        return make_response(page, 422)
    actions.cancel(found.id, form.how_many(), person_id=current_user.person_id)
    return redirect(unit_page.url_of(found.unit_id), 303)


# What is to be gathered


def _gather_page(refusal: str | None = None) -> str:
    shown = unit_page.to_gather(after_id=read_id(request.args.get("jatko")) or 0)
    return render_template(
        "procurement/gather.html", here_url="/kierto/varaukset", refusal=refusal, **shown
    )


@bp.get("/kierto/varaukset")
@needs(Right.CLAIMS)
def to_gather() -> ResponseReturnValue:
    """Show what units have booked, to be gathered and handed over."""
    return _gather_page()


@bp.get("/kierto/varaukset.<kind>")
@needs(Right.CLAIMS)
def to_gather_as_file(kind: str) -> ResponseReturnValue:
    """Give what units have booked as a file."""
    headers = [_("Item"), _("Code"), _("Pieces"), _("Unit"), _("Shelf"), _("Site")]
    headers += [_("Booked"), _("Wished for")]
    return download("varaukset", kind, headers, unit_page.gathering())


def _refused_hand_over(refusal: Refusal, **_claim: int) -> ResponseReturnValue:
    return _gather_page(retold(refusal))


@bp.post("/kierto/varaukset/<int:claim_id>/luovutus")
@needs(Right.CLAIMS)
@refused_on(_refused_hand_over)
def hand_over(claim_id: int) -> ResponseReturnValue:
    """Let a unit take what it booked, or some of it."""
    found = queries.get_claim(claim_id)
    form = NumberForm(request.form)
    if not form.validate():
        return make_response(_gather_page(form.first_errors()["number"]), 422)
    actions.hand_over(found.id, form.how_many(), person_id=current_user.person_id)
    return redirect("/kierto/varaukset", 303)
