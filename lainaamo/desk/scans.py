"""Scans from a queue: many at once, each applied, found done already, or set aside to be decided.

One scan is a list of one. What is taken back is written in bulk; other acts go one by one, each
taken back alone where a rule says no, so that one collision stops no other scan.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from json import dumps, loads

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lainaamo.core import clock, journal, once
from lainaamo.core.db import broken_constraint, session
from lainaamo.core.errors import CONSTRAINTS, N_, Refusal
from lainaamo.core.i18n import retold
from lainaamo.desk import actions, counter
from lainaamo.goods import actions as goods
from lainaamo.goods import codes, holders
from lainaamo.goods import queries as goods_queries
from lainaamo.goods.in_hand import InHand
from lainaamo.goods.models import Code, Item, Place
from lainaamo.lending import actions as lending
from lainaamo.lending import queries as lending_queries
from lainaamo.lending import returning, undo
from lainaamo.lending.models import Line, Loan, Reservation
from lainaamo.people.models import Person

ROUTE = "scan"
NEEDS: Mapping[str, str] = {"dirty": "clean", "part_missing": "part", "broken": "repair"}
"""What a thing needs, by how it is said to be."""

UNKNOWN = Refusal(
    N_("This code is not in use here. Check that you read the right label."), code="unknown_code"
)
NO_THING = Refusal(N_("This code is on no thing. Scan the thing's label."), code="no_thing")
OTHER_SCAN = Refusal(N_("This key was sent before with another scan."), code="other_scan")


@dataclass(frozen=True, slots=True)
class Scan:
    """What somebody did with a thing: `at` which moment, and `key` of the queue it stood in."""

    text: str
    action: str
    reservation_id: int | None = None
    borrower: int | str | None = None
    condition: str | None = None
    place: int | str | None = None
    at: datetime | None = None
    key: str | None = None

    @property
    def digest(self) -> str:
        """Return what tells two scans with one key apart."""
        facts = [self.text, self.action, self.reservation_id, self.borrower, self.condition]
        facts += [self.place, str(self.at)]
        return hashlib.sha256(dumps(facts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a scan: `applied`, `already` or `collision` with the code of its reason."""

    result: str
    loan_id: int | None = None
    due_on: date | None = None
    reason: str | None = None
    detail: str | None = None

    def kept(self) -> str:
        """Return it as it is kept with its key."""
        due_on = self.due_on.isoformat() if self.due_on else None
        return dumps([self.result, self.loan_id, due_on, self.reason, self.detail])


def _kept_before(text: str) -> Result:
    result, loan_id, due_on, reason, detail = loads(text)
    return Result(result, loan_id, date.fromisoformat(due_on) if due_on else None, reason, detail)


def _collision(refusal: Refusal) -> Result:
    return Result("collision", reason=refusal.code, detail=retold(refusal))


@dataclass
class _Round:
    """The scans of one request, and what is known of each of them by its number."""

    scans: Sequence[Scan]
    host: str
    results: dict[int, Result] = field(default_factory=dict)
    twins: dict[int, int] = field(default_factory=dict)
    found: dict[int, int] = field(default_factory=dict)
    items: dict[int, Item] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)
    reservations: dict[int, Reservation] = field(default_factory=dict)

    def open(self) -> list[int]:
        """Return the numbers of the scans that have no result yet."""
        known = {*self.results, *self.twins}
        return [number for number in range(len(self.scans)) if number not in known]


def carry_out(scans: Sequence[Scan], *, host: str) -> list[Result]:
    """Carry out scans in their order and return what became of each, under its key once."""
    now = _Round(scans, host)
    kept = _begin(now)
    _find(now)
    _lock(now)
    for is_return, numbers in groupby(now.open(), key=lambda n: scans[n].action == "take_back"):
        if is_return:
            _take_back(now, list(numbers))
        else:
            for number in numbers:
                now.results[number] = _alone(now, number)
    return _end(now, kept)


# Keys


def _begin(now: _Round) -> Mapping[int, once.Answered]:
    """Answer what was answered before, and return the rows of the keys that are new."""
    keyed = {number: _scoped(scan.key) for number, scan in enumerate(now.scans) if scan.key}
    first = {key: number for number, key in reversed(keyed.items())}
    bodies = {key: now.scans[number].digest for key, number in first.items()}
    rows, fresh = once.begin_many(ROUTE, bodies), {}
    for number, key in keyed.items():
        row = rows[key]
        if (row.route, row.body_hash) != (ROUTE, now.scans[number].digest):
            now.results[number] = _collision(OTHER_SCAN)
        elif row.status:
            now.results[number] = _kept_before(row.body or "")
        elif first[key] == number:
            fresh[number] = row
        else:
            now.twins[number] = first[key]
    return fresh


