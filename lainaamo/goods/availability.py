"""Who can have which thing on which days: the one packing that free, calendar and reserve share.

A kind's days are of two sorts. *Fixed* rows stay where they are: handed out, in repair, turnaround,
promised by name. *Wishes* are promises of a kind (and size) that stand on a thing for now and may
be moved to another until they are fetched. All days are whole, local and inclusive.

Counting is not enough: a thing in repair on Monday and another promised by name on Wednesday leave
no single thing for Monday to Wednesday. So every answer here is a placing that was really found,
and wishes are added one after another in one way only: a number shown as free can be reserved at
once or one by one. The search is bounded; what it does not find in its steps is not free.

People in *line* are placed after all promises, in their order, each on the first days that are left
for them. They hold no thing, and their days may come sooner; but who asks next gets only what is
left, so nobody is made to wait longer by somebody who came later. (Schedulers of computers know the
same rule as conservative backfilling.)

Inside, the days a thing is taken are one whole number, bit n being day n after a base day, so that
two stretches meet where `a & b` is not zero. A stretch without an end is a negative number.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import takewhile, tee
from typing import NamedTuple

STEPS = 1_000
"""How many placings the thorough search tries for one wish before it gives up (some 50 ms)."""

STEPS_IN_ALL = 10_000
"""How many it tries in all before the next wish is placed, or for all days of a calendar."""

AHEAD_DAYS = 400
"""How far `first_free` looks, in days."""

LINE_KEYS = -1_000_000_000
"""The key that the first in line has on a board; those behind have smaller ones."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing of the kind; before `free_from` and after `free_until` it cannot be had."""

    id: int
    size: str | None
    site_id: int
    free_from: date | None = None
    free_until: date | None = None


@dataclass(frozen=True, slots=True)
class Fixed:
    """Days on which a thing is taken and stays so; without a last day it is taken for good."""

    thing_id: int
    first_day: date
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Wish:
    """A promise that may stand on any thing of its size and site; size None is any size.

    `last_day` is the last day the thing is taken, turnaround included. `now` is the thing it stands
    on today. `key` is the promise's own id.
    """

    key: int
    first_day: date
    last_day: date
    size: str | None
    site_id: int
    now: int | None = None


@dataclass(frozen=True, slots=True)
class Stock:
    """All there is of one kind: its things, their fixed days and the movable promises.

    `line` are the days that people in line will get, the first in line first (their keys count for
    nothing): `line_up` finds them.
    """

    things: Sequence[Thing]
    fixed: Sequence[Fixed] = ()
    wishes: Sequence[Wish] = ()
    line: Sequence[Wish] = ()


def same_day(day: date) -> date:
    """Say that a thing is free again on the day after its loan: there is no turnaround."""
    return day


def pack(stock: Stock, new: Sequence[Wish] = ()) -> dict[int, int] | None:
    """Place every wish on a thing, as {wish key: thing id}; None where a new one finds no place.

    A promise whose thing is still good for it is always in the answer, on that thing unless it had
    to make room. One that has lost its thing (late, broken, gone) is given another before anybody
    new; if there is none it is left out, and nobody new gets a thing on its days that it could use.
    """
    keys = [wish.key for wish in (*stock.wishes, *new)]
    if len(set(keys)) < len(keys):
        raise ValueError("Two wishes share a key.")
    board = _Board(stock, min((wish.first_day for wish in new), default=date.max))
    if not all(board.add(board.piece(wish)) for wish in new):
        return None
    return {key: thing for key, thing in board.at.items() if key > LINE_KEYS}


def moves(stock: Stock, placing: dict[int, int]) -> dict[int, int]:
    """Pick from a placing the present wishes that change their thing, as {wish key: thing id}."""
    return {
        wish.key: placing[wish.key]
        for wish in stock.wishes
        if wish.key in placing and placing[wish.key] != wish.now
    }


def free(
    stock: Stock, first_day: date, last_day: date, *, site_id: int, size: str | None = None
) -> int:
    """Count the things that can be reserved for these days, all at once or one after another.

    `last_day` includes turnaround.
    """
    board = _Board(stock, first_day)
    piece = board.cut(_next_key(stock), first_day, last_day, size, site_id)
    count = 0
    while board.add(piece):
        count += 1
        piece = piece._replace(key=piece.key + 1)
    return count


