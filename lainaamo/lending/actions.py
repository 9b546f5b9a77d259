"""The verbs of lending. Each locks, looks, asks the rules, changes, and writes the journal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, cast

from sqlalchemy import Table, bindparam, delete, insert, select, update

from lainaamo.core import clock, journal, outbox
from lainaamo.core.db import add, locks_rows, reread, session
from lainaamo.core.errors import CONSTRAINTS, N_, Refusal
from lainaamo.goods import actions as goods
from lainaamo.goods import queries as goods_queries
from lainaamo.goods.actions import Wanted
from lainaamo.goods.availability import Fixed, Stock
from lainaamo.goods.in_hand import InHand
from lainaamo.goods.models import Item, Kind, Site, Use
from lainaamo.goods.opening import Opening
from lainaamo.goods.words import name_of
from lainaamo.lending import ahead, checks, making, queries, rules, turns
from lainaamo.lending.models import Bundle, Line, Loan, MovedDay, Reservation
from lainaamo.lending.rules import Terms
from lainaamo.lending.stands import Stand, stand
from lainaamo.lending.together import Part, Together, sizes_by_kind
from lainaamo.people import actions as people
from lainaamo.people import queries as people_queries
from lainaamo.people.models import Person

ON_LOAN = Refusal(N_("This thing is lent already. Take it back first."), code="on_loan")
NOT_OUT = Refusal(N_("This thing is not lent, so there is nothing to take back."), code="not_out")
LEFT = Refusal(N_("This thing has left the house. Put it aside and ask."), code="left")
TO_BE_CHECKED = Refusal(
    N_("This thing must be checked before it is lent again."), code="to_be_checked"
)
CONSTRAINTS["uq_loan_open"] = ON_LOAN


@dataclass(frozen=True, slots=True)
class Bundled:
    """Which of several bundles a thing is asked for in: a kit's, or that of one of a family."""

    number: int
    kit_id: int | None = None
    for_name: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that somebody asks for: a kind, and a size or any size."""

    kind_id: int
    size: str | None = None
    bundled: Bundled | None = None


@dataclass(frozen=True, slots=True)
class Borrower:
    """Who borrows: a person or a unit, and whom it is for.

    `age_agreed` is from what age on it was said that one may borrow, alone or with a guardian's
    word; None where nobody said anything.
    """

    for_name: str
    person_id: int | None = None
    unit_id: int | None = None
    age_agreed: int | None = None


def reserve(
    asked: Sequence[Asked], borrower: Borrower, *, site_id: int, first_day: date, last_day: date
) -> Reservation:
    """Promise things to a borrower for some days, all of them or none, and tell the borrower.

    Refused with the first free day and other kinds that would do.
    """
    days = {"first_day": first_day, "last_day": last_day}
    reservation = promise_things(asked, borrower, site_id=site_id, **days)
    tell(reservation)
    return reservation


def tell(reservation: Reservation) -> None:
    """Promise the message that says what is reserved, with the pickup code."""
    outbox.promise("reservation.made", str(reservation.id), reservation=reservation.id)


def promise_things(
    asked: Sequence[Asked], borrower: Borrower, *, site_id: int, first_day: date, last_day: date
) -> Reservation:
    """Promise things as `reserve` does, and tell nobody yet."""
    days = {"first_day": first_day, "last_day": last_day}
    _lock_borrower(borrower)
    check_may_reserve(borrower.person_id, site_id=site_id)
    goods.hold_site(site_id)
    goods.lock_kinds(one.kind_id for one in asked)
    opening, terms = goods_queries.opening(site_id), _terms_for(asked, borrower)
    wanted = [
        wish(one, site_id, first_day, last_day, opening, terms=terms[one.kind_id]) for one in asked
    ]
    _check_may_get(terms.values(), borrower, last_day)
    _check_at_once([one.kind_id for one in asked], borrower, terms)
    # Who waits for one goes before; nobody stands in line where anything is free, but days pass.
    turns.give(one.kind_id for one in asked)
    there = ahead.stocks(terms)
    uses = goods.promise(wanted, there)
    if uses is None:
        raise not_free(wanted, last_day, opening, there)
    agreed = borrower.age_agreed if any(one.least_age for one in terms.values()) else None
    reservation = making.write_down(
        for_name=borrower.for_name,
        person_id=borrower.person_id,
        unit_id=borrower.unit_id,
        site_id=site_id,
        age_agreed=agreed,
        **days,
    )
    _write_lines(reservation, asked, uses)
    journal.write("reservation.made", "reservation", reservation.id, lines=len(uses), **days)
    return reservation


def _write_lines(
    reservation: Reservation, asked: Sequence[Asked], uses: Sequence[goods.Promised]
) -> None:
    bundles = _bundles(reservation, asked)
    for one, use in zip(asked, uses, strict=True):
        line = Line(reservation_id=reservation.id, kind_id=one.kind_id, size=one.size)
        line.use_id = use.id
        line.bundle_id = bundles[one.bundled].id if one.bundled else None
        session.add(line)


def _bundles(reservation: Reservation, asked: Sequence[Asked]) -> Mapping[Bundled, Bundle]:
    wanted = dict.fromkeys(one.bundled for one in asked if one.bundled)
    bundles = {
        one: Bundle(reservation_id=reservation.id, kit_id=one.kit_id, for_name=one.for_name)
        for one in wanted
    }
    session.add_all(bundles.values())
    session.flush()
    return bundles


def check_may_reserve(person_id: int | None, *, site_id: int) -> None:
    """Refuse somebody who borrows nothing for now; the site says whom to call."""
    until = queries.blocked_until(person_id)
    if until is not None:
        rules.check_may_reserve(until, phone=session.get_one(Site, site_id).phone)


def _lock_borrower(borrower: Borrower) -> None:
    """Limits are counted under a lock on the borrower: two windows may not beat them."""
    if borrower.person_id is not None:
        lock_people([borrower.person_id])


def lock_people(person_ids: Iterable[int]) -> None:
    """Make others wait who lend to these people; the order prevents deadlock."""
    if locks_rows():
        session.execute(_LOCK_PEOPLE, {"people": list(set(person_ids))}).all()


_PERSON_ID = cast("Table", Person.__table__).c.id
_LOCK_PEOPLE = (
    select(_PERSON_ID)
    .where(_PERSON_ID.in_(bindparam("people", expanding=True)))
    .order_by(_PERSON_ID)
    .with_for_update()
)


def wish(
    one: Asked,
    site_id: int,
    first_day: date,
    last_day: date,
    opening: Opening,
    *,
    terms: Terms | None = None,
) -> Wanted:
    """Return what is wanted of a kind, with the days it rests after; refuse days it is not lent.

    `terms` are those of who borrows; without them everybody's.
    """
    kind = get_lendable(one.kind_id)
    terms = terms or queries.terms_of(kind.category_id, kind_id=kind.id)
    today = clock.today()
    rules.check_days(first_day, last_day, today=today, opening=opening, terms=terms)
    taken_until = rules.taken_until(last_day, opening=opening, terms=terms)
    return Wanted(one.kind_id, one.size, site_id, first_day, taken_until)


def get_lendable(kind_id: int) -> Kind:
    """Return a kind that is lent; refuse what is not."""
    kind = session.get_one(Kind, kind_id)
    if kind.pool != "lendable" or kind.left_at is not None:
        raise Refusal(N_("This is not lent out. Choose something else."), code="not_lendable")
    return kind


def _terms_for(asked: Sequence[Asked], borrower: Borrower) -> Mapping[int, Terms]:
    """Return the terms on which this borrower gets each of these kinds; refuse what is not lent."""
    group = queries.group_of(borrower.person_id, borrower.unit_id)
    category_of = {one.kind_id: get_lendable(one.kind_id).category_id for one in asked}
    return queries.terms_of_kinds(category_of, group=group)


def _check_may_get(terms: Iterable[Terms], borrower: Borrower, last_day: date) -> None:
    """Refuse who is too young without a guardian's word, or has not the permit that is needed."""
    for one in terms:
        rules.check_age(borrower.age_agreed, terms=one)
        check_permit(borrower.person_id, one, last_day)