def _scoped(key: str) -> str:
    return hashlib.sha256(f"{journal.actor()}:{ROUTE}:{key}".encode()).hexdigest()


def _end(now: _Round, fresh: Mapping[int, once.Answered]) -> list[Result]:
    """Keep the results of new keys, and return all in order."""
    once.end_many({row.id: now.results[number].kept() for number, row in fresh.items()})
    for number, first in now.twins.items():
        now.results[number] = now.results[first]
    return [now.results[number] for number in range(len(now.scans))]


# What the scans mean


def _find(now: _Round) -> None:
    """Find the thing, the borrower and the shelf of each scan; who names none collides."""
    signs: dict[int, str] = {}
    for number in now.open():
        try:
            signs[number] = codes.read(now.scans[number].text, host=now.host)
            _find_others(now, number)
        except Refusal as refusal:
            now.results[number] = _collision(refusal)
    found = _codes(signs.values())
    for number, sign in signs.items():
        if number in now.results:
            continue
        if sign not in found or found[sign] is None:
            now.results[number] = _collision(NO_THING if sign in found else UNKNOWN)
        else:
            now.found[number] = found[sign]  # type: ignore[assignment]  # looked at just above


def _codes(signs: Collection[str]) -> Mapping[str, int | None]:
    """Return the thing's id that each of these codes is on; None for what is on something else."""
    rows = session.execute(select(Code.sign, Code.item_id).where(Code.sign.in_(set(signs))))
    return {sign: item_id for sign, item_id in rows}  # noqa: C416 - rows are no pairs to mypy


def _find_others(now: _Round, number: int) -> None:
    scan = now.scans[number]
    if scan.borrower is not None:
        now.people[number] = holders.get_person(scan.borrower, host=now.host)
    if scan.place is not None:
        now.places[number] = _get_place(scan.place, now.host)
    if scan.reservation_id is not None:
        reservation = session.get(Reservation, scan.reservation_id)
        if reservation is None:
            raise Refusal(N_("There is no such reservation."), code="no_reservation")
        now.reservations[number] = reservation


def _get_place(named: int | str, host: str) -> Place:
    """Return a shelf by its id or its code."""
    if isinstance(named, int):
        found = session.get(Place, named)
    else:
        code = goods_queries.find_code(codes.read(named, host=host))
        found = code.place if code else None
    if found is None:
        raise Refusal(N_("This is no shelf's code. Scan the shelf's label."), code="no_place")
    return found


def _lock(now: _Round) -> None:
    """Lock all that these scans change, in the order in which one scan locks it."""
    item_ids = set(now.found.values())
    rows = session.execute(select(Item.site_id, Item.kind_id).where(Item.id.in_(item_ids))).all()
    people = {person.id for person in now.people.values()}
    people |= {one.person_id for one in now.reservations.values() if one.person_id is not None}
    lending.lock_people(people)
    if any(scan.action == "hand_out" for scan in now.scans):
        for site_id in sorted({site_id for site_id, _kind_id in rows}):
            goods.hold_site(site_id)
    goods.lock_kinds(kind_id for _site_id, kind_id in rows)
    now.items = dict(goods_queries.items_by_id(item_ids, fresh=True))


# Taking back


def _take_back(now: _Round, numbers: Sequence[int]) -> None:
    """Take back what these scans name, in bulk; what is not out is found done already."""
    loans = dict(returning.open_loans(now.found[number] for number in numbers))
    before = returning.last_loans(now.found[number] for number in numbers)
    chosen: dict[int, int] = {}
    for number in numbers:
        item_id = now.found[number]
        loan = loans.get(item_id)
        if loan is not None and item_id not in chosen and _is_of(now.scans[number], loan, before):
            chosen[item_id] = number
    items = [now.items[item_id] for item_id in chosen]
    if items:
        with undo.kept_many(items, "taken_back"):
            returning.take_back_many(items, loans)
    for number in numbers:
        item_id = now.found[number]
        loan = loans.get(item_id)
        if loan is not None and chosen.get(item_id) == number:
            now.results[number] = _taken_back(now.scans[number], loan)
        else:
            now.results[number] = _not_out(now.items[item_id], now.scans[number], before)


def _is_of(scan: Scan, loan: Loan, before: Mapping[int, Sequence[Loan]]) -> bool:
    """Tell whether a scan ends this loan, and not an older one that is over already."""
    older = before.get(loan.item_id, ())
    at = scan.at
    is_older = at is not None and at < loan.handed_out_at
    return not (is_older and any(at >= one.handed_out_at for one in older if at is not None))


