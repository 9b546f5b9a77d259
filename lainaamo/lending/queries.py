"""What screens and actions ask about reservations and loans."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Date, Select, bindparam, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, joinedload, selectinload

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.i18n import pick
from lainaamo.core.kept import once_per_change
from lainaamo.core.orm import Area
from lainaamo.goods import queries as goods
from lainaamo.goods.availability import Stock, first_free
from lainaamo.goods.models import Item, Kind
from lainaamo.goods.opening import Opening
from lainaamo.lending import rules
from lainaamo.lending.models import (
    BorrowerBlock,
    Bundle,
    GroupMember,
    Line,
    Loan,
    LoanTerms,
    Permit,
    PermitSort,
    Renewal,
    Reservation,
    Wait,
)
from lainaamo.lending.rules import COLUMNS, Step, Terms
from lainaamo.people.models import Person
from lainaamo.people.rules import Contact


def terms_of(category_id: int, *, kind_id: int | None = None, group: str = "") -> Terms:
    """Return the terms of a category, or of one kind of it, for a group or for everybody.

    The nearest there are (rules.ladder), else the usual ones.
    """
    step = giver_of(category_id, kind_id=kind_id, group=group)
    return own_terms()[step] if step is not None else Terms()


def giver_of(category_id: int, *, kind_id: int | None = None, group: str = "") -> Step | None:
    """Return where the terms come from; None where the usual ones hold."""
    own, lineage = own_terms(), goods.lineage(category_id, goods.parents_of_categories())
    return next((one for one in rules.ladder(kind_id, lineage, group) if one in own), None)


def terms_of_kinds(category_of: Mapping[int, int], *, group: str = "") -> Mapping[int, Terms]:
    """Return the terms of these kinds, each with its category, for a group or for everybody."""
    own, of_category = (
        own_terms(),
        {category: terms_of(category, group=group) for category in set(category_of.values())},
    )
    # Few kinds have terms of their own: a category's are looked for once.
    special = {step.kind_id for step in own}
    return {
        kind: terms_of(category, kind_id=kind, group=group)
        if kind in special
        else of_category[category]
        for kind, category in category_of.items()
    }


def group_of(person_id: int | None, unit_id: int | None = None) -> str:
    """Return on whose terms somebody borrows: one of GROUPS, or "" as everybody.

    Where no group has terms of its own, nobody is asked.
    """
    if unit_id is not None:
        return "unit"
    if person_id is None or not any(step.group for step in own_terms()):
        return ""
    wanted = select(GroupMember.group_name).where(GroupMember.person_id == person_id)
    return session.scalar(wanted) or ""


def groups_of(person_ids: Iterable[int]) -> Mapping[int, str]:
    """Return the group of each of these people who borrows on a group's terms; see `group_of`."""
    if not any(step.group for step in own_terms()):
        return {}
    wanted = select(GroupMember.person_id, GroupMember.group_name)
    rows = session.execute(wanted.where(GroupMember.person_id.in_(list(person_ids))))
    return {person: group for person, group in rows}  # noqa: C416 - rows are no pairs to mypy


def permit_names() -> Mapping[int, str]:
    """Return what the permits that can be needed are called."""
    return {
        one: pick(simple, name, sv, en) for one, (name, simple, sv, en) in _permit_sorts().items()
    }


@once_per_change(Area.HOUSE)
def _permit_sorts() -> Mapping[int, tuple[str, str, str, str]]:
    wanted = select(PermitSort.id, PermitSort.name, PermitSort.name_simple)
    rows = session.execute(wanted.add_columns(PermitSort.name_sv, PermitSort.name_en))
    return {one: (name, simple, sv, en) for one, name, simple, sv, en in rows}


def permit_until(person_id: int, sort_id: int) -> date | None:
    """Return the last day on which somebody has a permit; None of who has none now."""
    wanted = select(Permit.last_day).where(Permit.person_id == person_id)
    wanted = wanted.where(Permit.sort_id == sort_id, Permit.last_day >= clock.today())
    return session.scalar(wanted)


