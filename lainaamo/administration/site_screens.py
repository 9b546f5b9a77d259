"""The screens of sites, the days that break their week, and their rooms and shelves."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from lainaamo.administration import actions, forms, places, queries, shown, sites
from lainaamo.administration.places import PLACE
from lainaamo.administration.rules import WEEKDAYS, day_fact, week_fact
from lainaamo.administration.screens import (
    Sheet,
    about,
    bp,
    confirmed,
    offer_closing,
    offer_undo,
    shown_again,
)
from lainaamo.administration.sites import SITE
from lainaamo.core import clock
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import day as write_day
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import retold
from lainaamo.core.web import needs, refused_on
from lainaamo.goods.models import Place
from lainaamo.goods.opening import Opening, is_holiday
from lainaamo.goods.walking import in_order
from lainaamo.people.access import Right

WEEK = [week_fact(weekday) for weekday in WEEKDAYS]
DAYS_SHOWN = 14


# Sites


def _sites_page(form: forms.SiteForm, refusal: Refusal | None = None) -> ResponseReturnValue:
    errors = form.first_errors()
    page = render_template(
        "administration/sites.html",
        sites=queries.sites(),
        counts=queries.count_things_by_site(),
        form=form,
        errors=errors,
        refusal=retold(refusal) if refusal else None,
    )
    return page, 422 if errors else 200


@bp.get("/toimipisteet")
@needs(Right.PLACES)
def all_sites() -> ResponseReturnValue:
    """Show the sites, and a form for a new one."""
    return _sites_page(forms.SiteForm())


@bp.post("/toimipisteet")
@needs(Right.PLACES)
@refused_on(lambda refusal: _sites_page(forms.SiteForm(request.form), refusal))
def add_site() -> ResponseReturnValue:
    """Make a site."""
    form = forms.SiteForm(request.form)
    if not form.validate():
        return _sites_page(form)
    facts = form.facts()
    change = sites.add(facts["name"], address=facts["address"], phone=facts["phone"])
    return shown_again(shown.url_of("site", change.thing_id), change)


def _site_sheet(site_id: int) -> Sheet:
    return Sheet(SITE, site_id, [*sites.PLAIN, *WEEK], "administration/site.html")


def _week(facts: Mapping[str, Any], given: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the week's rows: what was typed, else what is kept."""
    rows = []
    for weekday in WEEKDAYS:
        kept = facts[week_fact(weekday)] or ["", ""]
        opens, closes = f"opens_{weekday}", f"closes_{weekday}"
        rows.append(
            {
                "label": _(shown.WEEKDAYS[weekday]),
                "opens": (opens, given.get(opens, kept[0])),
                "closes": (closes, given.get(closes, kept[1])),
            }
        )
    return rows


def _site_page(
    site_id: int, form: forms.WeekForm | None = None, refusal: Refusal | None = None
) -> ResponseReturnValue:
    facts = SITE.read(site_id)
    coming = list(sites.coming_exceptions(facts))
    return _site_sheet(site_id).page(
        form or forms.WeekForm(data=facts),
        refusal=refusal,
        site=queries.get_site(site_id),
        week=_week(facts, request.form),
        coming=len(coming),
        places=len([one for one in queries.places_of(site_id) if one.closed_at is None]),
        things=queries.things_at(site_id),
    )


def _refused_site(refusal: Refusal, site_id: int) -> ResponseReturnValue:
    form = forms.WeekForm(request.form)
    form.read_week(request.form)
    return _site_page(site_id, form, refusal)


@bp.get("/toimipisteet/<int:site_id>")
@needs(Right.PLACES)
def site(site_id: int) -> ResponseReturnValue:
    """Show a site with its week."""
    return _site_page(site_id)


@bp.post("/toimipisteet/<int:site_id>")
@needs(Right.PLACES)
@refused_on(_refused_site)
def save_site(site_id: int) -> ResponseReturnValue:
    """Keep what a site is called, where it is and when it is open."""
    form = forms.WeekForm(request.form)
    is_good = form.validate()
    if not form.read_week(request.form) or not is_good:
        return _site_page(site_id, form)
    return _site_sheet(site_id).save(form.facts())


# Days


