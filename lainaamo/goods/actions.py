"""The verbs of goods: receive, label, shelve, and take or free a thing's days."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import BindParameter, Table, bindparam, delete, func, insert, select, update

from lainaamo.core import clock, journal
from lainaamo.core.db import add, insert_missing, insert_once, locks_rows, reread, session
from lainaamo.core.errors import CONSTRAINTS, N_, Refusal
from lainaamo.goods import freed, in_hand, kits, photos, queries
from lainaamo.goods.availability import Fixed, Stock, Wish, moves, pack
from lainaamo.goods.codes import length_for, new_code
from lainaamo.goods.in_hand import InHand
from lainaamo.goods.models import (
    Allocation,
    Category,
    Code,
    Item,
    Kind,
    Photo,
    Place,
    Repair,
    Site,
    Use,
)

TAKEN = Refusal(N_("Somebody was faster: this is taken now. Look again."), code="taken")
CONSTRAINTS["uq_allocation_item_id_day"] = TAKEN
CONSTRAINTS["ck_item_unclaimed_within_quantity"] = TAKEN
CONSTRAINTS["uq_photo_shown"] = Refusal(
    N_("This photo is already shown of this thing."), code="photo_shown"
)
MOST_PIECES = 1_000_000
MOST_AT_ONCE = 5_000  # SQLite takes 32,766 values in a statement
SignsOf = Callable[[Sequence[int]], Mapping[int, str]]


def receive(kind: Kind, *, site_id: int, quantity: int = 1, **facts: Any) -> Item:
    """Take a thing, or a lot of alike things for reuse, into the house.

    A kit is put together from others' things: nothing is received as one.
    """
    _check_no_kit([kind.id])
    known = {"attributes": {}, "condition": "good", **facts}
    item = Item(
        kind_id=kind.id,
        site_id=site_id,
        quantity=quantity,
        unclaimed=quantity,
        received_at=clock.now(),
        **known,
    )
    session.add(item)
    session.flush()
    freed.note(kind.id)
    unit = item.giving_unit_id
    journal.write("item.received", "item", item.id, quantity=quantity, unit=unit)
    return item


def _check_no_kit(kind_ids: Iterable[int]) -> None:
    if not kits.kits().keys().isdisjoint(kind_ids):
        words = N_("This is a kit: it has no things of its own. Take in its parts.")
        raise Refusal(words, code="kit")


def label(item: Item) -> str:
    """Give a thing a code of its own and return it; a thing that has one keeps it."""
    return queries.sign_of(item.id) or give_code("item", item.id)


def receive_many(rows: Sequence[Mapping[str, Any]], *, verb: str = "item.received") -> list[int]:
    """Take many things in at once and return their ids in order; `rows` are columns of Item.

    Every row must have the same columns.
    """
    if not rows:
        return []
    _check_no_kit({row["kind_id"] for row in rows})
    usual = {"received_at": clock.now(), "condition": "good", "attributes": {}, "quantity": 1}
    facts = [{**usual, **row} for row in rows]
    for row in facts:
        row["unclaimed"] = row["quantity"]
    # The table, not the model: the ORM's own bookkeeping would double the time.
    table = cast("Table", Item.__table__)
    wanted = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    ids = list(session.scalars(wanted, facts))
    freed.note(*{row["kind_id"] for row in facts})
    journal.write_many(
        verb,
        "item",
        [
            (item_id, {"quantity": row["quantity"], "unit": row.get("giving_unit_id")})
            for item_id, row in zip(ids, facts, strict=True)
        ],
    )
    return ids


def label_as(item_id: int, sign: str) -> None:
    """Give a thing this very code: a printed blank one, or one a list brought."""
    if not insert_once(Code, sign=sign, item_id=item_id, made_at=clock.now()):
        code = _lock_blank(sign)
        code.item_id, code.given_at = item_id, clock.now()
    journal.write("item.labelled", "item", item_id, code=sign)


def _lock_blank(sign: str) -> Code:
    """Lock a code as it is now; one that is on something is refused."""
    code = lock_code(sign)
    if not is_blank(code):
        words = N_("The code %(sign)s is in use. Take another one.")
        raise Refusal(words, code="code_in_use", sign=sign)
    return code


def lock_code(sign: str) -> Code:
    """Make everybody else who gives this code wait, and return it as it is now."""
    wanted = select(Code).where(Code.sign == sign).with_for_update()
    return session.scalars(wanted, execution_options={"populate_existing": True}).one()


def is_blank(code: Code) -> bool:
    """Tell whether a code is on nothing yet."""
    return not (code.item_id or code.place_id or code.person_id or code.command)


def label_many(item_ids: Sequence[int]) -> None:
    """Give each of these things, which have none, a code of its own."""
    _label_many("item", item_ids, signs_of=queries.signs_of)


def label_places(place_ids: Sequence[int]) -> None:
    """Give each of these shelves, which have none, a code of its own."""
    _label_many("place", place_ids, signs_of=queries.signs_of_places)


def _label_many(thing: str, ids: Sequence[int], *, signs_of: SignsOf) -> None:
    for start in range(0, len(ids), MOST_AT_ONCE):
        left = list(ids[start : start + MOST_AT_ONCE])
        while left:
            length = length_for(session.scalar(select(func.max(Code.id))) or 0)
            made = {"made_at": clock.now()}
            drawn = [{"sign": new_code(secrets.randbits, length=length), **made} for _ in left]
            # A sign drawn twice is left out by the key; its thing draws again.
            pairs = zip(left, drawn, strict=True)
            insert_missing(Code, [{**row, f"{thing}_id": one} for one, row in pairs])
            # The codes they have got are written down; who got none draws again.
            signs = signs_of(left)
            lines = [(one, {"code": sign}) for one, sign in signs.items()]
            journal.write_many(f"{thing}.labelled", thing, lines)
            left = [one for one in left if one not in signs]


def label_place(place: Place) -> str:
    """Give a shelf a code of its own and return it; a shelf that has one keeps it."""
    return queries.signs_of_places([place.id]).get(place.id) or give_code("place", place.id)


def label_person(person_id: int) -> str:
    """Give somebody a code for a card and return it; who has one keeps it."""
    return queries.sign_of_person(person_id) or give_code("person", person_id)


def label_person_as(person_id: int, sign: str) -> None:
    """Put a printed card's code on a person: a blank one, or one that nobody has made yet."""
    if not insert_once(Code, sign=sign, person_id=person_id, made_at=clock.now()):
        code = lock_code(sign)
        if not is_blank(code):
            words = N_("This code is in use already. Take another card.")
            raise Refusal(words, code="code_in_use")
        code.person_id, code.given_at = person_id, clock.now()
    journal.write("person.labelled", "person", person_id, code=sign)