def id_was_seen(person_id: int) -> bool:
    """Tell whether somebody has shown an identity card today, for another thing."""
    begun = clock.day_start(clock.today())
    wanted = select(Loan.id).where(Loan.person_id == person_id, Loan.handed_out_at >= begun)
    return session.scalar(wanted.where(Loan.id_seen).limit(1)) is not None


def longest_terms() -> Terms:
    """Return the terms on which anything may be lent the longest."""
    return max((Terms(), *own_terms().values()), key=lambda terms: terms.longest_days)


@once_per_change(Area.HOUSE)
def own_terms() -> Mapping[Step, Terms]:
    """Return the terms there are, by where they hold."""
    columns = [getattr(LoanTerms, name) for name in COLUMNS]
    places = (LoanTerms.kind_id, LoanTerms.category_id, LoanTerms.group_name)
    rows = session.execute(select(*places, *columns))
    return {
        Step(kind, category, group): replace(Terms(*rest), of_kind=kind)
        for kind, category, group, *rest in rows
    }


def get_reservation(reservation_id: int, *, fresh: bool = False) -> Reservation:
    """Return a reservation with its lines, their kinds and the things they stand on.

    `fresh`: as it is now, under a lock.
    """
    wanted = whole().where(Reservation.id == reservation_id)
    return session.scalars(wanted.execution_options(populate_existing=fresh)).one()


def find_reservation(reservation_id: int) -> Reservation | None:
    """Return a reservation as `get_reservation` does, unless it was taken back."""
    return session.scalar(whole().where(Reservation.id == reservation_id))


def find_by_nonce(nonce: str) -> Reservation | None:
    """Return the reservation of an own page's address, unless the address was closed."""
    open_link = Reservation.link_revoked_at.is_(None)
    return session.scalar(whole().where(Reservation.link_nonce == nonce, open_link))


def waiting_with_code(pick_up_code: str) -> Sequence[Reservation]:
    """Return the reservations with this pickup code that wait to be fetched, the soonest first."""
    waits = Reservation.lines.any(Line.ended_at.is_(None))
    wanted = whole().where(Reservation.pick_up_code == pick_up_code, waits)
    wanted = wanted.where(Reservation.last_day >= clock.today())
    # Nobody was shown the code of one that is not confirmed.
    wanted = wanted.where(Reservation.browser_hash.is_(None))
    return session.scalars(wanted.order_by(Reservation.first_day, Reservation.id)).all()


def pick_up_codes(site_id: int) -> frozenset[str]:
    """Return the pickup codes of a site's open reservations."""
    is_open = Reservation.id.in_(select(Line.reservation_id).where(Line.ended_at.is_(None)))
    # The sum keeps SQLite from reading all that the site ever lent: few are open.
    here = Reservation.site_id + 0 == site_id
    return frozenset(session.scalars(select(Reservation.pick_up_code).where(is_open, here)))


# Unconfirmed reservations


def unconfirmed_of(
    contact: Contact, *, browser_hash: str | None = None, lock: bool = False
) -> Sequence[Reservation]:
    """Return what waits to be confirmed by a contact, made in one browser or in any."""
    column = Reservation.phone if contact.email is None else Reservation.email
    wanted = whole().where(Reservation.browser_hash.is_not(None), column == contact.text)
    if browser_hash is not None:
        wanted = wanted.where(Reservation.browser_hash == browser_hash)
    wanted = wanted.order_by(Reservation.id)
    if lock:
        wanted = wanted.with_for_update(of=Reservation)
        wanted = wanted.execution_options(populate_existing=True)
    return session.scalars(wanted).all()


