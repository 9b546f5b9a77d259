"""A thing that came in: how many alike, what is missing of it, and taking it back."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lainaamo.core.errors import N_, Refusal
from lainaamo.core.forms import written
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import retold
from lainaamo.core.web import needs, refused_on, settings_now
from lainaamo.goods import actions as goods
from lainaamo.goods import blanks, codes
from lainaamo.goods import queries as goods_queries
from lainaamo.goods.attributes import COLOURS, MEASURES, parse, parse_measures, size_text
from lainaamo.goods.models import Item, Place
from lainaamo.intake.rules import read_price
from lainaamo.people.access import Right
from lainaamo.reception import actions, arrivals, completing_page, lacking_page
from lainaamo.reception.arrivals import is_size
from lainaamo.reception.receiving_page import HERE, OF_CODES
from lainaamo.reception.way import Way, number

bp = Blueprint("completing", __name__)
LONGEST_NAME = 120
Read = TypeVar("Read")


@bp.get(f"{HERE}/taydennettavat")
@needs(Right.RECEIVE)
def lacking() -> ResponseReturnValue:
    """Show what came in and lacks something, the oldest first."""
    shown = lacking_page.page(request.args.get("puuttuu"), number(request.args.get("jatko")) or 0)
    return render_template("reception/lacking.html", **shown)


@bp.get(f"{HERE}/<int:item_id>")
@needs(Right.RECEIVE)
def thing(item_id: int) -> ResponseReturnValue:
    """Show a thing that came in, what is missing of it and how many alike there are."""
    item = goods_queries.get_item(item_id)
    return render_template("reception/received.html", **_shown(item))


def _shown(item: Item, **more: Any) -> Mapping[str, Any]:
    source = request.args if request.method in {"GET", "HEAD"} else request.form
    return completing_page.page(
        item,
        Way.of(source),
        public_url=settings_now().public_url,
        is_new=source.get("uusi") == "1",
        more=_more(item, source.get("viimeinen")),
        **more,
    )


def _more(item: Item, last: str | None) -> list[int]:
    """Return the things that were taken in after this one as alike, up to the last."""
    last_id = number(last) or 0
    if last_id <= item.id:
        return []
    return list(arrivals.things_between(item.kind_id, item.id + 1, last_id))


def _refused(refusal: Refusal, item_id: int) -> ResponseReturnValue:
    """Show the thing again and say what was wrong."""
    item = goods_queries.get_item(item_id)
    of_code = refusal.code in OF_CODES
    where = "sign" if of_code else "number" if _is_of_number() else ""
    shown = _shown(item, errors={where: retold(refusal)}, values=_sent())
    return render_template("reception/received.html", **shown)


def _is_of_number() -> bool:
    return request.path.endswith("/samanlaiset")


def _sent() -> dict[str, str]:
    return {name: written(value) for name, value in request.form.items() if value}


@bp.post(f"{HERE}/<int:item_id>/samanlaiset")
@needs(Right.RECEIVE)
@refused_on(_refused)
def count(item_id: int) -> ResponseReturnValue:
    """Say how many alike there are: a lot is counted, things to lend get a code each."""
    item, given = goods.lock_item(item_id), _count()
    if item.kind.pool == "reuse":
        goods.recount(item, given)
        return _back(item)
    ids = actions.take_in_alike(item, given)
    return _back(item, viimeinen=ids[-1])


def _count() -> int:
    """Return the number that was sent; a minus is read, so that it can be refused in words."""
    text = request.form.get("number", "").strip().replace("\u2212", "-")
    given = number(text.removeprefix("-"))
    if given is None:
        raise Refusal(N_("Write how many there are, for example 12."), code="not_a_number")
    return -given if text.startswith("-") else given


@bp.post(f"{HERE}/<int:item_id>/peru")
@needs(Right.RECEIVE)
@refused_on(_refused)
def undo(item_id: int) -> ResponseReturnValue:
    """Take the reception back."""
    item = goods.lock_item(item_id)
    actions.undo(item)
    return redirect(Way.of(request.form).url(HERE), 303)


@bp.post(f"{HERE}/<int:item_id>")
@needs(Right.RECEIVE)
@refused_on(_refused)
def complete(item_id: int) -> ResponseReturnValue:
    """Write down what was missing; an empty field changes nothing."""
    item, errors = goods.lock_item(item_id), dict[str, str]()
    facts, place = dict(_facts(item, errors)), _tried(errors, "place", _place, item)
    sign = _tried(errors, "sign", _read_sign)
    if errors:
        shown = _shown(item, errors=errors, values=_sent())
        return render_template("reception/received.html", **shown), 422
    _write(item, facts, place=place, sign=sign)
    return _back(item)


def _write(item: Item, facts: Mapping[str, Any], *, place: Place | None, sign: str | None) -> None:
    actions.complete(item, facts)
    if place is not None and place.id != item.home_place_id:
        goods.shelve(item, place)
    if sign is not None:
        blanks.claim(item.id, sign)
    name = written(request.form.get("name"))
    if name:
        actions.call(item, name)


def _facts(item: Item, errors: dict[str, str]) -> Iterator[tuple[str, Any]]:
    """Yield the columns of a thing that the form fills."""
    if len(request.form.get("name", "")) > LONGEST_NAME:
        errors["name"] = _("The name is too long. Write a shorter one.")
    attributes = {**item.attributes, **_attributes(item, errors)}
    yield "attributes", attributes
    yield "size", size_text(attributes, item.kind.category.attributes) or item.size
    price = _tried(errors, "price", _price)
    if price is not None:
        yield "price_new_cents", price


def _attributes(item: Item, errors: dict[str, str]) -> dict[str, Any]:
    keys = item.kind.category.attributes
    found = {key: _tried(errors, key, _attribute, key) for key in keys if is_size(key)}
    found.update(_tried(errors, "measures", _measures, item) or {})
    if "colour" in keys and request.form.get("colour") in COLOURS:
        found["colour"] = request.form["colour"]
    return {key: value for key, value in found.items() if value is not None}


def _tried(
    errors: dict[str, str], name: str, read: Callable[..., Read | None], *given: Any
) -> Read | None:
    """Read a field; what is wrong with it is kept beside its name."""
    try:
        return read(*given) if request.form.get(name, "").strip() else None
    except Refusal as refusal:
        errors[name] = retold(refusal)
        return None


def _attribute(key: str) -> Any:
    return parse(key, request.form[key])


def _measures(item: Item) -> dict[str, int]:
    keys = [key for key in MEASURES if key in item.kind.category.attributes]
    return parse_measures(request.form["measures"], keys=keys)


def _price() -> int:
    try:
        return read_price(request.form["price"])
    except Refusal as refusal:
        words = N_("Write the price in euros, for example 129,90.")
        raise Refusal(words, code="unreadable_price") from refusal


def _place(item: Item) -> Place:
    """Return the shelf that was written by its name or read by its code."""
    text = request.form["place"].strip()
    names = {name.casefold(): one for name, one in arrivals.places_of(item.site_id).items()}
    place_id = names.get(text.casefold()) or _place_of_code(text)
    if place_id is None:
        words = N_("There is no such shelf here. Choose one from the list.")
        raise Refusal(words, code="no_such_shelf")
    return arrivals.get_place(place_id)


def _place_of_code(text: str) -> int | None:
    try:
        sign = codes.read(text, host=settings_now().public_host)
    except Refusal:
        return None
    code = goods_queries.find_code(sign)
    return code.place_id if code else None


def _read_sign() -> str:
    return codes.read(request.form["sign"], host=settings_now().public_host)


def _back(item: Item, **more: str | int) -> ResponseReturnValue:
    """Go on at the thing, as new as it was."""
    new = {"uusi": 1} if request.form.get("uusi") == "1" else {}
    return redirect(Way.of(request.form).url(f"{HERE}/{item.id}", **new, **more), 303)