def give_code(thing: str, thing_id: int) -> str:
    """Give a thing, a place or a person a new code, beside those it has, and return it."""
    length = length_for(session.scalar(select(func.max(Code.id))) or 0)
    while True:
        sign = new_code(secrets.randbits, length=length)
        # A sign drawn twice is drawn again: the key in the database decides, also between twins.
        if insert_once(Code, sign=sign, made_at=clock.now(), **{f"{thing}_id": thing_id}):
            journal.write(f"{thing}.labelled", thing, thing_id, code=sign)
            return sign


def add_photo(item: Item, name: str, photo: photos.Photo) -> Photo:
    """Show a photo of a thing, whose files have this name; the same photo again is the first one.

    The caller forgets the files of a name that the returned photo does not have.
    """
    same = next((p for p in queries.photos_of(item.id) if p.fingerprint == photo.fingerprint), None)
    if same is not None:
        return same
    row = Photo(
        item_id=item.id,
        name=name,
        width=photo.width,
        height=photo.height,
        fingerprint=photo.fingerprint,
        made_at=clock.now(),
    )
    session.add(row)
    session.flush()
    journal.write("photo.added", "item", item.id, photo=row.id)
    return row


def take_photo_away(photo: Photo) -> None:
    """Show a photo no more; it can be put back."""
    if photo.removed_at is None:
        photo.removed_at = clock.now()
        journal.write("photo.removed", "item", photo.item_id, photo=photo.id)