def free_together(
    stock: Stock, first_day: date, last_day: date, *, site_id: int, sizes: Sequence[str | None]
) -> int:
    """Count how many times a thing of each of these sizes can be reserved for these days.

    The things are added in this order over and over, as they are when they are reserved.
    """
    board = _Board(stock, first_day)
    count, key = 0, _next_key(stock)
    while True:
        for number, size in enumerate(sizes):
            if not board.add(board.cut(key + number, first_day, last_day, size, site_id)):
                return count
        count, key = count + 1, key + len(sizes)


def fits_together(
    stock: Stock,
    stretches: Iterable[tuple[date, date]],
    *,
    site_id: int,
    sizes: Sequence[str | None],
) -> Iterator[bool]:
    """Say of each stretch, first to last taken day, whether a thing of each size can be had."""
    asked = list(stretches)
    if len(sizes) == 1:
        from_day = min((first for first, _ in asked), default=date.max)
        return _fitting(stock, from_day, asked, site_id, sizes[0])
    return (_all_fit(stock, first, last, site_id, sizes) for first, last in asked)


def _all_fit(
    stock: Stock, first_day: date, last_day: date, site_id: int, sizes: Sequence[str | None]
) -> bool:
    board, key = _Board(stock, first_day), _next_key(stock)
    pieces = (
        board.cut(key + number, first_day, last_day, size, site_id)
        for number, size in enumerate(sizes)
    )
    return all(board.add(piece) for piece in pieces)


class Asking(NamedTuple):
    """Somebody in line: the stretches that would do (first to last taken day), the best first."""

    stretches: Sequence[tuple[date, date]]
    size: str | None
    site_id: int


def line_up(stock: Stock, line: Iterable[Asking], from_day: date) -> Iterator[int | None]:
    """Say of each in line which stretch is the first that is left when those before have theirs.

    None where there is none. What one could not have, nobody behind who asks alike can.
    """
    board = _Board(replace(stock, line=()), from_day)
    tried: dict[Asking, int] = {}
    for number, one in enumerate(line):
        first = tried.get(one, 0)
        found = board.stand(LINE_KEYS - number, one, first)
        tried[one] = len(one.stretches) if found is None else found
        yield found


class Taken(NamedTuple):
    """A thing that is taken from one day to another; without a last day for good."""

    thing_id: int
    first_day: date
    last_day: date | None


def count_free(number: int, taken: Iterable[Taken], first_day: date, last_day: date) -> int | None:
    """Count as `free` does, where counting is enough; None where things have to be packed.

    Of so many things these are taken, each promise standing on a thing that is good for it. When
    all that touch the asked days share one of them, each takes a thing of that day however they
    are moved about, so nothing could be gained by moving any.
    """
    touching = [
        one
        for one in taken
        if one.first_day <= last_day and (one.last_day is None or one.last_day >= first_day)
    ]
    if not touching:
        return number
    begin = max(first_day, *(one.first_day for one in touching))
    end = min(last_day, *(one.last_day or last_day for one in touching))
    things = {one.thing_id for one in touching}
    return number - len(things) if begin <= end and len(things) == len(touching) else None


def free_by_size(
    stock: Stock, first_day: date, last_day: date, *, site_id: int
) -> dict[str | None, int]:
    """Count the free things of each size that the site has; they are alternatives, not a sum."""
    sizes = dict.fromkeys(thing.size for thing in stock.things if thing.site_id == site_id)
    return {size: free(stock, first_day, last_day, site_id=site_id, size=size) for size in sizes}


def calendar(
    stock: Stock,
    days: Iterable[date],
    *,
    site_id: int,
    size: str | None = None,
    taken_until: Callable[[date], date] = same_day,
) -> dict[date, bool]:
    """Say of each day whether a thing can be had for that day alone.

    `taken_until` gives the last day of turnaround for the last day of a loan.
    """
    asked = list(days)
    stretches = ((day, taken_until(day)) for day in asked)
    fitting = _fitting(stock, min(asked, default=date.max), stretches, site_id, size)
    return dict(zip(asked, fitting, strict=True))