def check_permit(person_id: int | None, terms: Terms, until: date) -> None:
    """Refuse a person without the permit that the terms ask for; a unit answers for its own."""
    if terms.permit_sort_id is None or person_id is None:
        return
    found = queries.permit_until(person_id, terms.permit_sort_id)
    rules.check_permit(found, until, name=queries.permit_names()[terms.permit_sort_id])


def _check_at_once(kind_ids: Sequence[int], borrower: Borrower, terms: Mapping[int, Terms]) -> None:
    if borrower.person_id is None:
        return
    for (category, of_kind), wanted in alike(kind_ids, terms).items():
        has = queries.count_at_once(borrower.person_id, category, kind_id=of_kind)
        rules.check_at_once(has, len(wanted), terms=terms[wanted[0]])


def alike(
    kind_ids: Iterable[int], terms: Mapping[int, Terms]
) -> Mapping[tuple[int, int | None], Sequence[int]]:
    """Return what is counted together, by category, or by kind where that has terms of its own."""
    found: dict[tuple[int, int | None], list[int]] = {}
    for kind_id in sorted(kind_ids):
        category = session.get_one(Kind, kind_id).category_id
        found.setdefault((category, terms[kind_id].of_kind), []).append(kind_id)
    return found


def not_free(
    wanted: Sequence[Wanted], last_day: date, opening: Opening, stocks: Mapping[int, Stock]
) -> Refusal:
    """Tell when all of it can be had, which of the kinds are missing, and what would do instead."""
    together, first_day = _together(wanted, opening, stocks), wanted[0].first_day
    first_free = together.first_free_day(first_day, last_day, today=clock.today())
    lacking = together.lacking(first_day, last_day)
    if first_free == first_day or not lacking:
        words = N_("There are not so many free on those days. Choose fewer or other days.")
        return Refusal(words, code="not_free", first_free_day=None, alternatives=[])
    kind, site_id = goods_queries.get_kind(lacking[0].kind_id), together.site_id
    until = next(want.last_day for want in wanted if want.kind_id == kind.id)
    instead = ahead.kinds_instead(kind, first_day, until, site_id=site_id)
    if len(together.parts) == 1:
        return rules.not_free(first_free, instead)
    day = together.first_lacking_day(lacking[0], first_day, last_day) or first_day
    return rules.part_not_free(name_of(kind), day, first_free, instead)