def _taken_back(scan: Scan, loan: Loan) -> Result:
    if scan.at is not None:
        loan.returned_at = min(max(scan.at, loan.handed_out_at), clock.now())
    if scan.condition is not None:
        actions.mark_condition(loan, scan.condition)
    return Result("applied", loan.id)


def _not_out(item: Item, scan: Scan, before: Mapping[int, Sequence[Loan]]) -> Result:
    """Answer for a thing that is in the house; one that has left it is to be looked into."""
    if item.left_at is not None:
        return _collision(lending.LEFT)
    loans = before.get(item.id, ())
    of_then = [one for one in loans if scan.at is None or one.handed_out_at <= scan.at] or loans
    return Result("already", of_then[0].id if of_then else None)


# One by one


def _alone(now: _Round, number: int) -> Result:
    """Carry out a scan; where a rule says no, only its own changes are taken back."""
    item = now.items[now.found[number]]
    try:
        with session.begin_nested():
            return ACTS[now.scans[number].action](now, number, item)
    except Refusal as refusal:
        return _collision(refusal)
    except IntegrityError as error:
        known = CONSTRAINTS.get(broken_constraint(error))
        if known is None:
            raise
        return _collision(known)


def _hand_out(now: _Round, number: int, item: Item) -> Result:
    scan, person, made = now.scans[number], now.people.get(number), now.reservations.get(number)
    loan = lending_queries.find_open_loan(item.id)
    if loan is not None:
        if _is_for(loan, person, made):
            return Result("already", loan.id, loan.due_on)
        raise lending.ON_LOAN
    if made is not None:
        _check_same(made, person)
        loan_id = actions.hand_out_to_line(InHand.of(item), _line_for(item, made).id)
    elif person is not None:
        loan_id = counter.lend(InHand.of(item), person)
    else:
        raise Refusal(N_("Say for whom: a reservation or a borrower."), code="no_borrower")
    loan = session.get_one(Loan, loan_id)
    if scan.at is not None:
        loan.handed_out_at = _between(scan.at, item)
    return Result("applied", loan.id, loan.due_on)


def _is_for(loan: Loan, person: Person | None, made: Reservation | None) -> bool:
    """Tell whether a thing is out with whom this scan would give it to."""
    if made is not None:
        line = session.get(Line, loan.line_id) if loan.line_id is not None else None
        return line is not None and line.reservation_id == made.id
    return person is not None and loan.person_id == person.id


def _check_same(made: Reservation, person: Person | None) -> None:
    if person is not None and made.person_id != person.id:
        raise Refusal(N_("This reservation is somebody else's."), code="other_borrower")


def _line_for(item: Item, made: Reservation) -> Line:
    """Return the line of a reservation that a thing would do for, the likest first."""
    wanted = select(Line).where(Line.reservation_id == made.id).order_by(Line.id)
    lines = session.scalars(wanted).all()

    def unlikeness(line: Line) -> tuple[bool, bool, bool]:
        return line.kind_id != item.kind_id, line.ended_at is not None, line.size != item.size

    if not lines:
        raise Refusal(N_("There is no such reservation."), code="no_reservation")
    return min(lines, key=unlikeness)


def _between(at: datetime, item: Item) -> datetime:
    """Return the moment of a hand-out: after the thing came back last, and not to come."""
    before = returning.last_loans([item.id]).get(item.id, ())
    returned = [one.returned_at for one in before if one.returned_at is not None]
    return min(max([at, *returned]), clock.now())


def _shelve(now: _Round, number: int, item: Item) -> Result:
    place = now.places.get(number)
    if place is None:
        raise Refusal(N_("This is no shelf's code. Scan the shelf's label."), code="no_place")
    return Result("applied" if actions.shelve(InHand.of(item), place) else "already")


def _send_to_repair(now: _Round, number: int, item: Item) -> Result:
    if goods_queries.find_open_repair(item.id) is not None:
        return Result("already")
    actions.send_to_repair(item, NEEDS.get(now.scans[number].condition or "", "repair"))
    return Result("applied")


def _mend(_now: _Round, _number: int, item: Item) -> Result:
    if goods_queries.find_open_repair(item.id) is None:
        return Result("already")
    actions.mend(item)
    return Result("applied")


def _find_again(_now: _Round, _number: int, item: Item) -> Result:
    if item.left_at is None:
        return Result("already")
    actions.find_again(item)
    return Result("applied")


ACTS: Mapping[str, Callable[[_Round, int, Item], Result]] = {
    "hand_out": _hand_out,
    "shelve": _shelve,
    "send_to_repair": _send_to_repair,
    "mend": _mend,
    "find": _find_again,
}