def last_days(
    stock: Stock,
    first_day: date,
    until: date,
    *,
    site_id: int,
    size: str | None = None,
    taken_until: Callable[[date], date] = same_day,
) -> list[date]:
    """List the last days, `until` at the latest, to which a loan from `first_day` can run.

    The list is unbroken from `first_day`: it stops at the first day that is not free.
    """
    days = [first_day + timedelta(n) for n in range((until - first_day).days + 1)]
    stretches = ((first_day, taken_until(day)) for day in days)
    fitting = _fitting(stock, first_day, stretches, site_id, size)
    return [day for day, _ in zip(days, takewhile(bool, fitting), strict=False)]


def first_free(
    stock: Stock,
    from_day: date,
    *,
    days: int,
    is_open: Callable[[date], bool],
    site_id: int,
    size: str | None = None,
    taken_until: Callable[[date], date] = same_day,
) -> date | None:
    """Find the first day from which a loan of so many days can be had, within `AHEAD_DAYS`.

    The loan starts and ends on days for which `is_open` is true; `days` counts both.
    """
    starts, again = tee(
        day
        for day in (from_day + timedelta(n) for n in range(AHEAD_DAYS))
        if is_open(day) and is_open(day + timedelta(days - 1))
    )
    stretches = ((day, taken_until(day + timedelta(days - 1))) for day in again)
    fitting = _fitting(stock, from_day, stretches, site_id, size)
    return next((day for day, fits in zip(starts, fitting, strict=True) if fits), None)


def _fitting(
    stock: Stock,
    from_day: date,
    stretches: Iterable[tuple[date, date]],
    site_id: int,
    size: str | None,
) -> Iterator[bool]:
    """Say of each stretch, first to last taken day, whether one more wish finds a place."""
    board = _Board(stock, from_day)
    key = _next_key(stock)
    for first_day, last_day in stretches:
        yield board.find(board.cut(key, first_day, last_day, size, site_id)) is not None


def _next_key(stock: Stock) -> int:
    return max((wish.key for wish in stock.wishes), default=0) + 1


class _Piece(NamedTuple):
    """A wish on the board: its days as bits, and the things of its size and site.

    The order of its values is the order in which pieces are placed.
    """

    first: int
    days: int
    key: int
    size: str | None
    site_id: int
    things: Sequence[int]

    def competes_with(self, other: "_Piece") -> bool:
        """Say whether both could want the same thing on the same day."""
        return bool(
            self.days & other.days
            and self.site_id == other.site_id
            and (self.size is None or other.size is None or self.size == other.size)
        )


_Moves = list[tuple[_Piece, int]]
_Position = tuple[int, tuple[tuple[str, int], ...]]