def _together(wanted: Sequence[Wanted], opening: Opening, stocks: Mapping[int, Stock]) -> Together:
    asked = sizes_by_kind((want.kind_id, want.size) for want in wanted)
    kinds = goods_queries.kinds(asked)
    terms = queries.terms_of_kinds({kind.id: kind.category_id for kind in kinds})
    parts = [Part(one, stocks[one], terms[one], sizes) for one, sizes in asked.items()]
    return Together(parts, wanted[0].site_id, opening)


def cancel(reservation: Reservation) -> None:
    """Give back what was promised and not fetched yet."""
    lock_reservation(reservation)
    open_lines = [line for line in reservation.lines if line.ended_at is None]
    if not open_lines:
        raise Refusal(N_("There is nothing to cancel: it was fetched or is over."), code="over")
    for line in open_lines:
        end_line(line, "cancelled")
    forget_unproven(reservation)
    journal.write("reservation.cancelled", "reservation", reservation.id, lines=len(open_lines))


def lock_reservation(reservation: Reservation) -> None:
    """Lock a reservation, its person and kinds, and look again: confirming and ending may race.

    Always in this order, as who reserves and who confirms does: else two wait for each other.
    """
    person = select(Person.id).where(Person.id == reservation.person_id)
    session.scalars(person.with_for_update()).all()
    goods.lock_kinds(line.kind_id for line in reservation.lines)
    session.refresh(reservation, with_for_update={"of": Reservation})
    for line in reservation.lines:
        session.refresh(line)