def _days_page(
    site_id: int, form: forms.DaysForm | None = None, refusal: Refusal | None = None
) -> ResponseReturnValue:
    facts = SITE.read(site_id)
    opening, promises = sites.opening(facts), queries.promises_of(site_id)
    form = form or forms.DaysForm(request.args)
    errors = form.first_errors()
    page = render_template(
        "administration/days.html",
        site=queries.get_site(site_id),
        rows=[_day_row(site_id, *one) for one in sites.coming_exceptions(facts)],
        due=[_due_row(day, opening, promises) for day in _promised_days(promises)[:DAYS_SHOWN]],
        form=form,
        errors=errors,
        today=clock.today().isoformat(),
        plan_url=f"/hallinta/toimipisteet/{site_id}/sulku",
        **about("site", site_id, refusal),
    )
    return page, 422 if errors else 200


def _promised_days(promises: queries.Promises) -> list[date]:
    return sorted({*promises.pickups, *promises.returns})


def _day_row(site_id: int, day: date, kept: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "day": write_day(day),
        "text": shown.value("site", day_fact(day), {**kept, "reason": None}, shown.Names()),
        "reason": kept["reason"],
        "holiday": is_holiday(day),
        "url": f"/hallinta/toimipisteet/{site_id}/paivat/{day.isoformat()}/poisto",
    }


def _due_row(day: date, opening: Opening, promises: queries.Promises) -> dict[str, Any]:
    return {
        "day": write_day(day),
        "pickups": promises.pickups.get(day, 0),
        "returns": promises.returns.get(day, 0),
        "open": opening.is_open(day),
    }


def _refused_days(refusal: Refusal, site_id: int, day: str = "") -> ResponseReturnValue:
    form = forms.DaysForm(request.form)
    if day:
        form = forms.DaysForm()
    return _days_page(site_id, form, refusal)


@bp.get("/toimipisteet/<int:site_id>/paivat")
@needs(Right.PLACES)
def days(site_id: int) -> ResponseReturnValue:
    """Show the days that break a site's week, and what is due on which day."""
    return _days_page(site_id)


@bp.post("/toimipisteet/<int:site_id>/paivat")
@needs(Right.PLACES)
@refused_on(_refused_days)
def add_days(site_id: int) -> ResponseReturnValue:
    """Mark days as closed or open at other hours; broken promises must be agreed to first."""
    form = forms.DaysForm(request.form)
    if not form.validate():
        return _days_page(site_id, form)
    wanted = {day_fact(day): form.value() for day in sites.days_between(form.first, form.last)}
    change = actions.edit(SITE, site_id, wanted, confirmed=confirmed())
    return shown_again(f"/hallinta/toimipisteet/{site_id}/paivat", change)


@bp.post("/toimipisteet/<int:site_id>/paivat/<day>/poisto")
@needs(Right.PLACES)
@refused_on(_refused_days)
def remove_day(site_id: int, day: str) -> ResponseReturnValue:
    """Let a day be as the week says again."""
    try:
        fact = day_fact(date.fromisoformat(day))
    except ValueError:
        raise NoResultFound from None
    change = actions.edit(SITE, site_id, {fact: None}, confirmed=confirmed())
    return shown_again(f"/hallinta/toimipisteet/{site_id}/paivat", change)


# Rooms and shelves


def _shelves_form(site_id: int, given: Any = None) -> forms.ShelvesForm:
    form = forms.ShelvesForm(given)
    forms.offer(form.room, [("", _("No room")), *_rooms(queries.places_of(site_id))])
    return form


def _rooms(all_places: Sequence[Place]) -> list[tuple[str, str]]:
    rooms = [one for one in all_places if one.level == "room" and one.closed_at is None]
    return [(str(one.id), one.name) for one in in_order(rooms)]


def _places_page(
    site_id: int,
    *,
    shelves: forms.ShelvesForm | None = None,
    room: forms.RoomForm | None = None,
    refusal: Refusal | None = None,
) -> ResponseReturnValue:
    shelves, room = shelves or _shelves_form(site_id), room or forms.RoomForm()
    errors = {**shelves.first_errors(), **room.first_errors()}
    page = render_template(
        "administration/places.html",
        site=queries.get_site(site_id),
        groups=walked(site_id),
        shelves=shelves,
        room=room,
        errors=errors,
        refusal=retold(refusal) if refusal else None,
    )
    return page, 422 if errors else 200