def late_to_confirm(now: datetime) -> Sequence[int]:
    """Return the ids of what nobody confirmed in time."""
    late = (Reservation.browser_hash.is_not(None), Reservation.held_until <= now)
    return session.scalars(select(Reservation.id).where(*late).order_by(Reservation.id)).all()


def has_more(person_id: int, reservation_id: int) -> bool:
    """Tell whether somebody has a loan, a card or a reservation besides this one."""
    other = select(Reservation.id).where(Reservation.person_id == person_id)
    other = other.where(Reservation.id != reservation_id)
    loan = select(Loan.id).where(Loan.person_id == person_id)
    found = session.scalar(select(or_(other.exists(), loan.exists())))
    return bool(found) or goods.sign_of_person(person_id) is not None


def whole() -> Select[Reservation]:
    """Return the question for reservations with all that is told of them."""
    lines = selectinload(Reservation.lines)
    return select(Reservation).options(
        joinedload(Reservation.site),
        lines.joinedload(Line.kind).joinedload(Kind.category),
        lines.joinedload(Line.use),
        lines.joinedload(Line.bundle).joinedload(Bundle.kit),
    )


def waits_to_be_fetched() -> ColumnElement[bool]:
    """Return what narrows reservations to those with something that waits to be fetched."""
    return Reservation.lines.any(Line.ended_at.is_(None))


def reservations_of(person_id: int, *, most: int) -> Sequence[Reservation]:
    """Return a person's own reservations, the newest first, whole."""
    mine = whole().where(Reservation.person_id == person_id)
    return session.scalars(mine.order_by(Reservation.id.desc()).limit(most)).all()


def walk_in_loans_of(person_id: int, *, most: int) -> Sequence[Loan]:
    """Return a person's own loans made without a reservation, the newest first."""
    mine = select(Loan).where(Loan.person_id == person_id, Loan.line_id.is_(None))
    with_kind = joinedload(Loan.item).joinedload(Item.kind).joinedload(Kind.category)
    return session.scalars(mine.options(with_kind).order_by(Loan.id.desc()).limit(most)).all()


def loans_by_line(line_ids: Iterable[int]) -> Mapping[int, Loan]:
    """Return the loan that each of these lines became."""
    wanted = select(Loan).where(Loan.line_id.in_(list(line_ids)))
    return {loan.line_id: loan for loan in session.scalars(wanted) if loan.line_id is not None}


def find_block(person_id: int | None) -> BorrowerBlock | None:
    """Return why, and until when, somebody borrows nothing; a block that is over is none."""
    this = (BorrowerBlock.person_id == person_id, BorrowerBlock.last_day >= clock.today())
    return session.scalar(select(BorrowerBlock).where(*this)) if person_id else None


def blocked_until(person_id: int | None) -> date | None:
    """Return the last day on which somebody borrows nothing."""
    found = find_block(person_id)
    return found.last_day if found is not None else None


def find_open_loan(item_id: int, *, lock: bool = False) -> Loan | None:
    """Return the loan a thing is out on; with `lock`, others who would end it wait."""
    wanted = select(Loan).where(Loan.item_id == item_id, Loan.returned_at.is_(None))
    return session.scalar(wanted.with_for_update() if lock else wanted)


def loans_of(item_id: int) -> Sequence[Loan]:
    """Return every loan of a thing, the newest first."""
    wanted = select(Loan).where(Loan.item_id == item_id)
    return session.scalars(wanted.order_by(Loan.id.desc())).all()


def lines_to_hand_out(kind_id: int, *, size: str | None, until: date) -> Sequence[Line]:
    """Return the open lines a thing of this kind and size would do for, the soonest first."""
    fits = or_(Line.size.is_(None), Line.size == size)
    return session.scalars(
        select(Line)
        .join(Line.reservation)
        .options(contains_eager(Line.reservation))
        .where(Line.kind_id == kind_id, Line.ended_at.is_(None), fits)
        .where(Reservation.first_day <= until, Reservation.last_day >= clock.today())
        .order_by(Reservation.first_day, Line.id)
    ).all()


