"""Taking goods in: a photo, what it is and how good; all else is proposed or completed later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from lainaamo.core import clock, journal
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.goods import actions as goods
from lainaamo.goods import blanks, finding, freed, photos
from lainaamo.goods import queries as goods_queries
from lainaamo.goods.models import Category, Item, Kind, Use
from lainaamo.lending import turns
from lainaamo.reception import arrivals
from lainaamo.reception.models import DonatedThing, WaitingPhoto

MOST_ALIKE = 200
"""How many alike things to lend can be taken in at once: each gets a code and a label."""
UNDONE_WITHIN = timedelta(days=1)
WAITS = timedelta(hours=20)
"""How long a photo waits for its thing: less than its files do, see core.files.STRAY_AFTER."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is said of a thing as it comes in.

    `photo` is the name of one that waits; `sign` a printed blank code that is on the thing. It
    comes from a unit, or with a resident's donation, or nobody knows.
    """

    category_id: int
    condition: str
    site_id: int
    photo: str | None = None
    sign: str | None = None
    unit_id: int | None = None
    donation_id: int | None = None


def keep_photo(name: str, photo: photos.Photo, colours: Sequence[str]) -> WaitingPhoto:
    """Keep a photo whose files have this name until its thing is written down."""
    row = WaitingPhoto(
        name=name,
        width=photo.width,
        height=photo.height,
        fingerprint=photo.fingerprint,
        colours=list(colours),
        made_at=clock.now(),
    )
    session.add(row)
    session.flush()
    journal.write("photo.kept", "waiting_photo", row.id)
    return row


def forget_photos() -> None:
    """Forget photos whose thing never came; their files are swept as strays."""
    session.execute(delete(WaitingPhoto).where(WaitingPhoto.made_at < clock.now() - WAITS))


def take_in(arrival: Arrival) -> Item:
    """Write a thing down, give it a code, and show its photo; what is broken goes to repair.

    A photo that has its thing already gives that thing: the same form may come twice.
    """
    photo = _claim_photo(arrival.photo) if arrival.photo else None
    if isinstance(photo, Item):
        return photo
    category = _lock_category(arrival.category_id)
    kind = _kind_called(category, category.name)
    item = goods.receive(
        kind,
        site_id=arrival.site_id,
        condition=arrival.condition,
        attributes=_proposed(category, photo),
        giving_unit_id=arrival.unit_id,
    )
    _label(item, arrival.sign)
    if photo is not None:
        _show(photo, item)
    if arrival.donation_id is not None:
        session.add(DonatedThing(donation_id=arrival.donation_id, item_id=item.id))
    if arrival.condition == "broken":
        goods.lock_kinds([kind.id])
        goods.open_repair(item, "repair")
    return item


def _claim_photo(name: str) -> WaitingPhoto | Item:
    """Take a waiting photo, or return the thing that has it."""
    wanted = select(WaitingPhoto).where(WaitingPhoto.name == name).with_for_update()
    row = session.scalar(wanted)
    if row is not None and row.made_at > clock.now() - WAITS:
        return row
    item = arrivals.find_item_of_photo(name)
    if item is None:
        words = N_("The photo is not here any more. Take a new one.")
        raise Refusal(words, code="photo_gone")
    return item


def _show(photo: WaitingPhoto, item: Item) -> None:
    content = photos.Photo({}, photo.width, photo.height, photo.fingerprint)
    goods.add_photo(item, photo.name, content)
    session.delete(photo)


def _lock_category(category_id: int) -> Category:
    """Return a group in use; others who take in goods of it wait, so that no kind is made twice."""
    wanted = select(Category).where(Category.id == category_id, Category.closed_at.is_(None))
    category = session.scalar(wanted.with_for_update())
    if category is None:
        words = N_("This group is not in use. Choose another one.")
        raise Refusal(words, code="category_closed")
    return category


def _kind_called(category: Category, name: str) -> Kind:
    """Return the kind of a group with this name; made where there is none."""
    kind = arrivals.find_kind(category.id, name)
    if kind is not None:
        return kind
    kind = Kind(category_id=category.id, pool=category.pool, name=name, made_at=clock.now())
    if name == category.name:
        kind.name_simple, kind.name_sv = category.name_simple, category.name_sv
        kind.name_en = category.name_en
    session.add(kind)
    session.flush()
    finding.index_kinds([kind.id])
    journal.write("kind.made", "kind", kind.id)
    return kind


def _proposed(category: Category, photo: WaitingPhoto | None) -> dict[str, Any]:
    """Return what a photo tells of a thing, if its group has such an attribute."""
    if photo is None or not photo.colours or "colour" not in category.attributes:
        return {}
    return {"colour": photo.colours[0]}


def _label(item: Item, sign: str | None) -> None:
    if sign:
        blanks.claim(item.id, sign)
    else:
        goods.label(item)


# More of the same


def take_in_alike(item: Item, number: int) -> list[int]:
    """Take in so many more things to lend like this one, each with a code; return their ids."""
    if number < 1:
        words = N_("The count must be 1 or more. Write it again.")
        raise Refusal(words, code="too_few")
    if number > MOST_ALIKE:
        words = N_("The count can be %(most)d at most. Write it again.")
        raise Refusal(words, code="too_many", most=MOST_ALIKE)
    same = ("kind_id", "site_id", "place_id", "home_place_id", "size", "condition")
    more = ("price_new_cents", "giving_unit_id", "attributes")
    row = {name: getattr(item, name) for name in (*same, *more)}
    ids = goods.receive_many([row] * number)
    goods.label_many(ids)
    donation_id = arrivals.donation_of(item.id)
    if donation_id is not None:
        session.add_all([DonatedThing(donation_id=donation_id, item_id=one) for one in ids])
    return ids


# What was wrong


def undo(item: Item) -> None:
    """Take a reception back within a day; refused once the thing is promised or lent.

    The thing must be locked. A kind that was made for it alone goes, too.
    """
    if item.left_at is not None:
        return
    _check_undoable(item)
    repair = goods_queries.find_open_repair(item.id)
    if repair is not None:
        goods.close_repair(repair)
    goods.leave(item, "retired")
    journal.write("item.reception_undone", "item", item.id)
    _drop_if_empty(item.kind)


def _check_undoable(item: Item) -> None:
    if clock.now() - item.received_at > UNDONE_WITHIN:
        words = N_("This came in on an earlier day. Take it out of use on its own page.")
        raise Refusal(words, code="too_late")
    turns.take_back_untold(item.kind_id)
    if any(use.purpose != "repair" for use in goods_queries.live_uses_of(item.id)):
        words = N_("This thing is promised or lent already. Take it back first.")
        raise Refusal(words, code="promised")


def _drop_if_empty(kind: Kind) -> None:
    """Let a kind without things go, if it was made only a day ago."""
    session.flush()
    is_new = clock.now() - kind.made_at <= UNDONE_WITHIN
    if is_new and arrivals.count_things(kind.id) == 0:
        kind.left_at = clock.now()
        session.flush()
        finding.index_kinds([kind.id])
        journal.write("kind.left", "kind", kind.id)


# What was missing


def complete(item: Item, facts: Mapping[str, Any]) -> list[str]:
    """Write down what was missing of a thing: columns of Item; return what changed.

    The thing must be locked.
    """
    changed = [name for name, value in facts.items() if getattr(item, name) != value]
    for name in changed:
        setattr(item, name, facts[name])
    if changed:
        session.flush()
        freed.note(item.kind_id)
        journal.write("item.completed", "item", item.id, facts=".".join(changed)[:64])
    return changed


def call(item: Item, name: str) -> None:
    """Give a thing its right name: it goes to the kind of its group that is called so.

    The thing must be locked. Refused while it is promised under the name it has.
    """
    if name.casefold() == item.kind.name.casefold():
        return
    turns.take_back_untold(item.kind_id)
    uses = goods_queries.live_uses_of(item.id)
    if any(use.purpose != "repair" for use in uses):
        words = N_("This thing is promised or lent already, so its name stays.")
        raise Refusal(words, code="promised")
    before, kind = item.kind, _kind_called(_lock_category(item.kind.category_id), name)
    goods.lock_kinds([kind.id])
    item.kind = kind
    item.kind_id = kind.id
    freed.note(before.id, kind.id)
    for use in uses:
        session.get_one(Use, use.id).kind_id = kind.id
    journal.write("item.completed", "item", item.id, kind=kind.id)
    _drop_if_empty(before)