def put_photo_back(photo: Photo) -> None:
    """Show a photo that was taken away again."""
    if photo.removed_at is not None:
        photo.removed_at = None
        session.flush()
        journal.write("photo.added", "item", photo.item_id, photo=photo.id)


def shelve(item: Item, place: Place) -> None:
    """Put a thing on a shelf; its home is where it was put last. Refused where it is closed."""
    if item.site_id != place.site_id:
        freed.note(item.kind_id)
    put(item.id, place)
    reread(Item, [item.id], "place_id", "home_place_id", "site_id")


def put(item_id: int, place: Place) -> None:
    """Put a thing on a shelf as `shelve` does."""
    # Shared: many may shelve at once, but nobody may close the shelf meanwhile.
    still_open = select(Place.id).where(Place.id == place.id, Place.closed_at.is_(None))
    if session.scalar(still_open.with_for_update(read=True)) is None:
        words = N_("The shelf %(name)s is not in use. Choose another one.")
        raise Refusal(words, code="shelf_closed", name=place.name)
    there = {"place_id": place.id, "home_place_id": place.id, "site_id": place.site_id}
    session.flush()
    session.execute(_PUT, {"item": item_id, **there})
    journal.write("item.shelved", "item", item_id, place=place.id)


_ITEMS = cast("Table", Item.__table__)
_PUT = update(_ITEMS).where(_ITEMS.c.id == bindparam("item"))
_HOLD_SITE = select(cast("Table", Site.__table__).c.id).with_for_update(read=True, key_share=True)
_HOLD_SITE = _HOLD_SITE.where(cast("Table", Site.__table__).c.id == bindparam("site"))


def hold_site(site_id: int) -> None:
    """Keep a site's days as they are until what is promised there is written down."""
    session.execute(_HOLD_SITE, {"site": site_id}).one()


def number_categories(rows: Iterable[tuple[int, int | None]]) -> None:
    """Give the tree its numbers, parents before children; rows are (id, parent) in order."""
    order = queries.walk(rows)
    numbered = [{"id": one, "position": number} for number, one in enumerate(order, start=1)]
    session.execute(update(Category), numbered)


def lock_kinds(kind_ids: Iterable[int]) -> None:
    """Make everybody else who changes the days of these kinds wait; the order prevents deadlock."""
    if locks_rows():
        session.execute(_LOCK_KINDS, {"kinds": list(set(kind_ids))}).all()


_KIND_ID = cast("Table", Kind.__table__).c.id
_LOCK_KINDS = (
    select(_KIND_ID)
    .where(_KIND_ID.in_(bindparam("kinds", expanding=True)))
    .order_by(_KIND_ID)
    .with_for_update()
)


# Lots


def lock_item(item_id: int) -> Item:
    """Lock a thing's kind and return the thing as it is now, with what belongs to it."""
    kind_id = session.scalars(select(Item.kind_id).where(Item.id == item_id)).one()
    lock_kinds([kind_id])
    return queries.get_item(item_id, fresh=True)


def set_aside(item: Item, number: int) -> bool:
    """Keep some free pieces of a lot for somebody; tell whether so many were free."""
    left = (Item.left_at.is_(None), Item.unclaimed >= number)
    wanted = update(Item).where(Item.id == item.id, *left)
    changed = wanted.values(unclaimed=Item.unclaimed - number).returning(Item.unclaimed)
    return session.scalar(changed) is not None


def put_back(item: Item, number: int) -> None:
    """Free some pieces of a lot that were set aside."""
    wanted = update(Item).where(Item.id == item.id)
    session.execute(wanted.values(unclaimed=Item.unclaimed + number))


def transfer(item: Item, number: int, *, unit_id: int, claim_id: int) -> None:
    """Let pieces that were set aside go to a unit; with the last of them the lot has left.

    The thing must be locked.
    """
    if number < item.quantity:
        wanted = update(Item).where(Item.id == item.id)
        session.execute(wanted.values(quantity=Item.quantity - number))
    else:
        leave(item, "transferred", claimed=number)
    about = {"quantity": number, "unit": unit_id, "claim": claim_id}
    journal.write("claim.taken", "item", item.id, **about)


