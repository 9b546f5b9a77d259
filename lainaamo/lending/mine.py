"""A signed-in person's own things, and the card to show at the desk."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lainaamo.core.web import needs
from lainaamo.goods import actions as goods
from lainaamo.goods import queries as goods_queries
from lainaamo.goods.codes import label_url
from lainaamo.goods.labels import qr_svg_path
from lainaamo.goods.words import name_of, sized
from lainaamo.lending import blocks, feeds, opinions, own_things, queries
from lainaamo.lending.feed_page import address_of
from lainaamo.people import residents
from lainaamo.people.access import Right
from lainaamo.people.visitor import visitor

bp = Blueprint("mine", __name__)


@bp.get("/omat")
@needs(Right.SIGN_IN)
def own_things_page() -> ResponseReturnValue:
    """Show what I have, what waits for me and what I had; a stranger is asked who it is."""
    return page() if visitor() is not None else redirect("/omat/tulo", 303)


def page(
    *, refusal: str | None = None, renewed: Sequence[Mapping[str, object]] = ()
) -> ResponseReturnValue:
    """Show the page, with what was refused and what became of loans to be renewed."""
    me = current_user
    now, before = own_things.of_person(me.person_id, current_app.config["SETTINGS"])
    return render_template(
        "lending/account.html",
        now=now,
        before=before,
        waits=own_things.waits_of(me.person_id),
        renews=[field for one in now for field in one["renews"]],
        refusal=refusal,
        renewed=renewed,
        joined="jonossa" in request.args,
        left="poistuttu" in request.args,
        here_url="/omat",
        block=queries.find_block(me.person_id),
        block_reasons=blocks.REASONS,
        children=residents.children_of(me.person_id),
        asked=_asked(me.person_id),
        calendar_url=_calendar_url(me.person_id),
        has_card=goods_queries.sign_of_person(me.person_id) is not None,
    )


def _asked(person_id: int) -> Mapping[str, str] | None:
    """Return what to ask about, and where the face is given."""
    loan = opinions.to_ask_of(person_id)
    if loan is None:
        return None
    url = opinions.path_of(loan.id, current_app.config["SETTINGS"])
    return {"name": sized(name_of(loan.item.kind), loan.item.size), "url": url}


def _calendar_url(person_id: int) -> str | None:
    found = feeds.find({"person_id": person_id})
    return address_of(found) if found is not None else None


@bp.get("/omat/kortti")
@needs(Right.ACCOUNT)
def card() -> ResponseReturnValue:
    """Show the card: a code to be scanned at the desk, and its signs large."""
    sign = goods_queries.sign_of_person(current_user.person_id)
    if sign is None:
        return render_template("lending/card.html", sign=None, qr=None)
    path, side = qr_svg_path(label_url(current_app.config["SETTINGS"].public_url, sign))
    return render_template("lending/card.html", sign=sign, qr={"side": side, "path": path})


@bp.post("/omat/kortti")
@needs(Right.ACCOUNT)
def make_card() -> ResponseReturnValue:
    """Make the card when it is needed first."""
    goods.label_person(current_user.person_id)
    return redirect(request.path, 303)
