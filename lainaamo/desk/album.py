"""The photos of a thing: taken with a phone at the shelf, taken away, put back."""

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from lainaamo.core.db import transaction
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.files import Files, new_name
from lainaamo.core.i18n import retold
from lainaamo.core.web import needs, own_transactions, refused_on, takes_files
from lainaamo.desk import queries, thing_page
from lainaamo.goods import actions, photos
from lainaamo.goods import queries as goods
from lainaamo.people.access import Right
from lainaamo.people.visitor import Door

bp = Blueprint("album", __name__)
MOST_BYTES = photos.LARGEST_BYTES + 64 * 1024  # the form around the photo


def _refused(refusal: Refusal, sign: str, **_rest: object) -> ResponseReturnValue:
    """Show the thing again and say what was wrong with the photo."""
    shown = thing_page.page(
        queries.get_standing(sign.upper()),
        thing_page.Asked.of({}),
        public_url=current_app.config["SETTINGS"].public_url,
        shows_borrowers=Door().may(Right.DESK),
    )
    return render_template("goods/thing.html", **shown, photo_error=retold(refusal))


@bp.post("/tavarat/<sign>/kuvat")
@needs(Right.PHOTOS)
@takes_files(MOST_BYTES)
@own_transactions
@refused_on(_refused)
def add(sign: str) -> ResponseReturnValue:
    """Show a new photo of a thing; it is made ready before anything is locked."""
    item_id = goods.get_item_by_code(sign.upper()).id
    prepared = photos.prepare(_sent().stream)
    files: Files = current_app.config["FILES"]
    name = new_name()
    for size, content in prepared.content.items():
        files.keep(name, f"{size}.webp", content)
    with transaction():
        kept = actions.add_photo(goods.get_item(item_id), name, prepared).name
    if kept != name:  # the same photo was there: a button pressed twice
        files.forget(name)
    return redirect(f"/tavarat/{sign.upper()}#photos", 303)


def _sent() -> FileStorage:
    sent = request.files.get("photo")
    if sent is None or not sent.filename:
        raise Refusal(N_("Choose a photo or take one first."), code="no_photo")
    return sent


@bp.post("/tavarat/<sign>/kuvat/<int:photo_id>/poisto")
@needs(Right.PHOTOS)
@refused_on(_refused)
def take_away(sign: str, photo_id: int) -> ResponseReturnValue:
    """Show a photo no more."""
    item = goods.get_item_by_code(sign.upper())
    actions.take_photo_away(goods.get_photo(item.id, photo_id))
    return redirect(f"/tavarat/{sign.upper()}?poistettu={photo_id}#photos", 303)


@bp.post("/tavarat/<sign>/kuvat/<int:photo_id>/palautus")
@needs(Right.PHOTOS)
@refused_on(_refused)
def put_back(sign: str, photo_id: int) -> ResponseReturnValue:
    """Show a photo again that was taken away by mistake."""
    item = goods.get_item_by_code(sign.upper())
    actions.put_photo_back(goods.get_photo(item.id, photo_id))
    return redirect(f"/tavarat/{sign.upper()}#photos", 303)