def leave(item: Item, how: str, *, claimed: int = 0) -> None:
    """Let a thing leave the house; `claimed` pieces go to whom they were set aside for.

    Refused while other pieces are promised to units. The thing must be locked.
    """
    promised = item.quantity - item.unclaimed - claimed
    if promised:
        words = N_("%(count)d of these are booked for units. Hand them over or cancel first.")
        raise Refusal(words, code="promised", count=promised)
    item.left_at, item.left_as = clock.now(), how
    item.unclaimed = 0
    item.place_id = None
    session.flush()
    freed.note(item.kind_id)  # what was promised of it is no more


def recount(item: Item, number: int) -> None:
    """Say how many pieces a lot has, as counted; those promised to units stay promised.

    The thing must be locked.
    """
    if item.left_at is not None:
        raise Refusal(N_("This thing has left the house. Put it aside and ask."), code="left")
    promised = item.quantity - item.unclaimed
    if number < promised:
        words = N_("%(count)d of these are booked for units, so there must be as many at least.")
        raise Refusal(words, code="promised", count=promised)
    if number < 1:
        words = N_("The count must be 1 or more. If nothing is left, take the thing out of use.")
        raise Refusal(words, code="nothing_left")
    if number > MOST_PIECES:
        words = N_("The count can be %(most)d at most. Write it again.")
        raise Refusal(words, code="too_many", most=MOST_PIECES)
    if number == item.quantity:
        return
    before, item.unclaimed, item.quantity = item.quantity, number - promised, number
    session.flush()
    journal.write("item.recounted", "item", item.id, before=before, quantity=number)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing of a kind (and size) at a site, from a day to the last day it is taken."""

    kind_id: int
    size: str | None
    site_id: int
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Promised:
    """What was promised: a use, of a kind in a size."""

    id: int
    kind_id: int
    size: str | None


def promise(wanted: Sequence[Wanted], stocks: Mapping[int, Stock]) -> list[Promised] | None:
    """Promise all these things or none: None where they cannot all be had.

    Other movable promises may change their thing to make room. The kinds must be locked, and their
    stocks read since.
    """
    uses: list[Promised] = []
    for kind_id in sorted({want.kind_id for want in wanted}):
        stock = stocks[kind_id]
        wishes = _wishes([want for want in wanted if want.kind_id == kind_id])
        placing = pack(stock, wishes)
        if placing is None:
            return None
        _move(moves(stock, placing))
        uses.extend(_promised(kind_id, wish, placing[wish.key]) for wish in wishes)
    return _in_order_of(wanted, uses)


def _wishes(wanted: Sequence[Wanted]) -> list[Wish]:
    """Make wishes of what is wanted; they have negative keys, since they are no rows yet."""
    return [
        Wish(-n, want.first_day, want.last_day, want.size, want.site_id)
        for n, want in enumerate(wanted, start=1)
    ]


def _promised(kind_id: int, wish: Wish, item_id: int) -> Promised:
    use_id = _add(
        item_id=item_id,
        kind_id=kind_id,
        site_id=wish.site_id,
        size=wish.size,
        purpose="reserved",
        first_day=wish.first_day,
        last_day=wish.last_day,
        movable=True,
    )
    return Promised(use_id, kind_id, wish.size)


def _in_order_of(wanted: Sequence[Wanted], uses: Sequence[Promised]) -> list[Promised]:
    """Give each wanted thing its use: alike ones are interchangeable."""
    left = list(uses)
    chosen = []
    for want in wanted:
        same = (use for use in left if (use.kind_id, use.size) == (want.kind_id, want.size))
        chosen.append(next(same))
        left.remove(chosen[-1])
    return chosen


def take(
    thing: InHand | Item,
    purpose: str,
    first_day: date,
    last_day: date | None,
    *,
    displaces: bool = False,
    **facts: Any,
) -> int:
    """Take this very thing, now out or in repair; others' promises make room where they can.

    A loan is refused when the thing itself is taken, and when somebody's promise would be left
    without a thing, unless it `displaces` them. The kind must be locked. Returns the use's id.
    """
    if not in_hand.concerns_nobody(thing, first_day, last_day):
        _make_room(thing, purpose, first_day, last_day, displaces=displaces)
    return _taken(thing, purpose, first_day, last_day, **facts)


def _make_room(
    thing: InHand | Item,
    purpose: str,
    first_day: date,
    last_day: date | None,
    *,
    displaces: bool,
) -> None:
    """Pack the kind around a thing that is taken."""
    stock = queries.stock(thing.kind_id)
    taken = Fixed(thing.id, first_day, last_day)
    after = replace(stock, fixed=[*stock.fixed, taken])
    if purpose == "on_loan" and _meets_fixed(stock, taken):
        raise TAKEN
    placing = pack(after) or {}
    lost = set(pack(stock) or {}) - set(placing)
    if lost:
        freed.note(thing.kind_id)
    if lost and purpose == "on_loan" and not displaces:
        words = N_("This thing is promised to somebody else. Give another one or a shorter loan.")
        raise Refusal(words, code="promised")
    _forget_days(lost)
    _move(moves(after, placing))


def _taken(
    thing: InHand | Item, purpose: str, first_day: date, last_day: date | None, **facts: Any
) -> int:
    """Write down that a thing is taken."""
    return _add(
        item_id=thing.id,
        kind_id=thing.kind_id,
        site_id=thing.site_id,
        purpose=purpose,
        first_day=first_day,
        last_day=last_day,
        movable=False,
        **facts,
    )


def _meets_fixed(stock: Stock, taken: Fixed) -> bool:
    last = taken.last_day or date.max
    return any(
        row.thing_id == taken.thing_id
        and row.first_day <= last
        and (row.last_day or date.max) >= taken.first_day
        for row in stock.fixed
    )


def release(*use_ids: int) -> None:
    """End uses: their days from today on are free again, what was stays in the loan and journal."""
    session.flush()
    ended = session.scalars(_END, {"ended": use_ids, "ended_at": clock.now()})
    freed.note(*ended)
    session.execute(_FREE, {"ended": use_ids, "today": clock.today()})
    reread(Use, use_ids, "ended_at")


_DAYS, _USES = cast("Table", Allocation.__table__), cast("Table", Use.__table__)
_ENDED: BindParameter[Any] = bindparam("ended", expanding=True)
_END = update(_USES).where(_USES.c.id.in_(_ENDED)).returning(_USES.c.kind_id)
_FREE = delete(_DAYS).where(_DAYS.c.use_id.in_(_ENDED), _DAYS.c.day >= bindparam("today"))


def take_up(use: Use) -> None:
    """Let a use that ended take its days again, as if it had not.

    Refused where somebody's promise would be left without a thing. The kind must be locked.
    """
    before = queries.stock(use.kind_id)
    promised = set(pack(before) or {})
    use.ended_at = None
    session.flush()
    stock = queries.stock(use.kind_id)
    taken = Fixed(use.item_id, use.first_day, use.last_day)
    placing = pack(stock) or {}
    needed = promised | ({use.id} if use.movable else set())
    if not needed <= set(placing) or (use.purpose == "on_loan" and _meets_fixed(before, taken)):
        words = N_("These days were promised to somebody else meanwhile. It cannot be undone.")
        raise Refusal(words, code="promised")
    changed = moves(stock, placing)
    _move(changed)
    if use.id not in changed:
        _take_days([use])


def set_free(uses: Sequence[Use]) -> None:
    """Free all the days of promises that others come in the place of; then `forget` them."""
    _forget_days([use.id for use in uses])
    for use in uses:
        use.ended_at = clock.now()
        freed.note(use.kind_id)
    session.flush()


def forget(use_ids: Iterable[int]) -> None:
    """Forget promises that were set free and that nothing stands on any more."""
    session.flush()
    session.execute(delete(Use).where(Use.id.in_(set(use_ids))))


def rest(thing: InHand, last_day: date) -> int | None:
    """Let a thing rest until a day; shorter, or not at all, where a promise would lose its thing.

    Promises were made on the terms of their day: a longer rest that was set later does not break
    them. The kind must be locked. Returns the use's id.
    """
    today = clock.today()
    if in_hand.concerns_nobody(thing, today, last_day):
        return _taken(thing, "turnaround", today, last_day)
    stock = queries.stock(thing.kind_id)
    promised = set(pack(stock) or {})
    for days in range((last_day - today).days, -1, -1):
        last = today + timedelta(days)
        after = replace(stock, fixed=[*stock.fixed, Fixed(thing.id, today, last)])
        if promised <= set(pack(after) or {}):
            return take(thing, "turnaround", today, last)
    return None


def keep_longer(use: Use, last_day: date, *, due_on: date) -> None:
    """Let a thing that is out be taken until a later day; promises make room where they must.

    Whether all of them can is the caller's to look at. The kind must be locked.
    """
    _forget_days([use.id])
    use.last_day, use.due_on = last_day, due_on
    session.flush()
    stock = queries.stock(use.kind_id)
    placing = pack(stock) or {}
    _forget_days({wish.key for wish in stock.wishes} - set(placing))
    _move(moves(stock, placing))
    _take_days([use])


def end_rest(item_id: int) -> None:
    """End a thing's turnaround: who has it in hand sees that it is dry and clean."""
    wanted = select(Use.id).where(Use.item_id == item_id, Use.purpose == "turnaround")
    resting = session.scalars(wanted.where(Use.ended_at.is_(None))).all()
    if resting:
        release(*resting)