def count_at_once(person_id: int, category_id: int, *, kind_id: int | None = None) -> int:
    """Count what a person has out, promised or waits for of a category, or of one kind of it.

    A place in line counts as the thing it becomes: so nobody has to be counted when its turn comes.
    """
    return owing(person_id, category_id, 0, of_kind=kind_id).has


class Owing(NamedTuple):
    """How a borrower stands: blocked until a day, and with so many things of a category.

    `is_waited` tells whether others stand in line for the kind.
    """

    blocked_until: date | None
    has: int
    is_waited: bool


def owing(
    person_id: int | None, category_id: int, kind_id: int, *, of_kind: int | None = None
) -> Owing:
    """Return what decides whether somebody may have one thing more; see `count_at_once`.

    Counted are the things of the category, or of one kind where that has terms of its own.
    """
    asked = {"person": person_id or 0, "kind": kind_id, "today": clock.today()}
    counted = {**asked, "of": category_id if of_kind is None else of_kind}
    wanted = _OWING if of_kind is None else _OWING_OF_KIND
    day, waited, *numbers = session.execute(wanted, counted).one()
    return Owing(day, sum(numbers), waited > 0)


def _owing(column: InstrumentedAttribute[int]) -> Select[Any]:
    person: BindParameter[Any] = bindparam("person")
    of: BindParameter[Any] = bindparam("of")
    today = bindparam("today", type_=Date)
    block = select(BorrowerBlock.last_day).where(
        BorrowerBlock.person_id == person, BorrowerBlock.last_day >= today
    )
    lines = (
        select(func.count())
        .select_from(Line)
        .join(Line.reservation)
        .join(Line.kind)
        .where(Reservation.person_id == person, column == of)
        .where(Line.ended_at.is_(None), Reservation.last_day >= today)
    )
    loans = (
        select(func.count())
        .select_from(Loan)
        .join(Loan.item)
        .join(Item.kind)
        .where(Loan.person_id == person, column == of)
        .where(Loan.returned_at.is_(None))
    )
    waits = select(func.count()).select_from(Wait).join(Wait.kind)
    waits = waits.where(Wait.person_id == person, column == of)
    waits = waits.where(Wait.ended_at.is_(None))
    others = select(func.count()).select_from(Wait).where(Wait.kind_id == bindparam("kind"))
    others = others.where(Wait.ended_at.is_(None), Wait.person_id != person)
    return select(*(one.scalar_subquery() for one in (block, others, lines, loans, waits)))


_OWING, _OWING_OF_KIND = _owing(Kind.category_id), _owing(Kind.id)


def unfetched_lines(today: date) -> Sequence[Line]:
    """Return the open lines whose last day, or day of pickup, is over.

    Not those whose thing was pulled: somebody must look whether it was fetched without a scan.
    """
    wanted = select(Line).join(Line.reservation).where(Line.ended_at.is_(None))
    is_over = or_(Reservation.last_day < today, Reservation.pick_up_by < today)
    return session.scalars(wanted.where(is_over, Line.pulled_at.is_(None)).order_by(Line.id)).all()


def lines_of_uses(use_ids: Iterable[int]) -> Sequence[Line]:
    """Return the open lines that stand on these uses."""
    wanted = select(Line).where(Line.use_id.in_(list(use_ids)), Line.ended_at.is_(None))
    return session.scalars(wanted).all()


def first_free_day(
    stock: Stock,
    first_day: date,
    last_day: date,
    *,
    opening: Opening,
    terms: Terms,
    site_id: int,
    size: str | None,
) -> date | None:
    """Return the first day from which as long a loan can be had, open at both ends."""
    found = first_free(
        stock,
        first_day,
        days=(last_day - first_day).days + 1,
        is_open=opening.is_open,
        site_id=site_id,
        size=size,
        taken_until=lambda day: rules.taken_until(day, opening=opening, terms=terms),
    )
    too_far = found is not None and (found - clock.today()).days > terms.ahead_days
    return None if too_far else found