class _Board:
    """What stands where: the `fixed` and `busy` days of each thing, and the pieces `on` it."""

    def __init__(self, stock: Stock, from_day: date) -> None:
        known = (*stock.wishes, *stock.line)
        self.base = min([from_day, *(wish.first_day for wish in known)]).toordinal()
        self.shelves: dict[tuple[int, str | None], list[int]] = {}
        self.sizes: dict[int, str | None] = {}
        self.fixed: dict[int, int] = {}
        for thing in stock.things:
            self._shelve(thing)
        for row in stock.fixed:
            if row.thing_id in self.fixed:
                self.fixed[row.thing_id] |= self._bits(row.first_day, row.last_day)
        self.busy = self.fixed.copy()
        self.on: dict[int, list[_Piece]] = {thing: [] for thing in self.fixed}
        self.at: dict[int, int] = {}
        self.homeless: list[_Piece] = []
        self.steps_left = 0
        self._place_present(stock.wishes)
        self._place_line(stock.line)

    def _shelve(self, thing: Thing) -> None:
        self.shelves.setdefault((thing.site_id, None), []).append(thing.id)
        if thing.size is not None:
            self.shelves.setdefault((thing.site_id, thing.size), []).append(thing.id)
        self.sizes[thing.id] = thing.size
        away = 0
        if thing.free_from is not None:
            away |= (1 << max(thing.free_from.toordinal() - self.base, 0)) - 1
        if thing.free_until is not None:
            away |= -1 << max(thing.free_until.toordinal() - self.base + 1, 0)
        self.fixed[thing.id] = away

    def _bits(self, first_day: date, last_day: date | None) -> int:
        """Write a stretch as bits; nobody asks about the days before the base day."""
        first = max(first_day.toordinal() - self.base, 0)
        if last_day is None:
            return -1 << first
        after = last_day.toordinal() - self.base + 1
        return (1 << after) - (1 << first) if after > first else 0

    def _place_present(self, wishes: Sequence[Wish]) -> None:
        """Leave present promises where they are still good, then find things for the others."""
        displaced = []
        pieces = [(self.piece(wish), wish.now) for wish in wishes]
        for piece, now in sorted(pieces):
            if now is not None and now in piece.things and not self.busy[now] & piece.days:
                self._put(piece, now)
            else:
                displaced.append(piece)
        self._house(displaced)

    def _place_line(self, line: Sequence[Wish]) -> None:
        """Keep for those in line the days that were found for them; the promised go before."""
        for number, wish in enumerate(line):
            self._stand(self.piece(wish)._replace(key=LINE_KEYS - number))
        self.steps_left = STEPS_IN_ALL

    def stand(self, key: int, asking: "Asking", start: int) -> int | None:
        """Place somebody in line on the first stretch that is left, from this one on.

        The steps are not counted afresh: a long line must not take long to be looked at.
        """
        for number in range(start, len(asking.stretches)):
            piece = self.cut(key, *asking.stretches[number], asking.size, asking.site_id)
            if self._stand(piece):
                return number
        return None

    def _stand(self, piece: _Piece) -> bool:
        found = self.find(piece)
        if found is not None:
            self._apply(found)
        return found is not None

    def _house(self, displaced: Iterable[_Piece]) -> None:
        """Find things for those who lost theirs; the steps are counted afresh from here."""
        self.homeless = []
        self.steps_left = STEPS_IN_ALL
        for piece in displaced:
            found = self._place(piece)
            if found is None:
                self.homeless.append(piece)
            else:
                self._apply(found)

    def piece(self, wish: Wish) -> _Piece:
        """Cut a wish to the board."""
        return self.cut(wish.key, wish.first_day, wish.last_day, wish.size, wish.site_id)

    def cut(
        self, key: int, first_day: date, last_day: date, size: str | None, site_id: int
    ) -> _Piece:
        """Cut a stretch, last taken day included, to the board."""
        first = first_day.toordinal() - self.base
        after = last_day.toordinal() - self.base + 1
        if after <= first:
            raise ValueError("A wish ends before it begins.")
        things = self.shelves.get((site_id, size), ())
        return _Piece(first, (1 << after) - (1 << first), key, size, site_id, things)

    def add(self, piece: _Piece) -> bool:
        """Place a new piece; False where no place was found.

        Afterwards the board is as it would be if it were laid out again with this piece on it, so
        that adding several at once and one after another cannot differ.
        """
        found = self.find(piece)
        if found is None:
            return False
        self._apply(found)
        self._house(self.homeless)
        return True

    def find(self, piece: _Piece) -> _Moves | None:
        """Find a place for a new piece, without taking it; who lost a thing goes before it."""
        if any(piece.competes_with(lost) for lost in self.homeless):
            return None
        return self._place(piece)

    def _place(self, piece: _Piece) -> _Moves | None:
        thing = self._untouched(piece)
        if thing is not None:
            return [(piece, thing)]
        if self._is_full(piece):
            return None
        return self._make_room(piece) or _Search(self, piece).run()

    def _untouched(self, piece: _Piece) -> int | None:
        busy, days = self.busy, piece.days
        for thing in piece.things:
            if not busy[thing] & days:
                return thing
        return None

    def _is_full(self, piece: _Piece) -> bool:
        """Say whether on some day nothing the piece could stand on can ever be cleared.

        Pieces of its own size stay on that size; pieces of any size stay at the site. A day on
        which these alone take every thing is lost, however they are moved.
        """
        own = others = piece.days
        for thing in piece.things:
            stays = self.fixed[thing]
            for other in self.on[thing]:
                if piece.size is None or piece.size == other.size:
                    stays |= other.days
            own &= stays
        for thing in self.shelves.get((piece.site_id, None), ()):
            others &= self.busy[thing]
        return bool(own or others)

    def _make_room(self, piece: _Piece) -> _Moves | None:
        """Clear the thing with the fewest pieces in the way, each straight to another thing.

        Pieces on one thing never share a day, so their new places cannot collide.
        """
        ways = [
            (thing, [one for one in self.on[thing] if one.days & piece.days])
            for thing in piece.things
            if not self.fixed[thing] & piece.days
        ]
        for thing, in_the_way in sorted(ways, key=lambda way: len(way[1])):
            found: _Moves = [(piece, thing)]
            for other in in_the_way:
                elsewhere = self._untouched(other)
                if elsewhere is None:
                    break
                found.append((other, elsewhere))
            else:
                return found
        return None

    def _put(self, piece: _Piece, thing: int) -> None:
        self.busy[thing] |= piece.days
        self.on[thing].append(piece)
        self.at[piece.key] = thing

    def _apply(self, found: _Moves) -> None:
        for piece, _ in found:
            thing = self.at.pop(piece.key, None)
            if thing is not None:
                self.busy[thing] ^= piece.days
                self.on[thing].remove(piece)
        for piece, thing in found:
            self._put(piece, thing)