def rehouse(kind_id: int) -> set[int]:
    """Move promises off things that are late, broken or gone; return the uses with nothing left.

    The kind must be locked.
    """
    stock = queries.stock(kind_id)
    placing = pack(stock) or {}
    lost = {wish.key for wish in stock.wishes} - set(placing)
    _forget_days(lost)
    _move(moves(stock, placing))
    return lost


def homeless() -> set[int]:
    """Return the promises of all kinds whose thing is late, broken or gone, with no other free."""
    found: set[int] = set()
    for stock in queries.stocks(in_hand.kinds_with_lost_promises()).values():
        found |= {wish.key for wish in stock.wishes} - set(pack(stock) or {})
    return found


def open_repair(item: Item, need: str) -> Repair:
    """Take a thing out of circulation until it is cleaned, mended or whole again."""
    use_id = take(item, "repair", clock.today(), None)
    freed.note(item.kind_id)  # who was given it just now waits again
    repair = Repair(item_id=item.id, use_id=use_id, need=need, opened_at=clock.now())
    session.add(repair)
    journal.write("repair.opened", "item", item.id, need=need)
    return repair


def hold_to_look(thing: InHand, need: str) -> Repair:
    """Let a thing wait to be looked at or to dry: what was promised of it stays, nothing new is.

    So it is taken without end, or until a promise that would else lose its thing. The kind must be
    locked.
    """
    use_id = _held(thing)
    repair = Repair(item_id=thing.id, use_id=use_id, need=need, opened_at=clock.now())
    session.add(repair)
    session.flush()
    journal.write("repair.opened", "item", thing.id, need=need)
    return repair