def forget_unproven(reservation: Reservation) -> None:
    """Forget the contact that nobody proved; its person, who has nothing else, is not found."""
    if not reservation.is_unconfirmed:
        return
    reservation.browser_hash = reservation.email = reservation.phone = None
    person = session.get(Person, reservation.person_id)
    if person is not None and not queries.has_more(person.id, reservation.id):
        person.first_name, person.left_at = "", clock.now()


def end_line(line: Line, how: str) -> None:
    """End a line in one of its four ways and free the days that are left."""
    goods.release(line.use_id)
    line.ended_at, line.ended_as = clock.now(), how


def hand_out(
    item: Item,
    borrower: Borrower,
    *,
    due_on: date,
    line: Line | None = None,
    override: str | None = None,
) -> Loan:
    """Give a thing into somebody's hands until a day, as `lend` does, and return the loan."""
    lock_for(borrower, item)
    thing, before = InHand.of(item), stand(item.id)
    loan_id = lend(thing, borrower, before=before, due_on=due_on, line=line, override=override)
    reread(Item, [item.id], "place_id")
    return session.get_one(Loan, loan_id)


def lend(
    thing: InHand,
    borrower: Borrower,
    *,
    before: Stand,
    due_on: date,
    line: Line | None = None,
    override: str | None = None,
) -> int:
    """Give a thing into somebody's hands until a day; for a reservation's line, or without one.

    Any thing of the kind will do for a line. Refused when the thing is out, in repair, or when
    another's promise would be left without a thing. `override` is why it is lent to somebody who
    has a block, or more at once than the terms allow; it is kept in the journal. All must be
    locked (`lock_for`) since before it was looked how the thing stands. Returns the loan's id.
    """
    if override not in {None, rules.SEEN}:
        rules.check_override(override or "", due_on, today=clock.today())
    _check_can_go(thing, before)
    rules.check_not_too_old(thing.retire_on, due_on, today=clock.today())
    terms = terms_for(thing, borrower)
    opening = goods_queries.opening(thing.site_id)
    taken_until = rules.taken_until(due_on, opening=opening, terms=terms)
    if override in {None, rules.SEEN}:
        _check_may_have(thing, borrower, line, terms, taken_until)
        check_permit(borrower.person_id, terms, due_on)
    is_seen = override is None and _was_seen(borrower, terms)
    rules.check_id(was_seen=is_seen or override is not None or is_of_unit(borrower), terms=terms)
    if line is not None:
        _fetch(line)
    if before["rest"] is not None:
        goods.end_rest(thing.id)
    use_id = goods.take(
        thing,
        "on_loan",
        clock.today(),
        taken_until,
        displaces=override is not None and line is None,
        due_on=due_on,
    )
    if before["place"] is not None:
        session.execute(_NOWHERE, {"item": thing.id})
    loan_id = _lent(thing, borrower, use_id, due_on, line, id_seen=override == rules.SEEN)
    facts = {"loan": loan_id, "due_on": due_on, "override": override}
    journal.write("loan.handed_out", "item", thing.id, **facts)
    return loan_id


def _check_may_have(
    thing: InHand, borrower: Borrower, line: Line | None, terms: Terms, taken_until: date
) -> None:
    if line is not None:
        rules.check_may_have(queries.blocked_until(_who_comes(borrower, line)))
        return
    waited_kind, of_kind = thing.kind_id, terms.of_kind
    found = queries.owing(borrower.person_id, thing.category_id, waited_kind, of_kind=of_kind)
    rules.check_may_have(found.blocked_until)
    if borrower.person_id is not None:
        rules.check_at_once(found.has, 1, terms=terms)
    if found.is_waited:
        taken = Fixed(thing.id, clock.today(), taken_until)
        rules.check_passes_nobody(ahead.delayed_by(taken, thing.kind_id, borrower.person_id))


