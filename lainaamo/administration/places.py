"""A room or a shelf as its facts, and adding many shelves at once."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import insert, select, update

from lainaamo.administration import actions, queries, rules
from lainaamo.administration.models import Change
from lainaamo.administration.records import Record
from lainaamo.administration.rules import Facts
from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.errors import CONSTRAINTS, N_, Refusal
from lainaamo.goods import actions as goods
from lainaamo.goods.models import Place, Site
from lainaamo.goods.walking import in_order

TAKEN = Refusal(
    N_("The site has a room or a shelf with this name already, maybe a closed one."),
    code="place_name_taken",
)
CONSTRAINTS["uq_place_site_id_name"] = TAKEN


def siblings(place: Place, places: Iterable[Place]) -> list[Place]:
    """Return the open places beside one, itself included, in the order they are walked."""
    same = [
        one
        for one in places
        if one.parent_id == place.parent_id
        and one.level == place.level
        and (one.closed_at is None or one.id == place.id)
    ]
    return in_order(same)


def lock(place_id: int) -> None:
    """Make others wait who change the site's places, and who shelve on this one."""
    site_id = select(Place.site_id).where(Place.id == place_id).scalar_subquery()
    session.scalars(select(Site.id).where(Site.id == site_id).with_for_update(key_share=True)).one()
    session.scalars(select(Place.id).where(Place.id == place_id).with_for_update()).one()


def read(place_id: int) -> Facts:
    """Return a place's facts; `after_id` is the place that is walked just before it."""
    place = session.get_one(Place, place_id)
    beside = [one.id for one in siblings(place, queries.places_of(place.site_id))]
    at = beside.index(place_id)
    return {
        "name": place.name,
        "parent_id": place.parent_id,
        "after_id": beside[at - 1] if at else None,
        "closed": place.closed_at is not None,
    }


def check(place_id: int, now: Facts, after: Facts, _confirmed: int) -> None:
    """Refuse to close what is in use, and a room that is not one."""
    if after.get("closed") and queries.is_used_place(place_id):
        words = N_("Something stands or belongs here. Move it to another shelf first.")
        raise Refusal(words, code="place_in_use")
    parent_id = after.get("parent_id", now["parent_id"])
    if parent_id is not None and not after.get("closed"):
        _check_room(session.get_one(Place, parent_id), session.get_one(Place, place_id))


def _check_room(room: Place, place: Place) -> None:
    fits = room.level == "room" and room.site_id == place.site_id and place.level == "shelf"
    if not fits or room.closed_at is not None:
        words = N_("Choose a room of the same site that is in use.")
        raise Refusal(words, code="no_room")


def write(place_id: int, facts: Facts) -> None:
    """Keep facts of a place; the places beside it are numbered anew where it moves."""
    place = session.get_one(Place, place_id)
    if "name" in facts:
        place.name = facts["name"]
    if "parent_id" in facts:
        place.parent_id = facts["parent_id"]
    if "closed" in facts:
        place.closed_at = clock.now() if facts["closed"] else None
    session.flush()
    if "after_id" in facts:
        beside = [one.id for one in siblings(place, queries.places_of(place.site_id))]
        order = rules.put_after(beside, place_id, facts["after_id"])
        rows = [{"id": one, "position": number} for number, one in enumerate(order, start=1)]
        session.execute(update(Place), rows)


def settled(place: Place, facts: Facts) -> Facts:
    """Return facts in which a shelf that comes into another room is the last there."""
    if facts["parent_id"] == place.parent_id:
        return facts
    every = queries.places_of(place.site_id)
    inside = [one for one in every if (one.parent_id, one.level) == (facts["parent_id"], "shelf")]
    order = in_order(one for one in inside if one.closed_at is None)
    return {**facts, "after_id": order[-1].id if order else None}


PLACE = Record("place", lock, read, check, write)


def add_room(site_id: int, name: str) -> Change:
    """Make a room; it comes last in the walk."""
    return _add(site_id, None, [name], level="room")[0]


def add_shelves(site_id: int, room_id: int | None, names: Sequence[str]) -> list[Change]:
    """Make shelves, each with a code, after those that are there; refuses names that are taken."""
    if room_id is not None:
        room = session.get_one(Place, room_id)
        if room.site_id != site_id or room.level != "room" or room.closed_at is not None:
            raise Refusal(N_("Choose a room of the same site that is in use."), code="no_room")
    changes = _add(site_id, room_id, names, level="shelf")
    goods.label_places([change.thing_id for change in changes])
    return changes


def _add(site_id: int, room_id: int | None, names: Sequence[str], *, level: str) -> list[Change]:
    site = select(Site.id).where(Site.id == site_id, Site.closed_at.is_(None))
    session.scalars(site.with_for_update(key_share=True)).one()
    places = queries.places_of(site_id)
    _check_free(names, places)
    beside = [one for one in places if (one.parent_id, one.level) == (room_id, level)]
    last = max((one.position for one in beside), default=0)
    facts = {"site_id": site_id, "parent_id": room_id, "level": level}
    rows = [
        {**facts, "name": name, "position": last + number if last else 0}
        for number, name in enumerate(names, start=1)
    ]
    made = list(
        session.scalars(insert(Place).returning(Place.id, sort_by_parameter_order=True), rows)
    )
    kept = [{"name": name, "parent_id": room_id, "closed": False} for name in names]
    return actions.keep_made("place", zip(made, kept, strict=True))


def _check_free(names: Sequence[str], places: Iterable[Place]) -> None:
    known: Mapping[str, Place] = {place.name.casefold(): place for place in places}
    for name in names:
        taken = known.get(name.casefold())
        if taken is not None:
            words = N_("The site has %(name)s already. Choose other names.")
            if taken.closed_at is not None:
                words = N_("The site has a closed %(name)s already. Take it into use again.")
            raise Refusal(words, code="place_name_taken", name=taken.name)