def _held(thing: InHand) -> int:
    """Take a thing for as long as nobody loses one by it, and return the use's id."""
    resting = select(func.max(Use.last_day)).where(Use.item_id == thing.id, Use.ended_at.is_(None))
    rests_until = session.scalar(resting.where(Use.purpose == "turnaround"))
    today = clock.today()
    first = max(today, rests_until + timedelta(1)) if rests_until is not None else today
    stock = queries.stock(thing.kind_id)
    promised = set(pack(stock) or {})
    ends = {wish.first_day - timedelta(1) for wish in stock.wishes}
    for last in [None, *sorted((day for day in ends if day >= first), reverse=True)]:
        after = replace(stock, fixed=[*stock.fixed, Fixed(thing.id, first, last)])
        if promised <= set(pack(after) or {}):
            return take(thing, "repair", first, last)
    over = {"first_day": today, "last_day": today, "ended_at": clock.now()}
    what = {"item_id": thing.id, "kind_id": thing.kind_id, "site_id": thing.site_id}
    return add(_ADD_USE, {**what, "purpose": "repair", "movable": False, **over})


def hold_longer(repair: Repair) -> bool:
    """Take the days of what still waits to be looked at anew, where they were over; tell whether.

    Locks the kind.
    """
    item = queries.get_item(repair.item_id)
    lock_kinds([item.kind_id])
    use = session.get_one(Use, repair.use_id)
    if use.ended_at is None and use.last_day is None:
        return False
    release(use.id)
    repair.use_id = _held(InHand.of(item))
    journal.write("use.moved", "item_use", repair.use_id, item=item.id)
    return True