def terms_for(thing: InHand, borrower: Borrower) -> Terms:
    """Return the terms on which this borrower gets this thing."""
    group = queries.group_of(borrower.person_id, borrower.unit_id)
    return queries.terms_of(thing.category_id, kind_id=thing.kind_id, group=group)


def _was_seen(borrower: Borrower, terms: Terms) -> bool:
    """Tell whether who borrows has shown an identity card already today, where that is asked."""
    is_asked = terms.least_age > 0 or terms.shows_id
    return is_asked and borrower.person_id is not None and queries.id_was_seen(borrower.person_id)


def is_of_unit(borrower: Borrower) -> bool:
    """Tell whether a unit borrows: nobody's age is asked."""
    return borrower.person_id is None


def _who_comes(borrower: Borrower, line: Line | None) -> int | None:
    """Return who borrows; of what was not confirmed, who is known by its contact."""
    made = session.get_one(Reservation, line.reservation_id) if line is not None else None
    if made is None or not made.is_unconfirmed:
        return borrower.person_id
    known = people_queries.find_by_contact(email=made.email, phone=made.phone)
    return known.id if known is not None else borrower.person_id


def _check_can_go(thing: InHand, before: Stand) -> None:
    if before["left"] is not None:
        raise LEFT
    if before["loan"] is not None:
        raise ON_LOAN
    if thing.pool != "lendable":
        raise Refusal(N_("This is for reuse by units. It is not lent out."), code="not_lendable")
    if before["repair"] is not None and checks.find_open(thing.id) is not None:
        raise TO_BE_CHECKED
    if before["repair"] is not None or before["condition"] == "broken":
        raise Refusal(N_("This thing is in repair. Mark it mended first."), code="in_repair")


def _fetch(line: Line) -> None:
    """End a reservation's line whose thing goes now."""
    session.refresh(line, with_for_update={"of": Line})
    _check_waits(line)
    _confirm_by_hand(line.reservation_id)
    end_line(line, "fetched")


def _confirm_by_hand(reservation_id: int) -> None:
    """Ask no confirming of whom the desk has seen.

    The contact stays unproven: it becomes the borrower's where nobody has it, so that messages
    come. Who is known by it answers for no loan that another fetched.
    """
    this = select(Reservation).where(Reservation.id == reservation_id)
    this = this.where(Reservation.browser_hash.is_not(None)).with_for_update()
    found = session.scalar(this.execution_options(populate_existing=True))
    if found is None:
        return
    people.take_contact(session.get_one(Person, found.person_id), found.contact)
    found.browser_hash = found.email = found.phone = found.held_until = None
    journal.write("reservation.confirmed", "reservation", found.id, way="desk")


def _check_waits(line: Line) -> None:
    if line.ended_at is not None:
        raise Refusal(N_("This reservation was fetched or cancelled already."), code="over")


_ADD_LOAN = insert(cast("Table", Loan.__table__))
_ITEM = cast("Table", Item.__table__)
_NOWHERE = update(_ITEM).where(_ITEM.c.id == bindparam("item")).values(place_id=None)


def _lent(
    thing: InHand,
    borrower: Borrower,
    use_id: int,
    due_on: date,
    line: Line | None,
    *,
    id_seen: bool,
) -> int:
    facts = {
        "id_seen": id_seen,
        "line_id": line.id if line else None,
        "item_id": thing.id,
        "use_id": use_id,
        "person_id": borrower.person_id,
        "unit_id": borrower.unit_id,
        "for_name": borrower.for_name,
        "site_id": thing.site_id,
        "handed_out_at": clock.now(),
        "due_on": due_on,
    }
    return add(_ADD_LOAN, facts)


