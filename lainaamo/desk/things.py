"""The staff's list of things, one thing's page, and what is done from there."""

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lainaamo.core.download import download
from lainaamo.core.errors import Refusal
from lainaamo.core.web import needs, refused_on
from lainaamo.desk import actions, cards, listing, queries, screen, table, thing_page
from lainaamo.desk.rules import read_mode
from lainaamo.goods import queries as goods
from lainaamo.people.access import Right
from lainaamo.people.visitor import Door

bp = Blueprint("things", __name__)


@bp.get("/tavarat")
@needs(Right.THINGS)
def things() -> ResponseReturnValue:
    """Show all things, to be searched, narrowed down and ticked for labels."""
    asked = listing.sought(dict(request.args.lists()))
    return render_template("goods/list.html", **listing.listing(asked))


@bp.get("/tavarat.<kind>")
@needs(Right.THINGS)
def things_as_file(kind: str) -> ResponseReturnValue:
    """Give the things that were looked for as a file."""
    asked = listing.sought(dict(request.args.lists()))
    return download("tavarat", kind, table.headers(), table.rows(asked))


@bp.get("/tavarat/<sign>")
@needs(Right.THINGS)
def thing(sign: str) -> ResponseReturnValue:
    """Show one thing and its whole life."""
    shown = thing_page.page(
        queries.get_standing(screen.read_sign(sign)),
        thing_page.Asked.of(request.args),
        public_url=current_app.config["SETTINGS"].public_url,
        shows_borrowers=Door().may(Right.DESK),
    )
    return render_template("goods/thing.html", **shown)


def _refused(refusal: Refusal, sign: str) -> ResponseReturnValue:
    standing = queries.get_standing(screen.read_sign(sign))
    return screen.show(screen.form_mode(), cards.of_refusal(refusal, standing))


@bp.post("/tavarat/<sign>/korjaus")
@needs(Right.DESK)
@refused_on(_refused)
def repair(sign: str) -> ResponseReturnValue:
    """Take a thing out of circulation, or (need `none`) put it back."""
    sign = screen.read_sign(sign)
    item = goods.get_item_by_code(sign)
    need = request.form.get("need", "")
    if need == "none":
        actions.mend(item)
    else:
        actions.send_to_repair(item, need)
    mode = request.form.get("tila")
    here = f"/tavarat/{sign}"
    return screen.go(read_mode(mode), tavara=sign) if mode else redirect(here, 303)


@bp.post("/tavarat/<sign>/maara")
@needs(Right.DESK)
@refused_on(_refused)
def recount(sign: str) -> ResponseReturnValue:
    """Say how many pieces a lot has, as counted."""
    sign = screen.read_sign(sign)
    actions.recount(goods.get_item_by_code(sign), screen.number("number"))
    return redirect(f"/tavarat/{sign}#count", 303)
