"""A blank label gets its thing, and a thing with a torn label a new one."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import pick, retold
from lainaamo.core.web import needs, refused_on, settings_now
from lainaamo.desk import listing, queries, thing_page
from lainaamo.desk.rules import read_mode
from lainaamo.goods import actions, blanks, codes
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Item
from lainaamo.people.access import Right
from lainaamo.people.visitor import Door

bp = Blueprint("claiming", __name__)
HERE = "/tiski/tarrat"
SHOWN = 12
LONGEST_ID = 15


def address_of(sign: str, mode: str) -> str:
    """Return the page on which a blank label gets its thing."""
    return f"{HERE}/{sign}?{urlencode({'tila': mode})}"


# From the label to the thing


def _page(sign: str, *, words: str = "", refusal: Refusal | None = None) -> ResponseReturnValue:
    found = queries.things(listing.sought({"q": [words]})) if words else queries.unlabelled()
    return render_template(
        "desk/claim.html",
        here_url=f"{HERE}/{sign}",
        mode_name=_("Label"),
        sign=sign,
        mode=str(read_mode(request.values.get("tila"))),
        words=words,
        rows=[_row(one) for one in found[:SHOWN]],
        refusal=retold(refusal) if refusal else None,
    )


def _row(row: queries.Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": pick(row.name_simple, row.name, row.name_sv, row.name_en),
        "size": row.size,
        "code": row.sign,
        "place": row.place or row.home,
        "picture": row.picture,
    }


def _blank(sign: str) -> str:
    """Return a code that is on nothing yet; what is no code, or none of ours, is not found."""
    found = goods.find_code(sign.upper()) if codes.is_code(sign.upper()) else None
    if found is None:
        raise NoResultFound
    return found.sign


@bp.get(f"{HERE}/<sign>")
@needs(Right.DESK)
def blank(sign: str) -> ResponseReturnValue:
    """Show what a blank label could be put on; one that is on something is shown at the desk."""
    sign = _blank(sign)
    code = goods.find_code(sign)
    if code is not None and not actions.is_blank(code):
        return redirect(f"/Q/{sign}", 303)
    words = " ".join(request.args.get("q", "").split())[: listing.LONGEST_WORDS]
    return _page(sign, words=words)


def _refused(refusal: Refusal, sign: str) -> ResponseReturnValue:
    return _page(_blank(sign), refusal=refusal)


@bp.post(f"{HERE}/<sign>")
@needs(Right.DESK)
@refused_on(_refused)
def claim(sign: str) -> ResponseReturnValue:
    """Put a blank label on the thing that is pointed at, or whose other label was scanned."""
    sign, mode = _blank(sign), read_mode(request.form.get("tila"))
    text = request.form.get("code", "").strip()
    if text and not _is_label(text):
        query = urlencode({"tila": mode, "q": text[: listing.LONGEST_WORDS]})
        return redirect(f"{HERE}/{sign}?{query}", 303)
    item = _thing_by_label(text) if text else goods.get_item(_number("item"))
    blanks.claim(item.id, sign)
    query = urlencode({"tila": mode, "tavara": sign, "tulos": "tarra"})
    return redirect(f"/tiski?{query}", 303)


def _is_label(text: str) -> bool:
    """Tell whether a text is one of our labels; other words are searched for."""
    try:
        codes.read(text, host=settings_now().public_host)
    except Refusal as refusal:
        return refusal.code != "not_a_code"
    return True


def _thing_by_label(text: str) -> Item:
    code = goods.find_code(codes.read(text, host=settings_now().public_host))
    if code is None or code.item is None:
        words = N_("This label is not on a thing. Scan a label that is on the thing already.")
        raise Refusal(words, code="no_thing")
    return goods.get_item(code.item.id)


def _number(name: str) -> int:
    given = request.form.get(name, "")
    is_number = given.isascii() and given.isdigit() and len(given) <= LONGEST_ID
    return int(given) if is_number else 0


# From the thing to the label


def _refused_thing(refusal: Refusal, sign: str, **_rest: object) -> ResponseReturnValue:
    shown = thing_page.page(
        queries.get_standing(sign.upper()),
        thing_page.Asked.of({}),
        public_url=settings_now().public_url,
        shows_borrowers=Door().may(Right.DESK),
    )
    return render_template("goods/thing.html", **shown, label_error=retold(refusal))


@bp.post("/tavarat/<sign>/tarrat")
@needs(Right.LABELS)
@refused_on(_refused_thing)
def label(sign: str) -> ResponseReturnValue:
    """Put the blank label that was scanned on the thing; an empty field makes a new code."""
    item = goods.get_item_by_code(sign.upper())
    text = request.form.get("code", "").strip()
    if not text:
        return _shown(blanks.renew(item.id))
    given = codes.read(text, host=settings_now().public_host)
    blanks.claim(item.id, given)
    return _shown(given)


@bp.post("/tavarat/<sign>/tarrat/<code>/irrotus")
@needs(Right.LABELS)
@refused_on(_refused_thing)
def release(sign: str, code: str) -> ResponseReturnValue:
    """Take a label off that was put on the wrong thing: it is blank again."""
    item = goods.get_item_by_code(sign.upper())
    blanks.release(item.id, _blank(code))
    left = goods.sign_of(item.id)
    return _shown(left) if left else redirect("/tavarat", 303)


def _shown(sign: str) -> ResponseReturnValue:
    return redirect(f"/tavarat/{sign}#label", 303)