def lock_for(borrower: Borrower, *things: InHand | Item) -> None:
    """Lock whatever handing out locks, in its order, before it is looked how the things stand."""
    if locks_rows():
        _lock_borrower(borrower)
        for site_id in sorted({thing.site_id for thing in things}):
            goods.hold_site(site_id)
        goods.lock_kinds(thing.kind_id for thing in things)


def forget_loan(loan: Loan) -> None:
    """Let a loan never have been: it was handed out by mistake. The kind must be locked.

    A reservation that it was for waits again; refused where its days are promised meanwhile.
    """
    use, line_id = session.get_one(Use, loan.use_id), loan.line_id
    session.execute(delete(MovedDay).where(MovedDay.loan_id == loan.id))
    session.delete(loan)
    session.flush()
    goods.forget_use(use)
    if line_id is not None:
        line = session.get_one(Line, line_id)
        line.ended_at = line.ended_as = None
        goods.take_up(session.get_one(Use, line.use_id))


def reopen_loan(loan: Loan) -> None:
    """Let a loan go on that was ended by mistake. The kind must be locked."""
    loan.returned_at = None
    session.flush()
    goods.take_up(session.get_one(Use, loan.use_id))


def take_back(item: Item) -> Loan:
    """End a thing's loan at the desk, as `end_loan` does, and return it."""
    goods.lock_kinds([item.kind_id])
    loan = queries.find_open_loan(item.id, lock=True)
    if loan is None:
        raise NOT_OUT
    end_loan(InHand.of(item), loan.id)
    reread(Loan, [loan.id], "returned_at")
    return loan


class Back(NamedTuple):
    """What a thing waits for that came back: the ids of its rest, and of being looked at."""

    rest: int | None
    check: int | None


def end_loan(thing: InHand, loan_id: int) -> Back:
    """End a thing's open loan: always works, once. The kind must be locked.

    The thing stays at the desk until it is shelved; where the terms say so it rests first, where
    its category asks for it somebody looks at it.
    """
    session.flush()
    use_id = session.scalar(_END_LOAN, {"loan": loan_id, "returned_at": clock.now()})
    if use_id is None:
        raise NOT_OUT
    goods.release(use_id)
    rest_id = let_rest(thing)
    journal.write("loan.returned", "item", thing.id, loan=loan_id)
    return Back(rest_id, checks.open_after_loan(thing))


_LOAN = cast("Table", Loan.__table__)
_END_LOAN = (
    update(_LOAN)
    .where(_LOAN.c.id == bindparam("loan"), _LOAN.c.returned_at.is_(None))
    .returning(_LOAN.c.use_id)
)


def let_rest(thing: InHand) -> int | None:
    """Let a thing that came back rest where the terms say so. The kind must be locked."""
    terms = queries.terms_of(thing.category_id, kind_id=thing.kind_id)
    if not terms.turnaround_days:
        return None
    opening, today = goods_queries.opening(thing.site_id), clock.today()
    last = rules.taken_until(today, opening=opening, terms=terms)
    return goods.rest(thing, last)


def mark_condition(loan: Loan, condition: str) -> None:
    """Say how a thing came back: "ok", "dirty", "part_missing" or "broken"; can be said again."""
    item = goods_queries.get_item(loan.item_id)
    goods.lock_kinds([item.kind_id])
    loan.condition_back = condition
    repair = goods_queries.find_open_repair(item.id)
    need = rules.NEEDS.get(condition)
    if repair is not None and repair.need == checks.CHECK:
        if need is not None:
            goods.end_repair(repair)
    elif repair is not None:
        goods.close_repair(repair)
    if need is not None:
        item.condition = "broken" if condition == "broken" else item.condition
        goods.open_repair(item, need)
    journal.write("item.condition_marked", "item", item.id, loan=loan.id, condition=condition)


def expire(line: Line) -> None:
    """End a line that nobody fetched by its last day."""
    goods.lock_kinds([line.kind_id])
    session.refresh(line, with_for_update={"of": Line})
    if line.ended_at is None:
        end_line(line, "expired")
        journal.write("reservation.expired", "reservation", line.reservation_id, line=line.id)
