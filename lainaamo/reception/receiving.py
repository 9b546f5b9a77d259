"""Taking goods in with a phone: a photo, a tap for what it is, a tap for its condition."""

from typing import NamedTuple

from flask import Blueprint, current_app, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from lainaamo.core.db import transaction
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.files import Files, new_name
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import retold
from lainaamo.core.web import (
    change_once,
    needs,
    own_transactions,
    refused_on,
    settings_now,
    takes_files,
)
from lainaamo.goods import codes, hues, photos
from lainaamo.goods.attributes import COLOURS
from lainaamo.goods.models import CONDITIONS
from lainaamo.people.access import Right
from lainaamo.reception import actions, arrivals, receiving_page
from lainaamo.reception.actions import Arrival
from lainaamo.reception.receiving_page import HERE, OF_CODES
from lainaamo.reception.way import Way, number

bp = Blueprint("receiving", __name__)
MOST_BYTES = photos.LARGEST_BYTES + 64 * 1024  # the form around the photo


@bp.get(HERE)
@needs(Right.RECEIVE)
def form() -> ResponseReturnValue:
    """Show where a thing is taken in; a photo and a group may stand in the address."""
    chosen = number(request.args.get("ryhma"))
    shown = receiving_page.page(
        Way.of(request.args), photo=_waiting(request.args.get("kuva")), category_id=chosen
    )
    return render_template("reception/receive.html", **shown)


def _waiting(name: str | None) -> str | None:
    """Return the name of a photo that still waits for its thing."""
    return name if name and arrivals.find_waiting(name) is not None else None


def _again(errors: dict[str, str]) -> ResponseReturnValue:
    """Show the form as it was sent; the photo is not lost."""
    shown = receiving_page.page(
        Way.of(request.form),
        photo=_waiting(g.get("photo") or request.form.get("photo")),
        category_id=number(request.form.get("category")),
        sign=request.form.get("sign", ""),
        errors=errors,
    )
    return render_template("reception/receive.html", **shown), 422


def _refused(refusal: Refusal, **_rest: object) -> ResponseReturnValue:
    """Say what was wrong where it can be mended."""
    of_photo = refusal.code.startswith(("photo", "file"))
    of_code = refusal.code in OF_CODES
    return _again({"photo" if of_photo else "sign" if of_code else "": retold(refusal)})


@bp.post(HERE)
@needs(Right.RECEIVE)
@takes_files(MOST_BYTES)
@own_transactions
@refused_on(_refused)
def take_in() -> ResponseReturnValue:
    """Take a thing in; its photo is made ready and kept before anything is locked."""
    sent = request.files.get("photo_file")
    if sent is not None and sent.filename:
        g.photo = _keep(sent).name
    errors = _gaps()
    return _again(errors) if errors else change_once(_taken_in)


def _gaps() -> dict[str, str]:
    """Return what is missing in the form."""
    errors = {}
    if number(request.form.get("category")) is None:
        errors["category"] = _("Choose what it is.")
    if request.form.get("condition") not in CONDITIONS:
        errors["condition"] = _("Choose the condition from the pictures.")
    return errors


def _taken_in() -> ResponseReturnValue:
    way = Way.of(request.form)
    if way.site_id is None:
        words = N_("There is no site yet. Ask the administrator to make one.")
        raise Refusal(words, code="no_site")
    arrival = Arrival(
        category_id=number(request.form.get("category")) or 0,
        condition=request.form["condition"],
        site_id=way.site_id,
        photo=g.get("photo") or request.form.get("photo") or None,
        sign=_sign(),
        unit_id=way.unit_id,
        donation_id=way.donation_id,
    )
    item = actions.take_in(arrival)
    return redirect(way.url(f"{HERE}/{item.id}", uusi=1), 303)


def _sign() -> str | None:
    """Return the code of a printed label that is on the thing already."""
    scanned = request.form.get("sign", "").strip()
    return codes.read(scanned, host=settings_now().public_host) if scanned else None


def _refused_photo(refusal: Refusal) -> ResponseReturnValue:
    return {"refused": retold(refusal)}


@bp.post(f"{HERE}/kuvat")
@needs(Right.RECEIVE)
@takes_files(MOST_BYTES)
@own_transactions
@refused_on(_refused_photo)
def keep_photo() -> ResponseReturnValue:
    """Keep a photo while its taker goes on: what it is and how good."""
    sent = request.files.get("photo_file")
    if sent is None or not sent.filename:
        raise Refusal(N_("Choose a photo or take one first."), code="photo_missing")
    kept = _keep(sent)
    colours = [{"key": key, "name": _(COLOURS[key])} for key in kept.colours]
    return {"name": kept.name, "url": f"/kuvat/{kept.name}.m.webp", "colours": colours}


class _Kept(NamedTuple):
    """A photo that waits for its thing: the name of its files, and what it mostly shows."""

    name: str
    colours: list[str]


def _keep(sent: FileStorage) -> _Kept:
    prepared, files = photos.prepare(sent.stream), _files()
    name, colours = new_name(), hues.main_colours(prepared.content["s"])
    for size, content in prepared.content.items():
        files.keep(name, f"{size}.webp", content)
    with transaction():
        actions.keep_photo(name, prepared, colours)
    return _Kept(name, colours)


def _files() -> Files:
    files: Files = current_app.config["FILES"]
    return files