def walked(site_id: int) -> list[dict[str, Any]]:
    """Return the rooms with their shelves in the order of the walk; what is in no room first."""
    rows = in_order(queries.places_of(site_id))
    signs, counts = queries.signs_of_places(site_id), queries.count_things_by_place(site_id)

    def shown_place(one: Place) -> dict[str, Any]:
        facts = {"id": one.id, "name": one.name, "closed": one.closed_at is not None}
        return {**facts, "sign": signs.get(one.id), "things": counts.get(one.id, 0)}

    rooms: list[Place | None] = [None, *(one for one in rows if one.level == "room")]
    groups = []
    for room in rooms:
        inside = [
            shown_place(one)
            for one in rows
            if one.level == "shelf" and one.parent_id == (room.id if room else None)
        ]
        if room is not None or inside:
            groups.append({"room": shown_place(room) if room else None, "shelves": inside})
    return groups


def _refused_places(refusal: Refusal, site_id: int) -> ResponseReturnValue:
    if "name" in request.form:
        return _places_page(site_id, room=forms.RoomForm(request.form), refusal=refusal)
    return _places_page(site_id, shelves=_shelves_form(site_id, request.form), refusal=refusal)


@bp.get("/toimipisteet/<int:site_id>/hyllyt")
@needs(Right.PLACES)
def site_places(site_id: int) -> ResponseReturnValue:
    """Show a site's rooms and shelves in the order they are walked."""
    return _places_page(site_id)


@bp.post("/toimipisteet/<int:site_id>/hyllyt")
@needs(Right.PLACES)
@refused_on(_refused_places)
def add_shelves(site_id: int) -> ResponseReturnValue:
    """Make shelves, many at once."""
    form = _shelves_form(site_id, request.form)
    if not form.validate():
        return _places_page(site_id, shelves=form)
    room_id = forms.number_or_none(form.room.data)
    places.add_shelves(queries.get_site(site_id).id, room_id, form.names)
    return redirect(f"/hallinta/toimipisteet/{site_id}/hyllyt", 303)


@bp.post("/toimipisteet/<int:site_id>/tilat")
@needs(Right.PLACES)
@refused_on(_refused_places)
def add_room(site_id: int) -> ResponseReturnValue:
    """Make a room."""
    form = forms.RoomForm(request.form)
    if not form.validate():
        return _places_page(site_id, room=form)
    places.add_room(queries.get_site(site_id).id, form.name.data)
    return redirect(f"/hallinta/toimipisteet/{site_id}/hyllyt", 303)


def _place_form(place: Place, given: Any = None) -> forms.PlaceForm:
    """Return the form of a place with the rooms and neighbours there are."""
    form = forms.PlaceForm(given, data=PLACE.read(place.id))
    every = queries.places_of(place.site_id)
    beside = [one for one in places.siblings(place, every) if one.id != place.id]
    after = [(str(one.id), _("after %(name)s", name=one.name)) for one in beside]
    forms.offer(form.after_id, [("", _("first")), *after])
    rooms = _rooms(every) if place.level == "shelf" else []
    forms.offer(form.parent_id, [("", _("No room")), *rooms])
    return form


def _place_page(
    place_id: int, form: forms.PlaceForm | None = None, refusal: Refusal | None = None
) -> ResponseReturnValue:
    place = queries.get_place(place_id)
    return _place_sheet(place_id).page(
        form or _place_form(place),
        refusal=refusal,
        place=place,
        site=queries.get_site(place.site_id),
        sign=queries.signs_of_places(place.site_id).get(place_id),
        things=queries.count_things_by_place(place.site_id).get(place_id, 0),
    )


def _place_sheet(place_id: int) -> Sheet:
    return Sheet(PLACE, place_id, ["name", "parent_id", "after_id"], "administration/place.html")


def _refused_place(refusal: Refusal, place_id: int) -> ResponseReturnValue:
    form = _place_form(queries.get_place(place_id), request.form)
    return _place_page(place_id, form, refusal)


@bp.get("/hyllyt/<int:place_id>")
@needs(Right.PLACES)
def place(place_id: int) -> ResponseReturnValue:
    """Show a room or a shelf."""
    return _place_page(place_id)


@bp.post("/hyllyt/<int:place_id>")
@needs(Right.PLACES)
@refused_on(_refused_place)
def save_place(place_id: int) -> ResponseReturnValue:
    """Keep what a place is called and where it comes in the walk."""
    found = queries.get_place(place_id)
    form = _place_form(found, request.form)
    if not form.validate():
        return _place_page(place_id, form)
    facts = places.settled(found, form.facts())
    return _place_sheet(place_id).save(facts)


for _record in (SITE, PLACE):
    offer_undo(_record)
    offer_closing(_record)