# The line for a kind


def line_of(kind_ids: Iterable[int], *, fresh: bool = False) -> Sequence[Wait]:
    """Return who waits for these kinds, by kind and place; `fresh`: as it is now, for a lock."""
    wanted = select(Wait).where(Wait.kind_id.in_(list(kind_ids)), Wait.ended_at.is_(None))
    ordered = wanted.order_by(Wait.kind_id, Wait.position, Wait.id)
    return session.scalars(ordered.execution_options(populate_existing=fresh)).all()


def kinds_waited_for(site_id: int | None = None) -> Sequence[int]:
    """Return the kinds that somebody waits for, anywhere or at a site."""
    wanted = select(Wait.kind_id).where(Wait.ended_at.is_(None)).distinct()
    if site_id is not None:
        wanted = wanted.where(Wait.site_id == site_id)
    return session.scalars(wanted.order_by(Wait.kind_id)).all()


def waits_of(person_id: int) -> Sequence[Wait]:
    """Return what somebody waits for, the first joined first."""
    mine = select(Wait).where(Wait.person_id == person_id, Wait.ended_at.is_(None))
    whole = (joinedload(Wait.kind).joinedload(Kind.category), joinedload(Wait.site))
    return session.scalars(mine.options(*whole).order_by(Wait.id)).all()


def get_wait(wait_id: int, *, person_id: int | None = None) -> Wait:
    """Return a place in line; with `person_id` another's is not found."""
    wanted = select(Wait).where(Wait.id == wait_id)
    if person_id is not None:
        wanted = wanted.where(Wait.person_id == person_id)
    return session.scalars(wanted).one()


def next_due(kind_id: int, *, site_id: int, size: str | None) -> date | None:
    """Return when the next thing of a kind (and size) is due back; late ones tell nothing."""
    wanted = select(func.min(Loan.due_on)).join(Loan.item)
    out = (Loan.returned_at.is_(None), Loan.due_on >= clock.today(), Loan.site_id == site_id)
    wanted = wanted.where(Item.kind_id == kind_id, *out)
    return session.scalar(wanted.where(Item.size == size) if size else wanted)


def place_of(wait: Wait, line: Iterable[Wait]) -> int:
    """Return somebody's place in the line: 1 is the next; who waits for another size is not before.

    `line` is of the same kind.
    """
    before = (
        other
        for other in line
        if (other.position, other.id) < (wait.position, wait.id) and _competes(other, wait)
    )
    return 1 + sum(1 for _one in before)


def _competes(one: Wait, other: Wait) -> bool:
    sizes = {one.size, other.size}
    return one.site_id == other.site_id and (None in sizes or len(sizes) == 1)


def blocked_people(person_ids: Iterable[int]) -> frozenset[int]:
    """Return those of these people who borrow nothing for now, or are here no more."""
    asked = list(person_ids)
    today = (BorrowerBlock.person_id.in_(asked), BorrowerBlock.last_day >= clock.today())
    gone = select(Person.id).where(Person.id.in_(asked), Person.left_at.is_not(None))
    return frozenset(session.scalars(select(BorrowerBlock.person_id).where(*today).union(gone)))


def long_waits(joined_before: datetime) -> Sequence[Wait]:
    """Return who has waited since before a moment, or is here no more."""
    wanted = select(Wait).join(Wait.person).where(Wait.ended_at.is_(None))
    is_over = or_(Wait.joined_at < joined_before, Person.left_at.is_not(None))
    return session.scalars(wanted.where(is_over).order_by(Wait.id)).all()


# Renewals


def count_renewals(loan_id: int) -> int:
    """Count how often a loan was renewed."""
    wanted = select(func.count()).select_from(Renewal).where(Renewal.loan_id == loan_id)
    return session.scalar(wanted) or 0
