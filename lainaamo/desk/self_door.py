"""A thing's own page at a place without staff: one code, and it goes or is back."""

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import hours, long_day, retold
from lainaamo.core.limits import count_try, forgive_try
from lainaamo.core.web import needs, refused_on
from lainaamo.goods import codes
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Item
from lainaamo.goods.words import name_of, sized
from lainaamo.lending import queries, self_service
from lainaamo.people.access import Right
from lainaamo.people.proofs import digits
from lainaamo.people.visitor import visitor

bp = Blueprint("self_door", __name__)
HERE = "/itsepalvelu/<sign>"
# Codes have four digits: few tries, for the thing and for who asks.
TRIES, WITHIN = 8, timedelta(minutes=30)
TRIES_OF_ADDRESS, LONGEST_CODE = 20, 12


def _item(sign: str) -> Item:
    if not codes.is_code(sign):
        raise NoResultFound
    item = goods.get_item_by_code(sign)
    if item.kind.pool != "lendable" or item.left_at is not None:
        raise NoResultFound
    return item


def _page(sign: str, refusal: Refusal | None = None) -> str:
    item = _item(sign)
    span = self_service.spans().get(item.site_id)
    loan = queries.find_open_loan(item.id)
    me = visitor()
    is_mine = me is not None and loan is not None and loan.person_id == me.person_id
    return render_template(
        "desk/self_service.html",
        here_url=f"/itsepalvelu/{sign}",
        name=sized(name_of(item.kind), item.size),
        picture=item.kind.picture or item.kind.category.pictogram,
        sign=sign,
        kind_url=f"/valineet/{item.kind_id}?tarra={sign}",
        is_out=loan is not None,
        is_mine=is_mine,
        hours=hours(span.opens, span.closes) if span else None,
        is_open=self_service.is_open(item.site_id),
        done=request.args.get("tehty", ""),
        due=long_day(loan.due_on) if loan is not None and "tehty" in request.args else None,
        refusal=retold(refusal) if refusal else None,
    )


def _refused(refusal: Refusal, sign: str) -> ResponseReturnValue:
    return _page(sign, refusal)


@bp.get(HERE)
@needs(Right.OWN_LINK)
def thing(sign: str) -> ResponseReturnValue:
    """Show a thing that was scanned: it goes with a code, or comes back with one."""
    return _page(sign)


@bp.post(f"{HERE}/nouto")
@needs(Right.OWN_LINK)
@refused_on(_refused)
def fetch(sign: str) -> ResponseReturnValue:
    """Take the thing that is reserved."""
    _count(sign)
    self_service.fetch(_item(sign), _code())
    _forgive(sign)
    return redirect(f"/itsepalvelu/{sign}?tehty=nouto", 303)


@bp.post(f"{HERE}/palautus")
@needs(Right.OWN_LINK)
@refused_on(_refused)
def bring_back(sign: str) -> ResponseReturnValue:
    """Bring the thing back; the staff look at it."""
    _count(sign)
    me = visitor()
    person_id = me.person_id if me is not None else None
    self_service.bring_back(_item(sign), _code(), person_id=person_id)
    _forgive(sign)
    return redirect(f"/itsepalvelu/{sign}?tehty=palautus", 303)


def _code() -> str:
    """Return the code that was typed, whatever script its digits came in, spaces or not."""
    typed = digits(request.form.get("code", ""))[:LONGEST_CODE]
    return "".join(one for one in typed if one.isalnum())


def _count(sign: str) -> None:
    """Count a try before anything is looked at: nobody may guess codes."""
    count_try("self service thing", sign, most=TRIES, within=WITHIN)
    address = request.remote_addr or ""
    count_try("self service address", address, most=TRIES_OF_ADDRESS, within=WITHIN)


def _forgive(sign: str) -> None:
    forgive_try("self service thing", sign, within=WITHIN)
    forgive_try("self service address", request.remote_addr or "", within=WITHIN)