def end_repair(repair: Repair) -> None:
    """Let a repair be over without saying that the thing is in order."""
    release(repair.use_id)
    repair.closed_at = clock.now()


def close_repair(repair: Repair) -> None:
    """Put a thing back into circulation."""
    release(repair.use_id)
    repair.closed_at = clock.now()
    repair.looked_at = repair.closed_at if repair.need == "check" else None
    item = session.get_one(Item, repair.item_id)
    if item.condition == "broken":
        item.condition = "worn"
    journal.write("repair.closed", "item", item.id, need=repair.need)


def forget_repair(repair: Repair) -> None:
    """Let a repair never have been: it was opened by mistake. The kind must be locked."""
    use = session.get_one(Use, repair.use_id)
    session.delete(repair)
    session.flush()
    forget_use(use)


def reopen_repair(repair: Repair) -> None:
    """Let a repair go on that was closed by mistake. The kind must be locked."""
    repair.closed_at = repair.looked_at = None
    session.flush()
    take_up(session.get_one(Use, repair.use_id))


def forget_use(use: Use) -> None:
    """Let a use never have been; nothing may name it any more. The kind must be locked."""
    session.execute(delete(Allocation).where(Allocation.use_id == use.id))
    session.delete(use)
    session.flush()
    freed.note(use.kind_id)


def _move(placing: Mapping[int, int]) -> None:
    """Put promises on other things: first all off, then all on, so that none meets another."""
    if not placing:
        return
    _forget_days(placing)
    uses = session.scalars(select(Use).where(Use.id.in_(placing)).order_by(Use.id)).all()
    for use in uses:
        use.item_id = placing[use.id]
        journal.write("use.moved", "item_use", use.id, item=use.item_id)
    session.flush()
    _take_days(uses)


def _forget_days(use_ids: Iterable[int]) -> None:
    ids = list(use_ids)
    if ids:
        coming = (Allocation.use_id.in_(ids), Allocation.day >= clock.today())
        session.execute(delete(Allocation).where(*coming))


_ADD_USE, _ADD_DAYS = insert(_USES), insert(_DAYS)


def _add(**facts: Any) -> int:
    """Write a use down with its days, and return its id."""
    use_id = add(_ADD_USE, facts)
    days = _days(use_id, facts["item_id"], facts["first_day"], facts["last_day"])
    if days:
        session.execute(_ADD_DAYS, days)
    return use_id


def _take_days(uses: Iterable[Use]) -> None:
    """Write the days of these uses in one statement, however long they are."""
    rows = [row for use in uses for row in _days(use.id, use.item_id, use.first_day, use.last_day)]
    if rows:
        session.execute(_ADD_DAYS, rows)


def _days(
    use_id: int, item_id: int, first_day: date, last_day: date | None
) -> list[dict[str, Any]]:
    """Return the rows of a use from today on; without an end it has none, the packing knows it."""
    if last_day is None:
        return []
    first = max(first_day, clock.today())
    count = (last_day - first).days + 1
    return [
        {"use_id": use_id, "item_id": item_id, "day": first + timedelta(n)} for n in range(count)
    ]