class _Search:
    """Place a piece and all it may push about again, by first day, trying other ways when stuck.

    Going by first day, only the days still ahead on each thing matter, and things of one size with
    the same days ahead are alike. A position that failed is remembered, so none is tried twice:
    where nothing fixed lies ahead, the first way is already the right one.
    """

    def __init__(self, board: _Board, piece: _Piece) -> None:
        self.board = board
        self.pieces = sorted(_reach(board, piece))
        self.busy = board.busy.copy()
        for one in self.pieces:
            if one.key in board.at:
                self.busy[board.at[one.key]] ^= one.days
        self.things = board.shelves[piece.site_id, None]
        self.chosen: list[int] = []
        self.failed: set[_Position] = set()

    def run(self) -> _Moves | None:
        """Search until all stand, nothing is left to try, or the steps are used up."""
        untried = [self._choices()]
        end = max(self.board.steps_left - STEPS, 0)
        while untried and self.board.steps_left > end:
            thing = next(untried[-1], None)
            if thing is None:
                self.failed.add(self._position())
                untried.pop()
                self._take_back()
                continue
            self.board.steps_left -= 1
            self._stand_on(thing)
            if len(self.chosen) == len(self.pieces):
                return self._moves()
            if self.failed and self._position() in self.failed:
                self._take_back()
            else:
                untried.append(self._choices())
        return None

    def _choices(self) -> Iterator[int]:
        """Go through the things the next piece can stand on, one of each that are alike.

        First the one it stands on, then those where nobody stands in its way today, and the
        tightest gap before the wide ones.
        """
        piece = self.pieces[len(self.chosen)]
        now = self.board.at.get(piece.key)
        fits = []
        alike = set()
        for thing in sorted(piece.things, key=lambda thing: thing != now):
            ahead = self.busy[thing] >> piece.first
            look = (self.board.sizes[thing], ahead)
            if not self.busy[thing] & piece.days and look not in alike:
                alike.add(look)
                crowded = bool(self.board.busy[thing] & piece.days)
                gap = (ahead & -ahead).bit_length() if ahead else math.inf
                fits.append((thing != now, crowded, gap, thing))
        return (thing for *_, thing in sorted(fits))

    def _position(self) -> _Position:
        first = self.pieces[len(self.chosen)].first
        ahead = sorted((str(self.board.sizes[one]), self.busy[one] >> first) for one in self.things)
        return len(self.chosen), tuple(ahead)

    def _stand_on(self, thing: int) -> None:
        self.busy[thing] |= self.pieces[len(self.chosen)].days
        self.chosen.append(thing)

    def _take_back(self) -> None:
        if self.chosen:
            thing = self.chosen.pop()
            self.busy[thing] ^= self.pieces[len(self.chosen)].days

    def _moves(self) -> _Moves:
        standing = zip(self.pieces, self.chosen, strict=True)
        return [(one, thing) for one, thing in standing if self.board.at.get(one.key) != thing]


def _reach(board: _Board, piece: _Piece) -> list[_Piece]:
    """Collect the piece and every other it could push about, directly or through others."""
    left = [one for thing in board.shelves[piece.site_id, None] for one in board.on[thing]]
    reached, days, sizes = [piece], piece.days, {piece.size}
    while True:
        near: list[_Piece] = []
        far: list[_Piece] = []
        for one in left:
            meets = one.days & days and (None in {one.size, *sizes} or one.size in sizes)
            (near if meets else far).append(one)
        if not near:
            return reached
        reached, left = reached + near, far
        for one in near:
            days |= one.days
            sizes.add(one.size)
