"""How borrowing went, by one tap: one of three faces for a loan that came back, without a login."""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload

from lainaamo.config import Settings
from lainaamo.core import clock, journal
from lainaamo.core.db import session
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.secrets import derive, installation_key
from lainaamo.goods.models import Category, Item, Kind
from lainaamo.lending.models import FACES, Loan, Opinion

PURPOSE = "opinion"
PLACE = "/palaute/lainat"
ASKED_FOR = timedelta(days=30)
"""For how long after the return a face can be given."""

LONGEST_ID = 15


def path_of(loan_id: int, settings: Settings) -> str:
    """Return the address at which a face is given for a loan: who knows it may."""
    return f"{PLACE}/{loan_id}-{derive(installation_key(settings), PURPOSE, str(loan_id))}"


def loan_id_of(token: str, settings: Settings) -> int | None:
    """Return which loan an address is of, when it is one of ours."""
    loan_id, _dash, given = token.partition("-")
    if not (loan_id.isascii() and loan_id.isdigit() and len(loan_id) <= LONGEST_ID):
        return None
    made = derive(installation_key(settings), PURPOSE, loan_id)
    return int(loan_id) if hmac.compare_digest(made.encode(), given.encode()) else None


def to_ask(loans: Iterable[Loan]) -> Loan | None:
    """Return the loan to ask about: the newest that came back, unless one of these was told of."""
    since = clock.now() - ASKED_FOR
    back = [one for one in loans if one.returned_at is not None and one.returned_at > since]
    if not back:
        return None
    told = select(Opinion.id).where(Opinion.loan_id.in_([one.id for one in back])).limit(1)
    return None if session.scalar(told) else max(back, key=lambda one: (one.returned_at, one.id))


def to_ask_of(person_id: int) -> Loan | None:
    """Return what somebody brought back last, unless something was told since."""
    mine = aliased(Loan)
    since = select(Opinion.id).join(mine, mine.id == Opinion.loan_id)
    since = since.where(mine.person_id == person_id, Opinion.given_at >= Loan.returned_at)
    back = (Loan.person_id == person_id, Loan.returned_at > clock.now() - ASKED_FOR)
    whole = joinedload(Loan.item).joinedload(Item.kind)
    wanted = select(Loan).options(whole).where(*back, ~since.exists())
    return session.scalar(wanted.order_by(Loan.returned_at.desc(), Loan.id.desc()).limit(1))


def find(loan_id: int) -> Opinion | None:
    """Return what was told of a loan."""
    return session.scalar(select(Opinion).where(Opinion.loan_id == loan_id))


def check_can_be_told(loan: Loan) -> None:
    """Refuse a face for what is still out, or came back long ago."""
    if loan.returned_at is None:
        raise Refusal(N_("You can tell us when the thing has come back."), code="not_back")
    if loan.returned_at <= clock.now() - ASKED_FOR:
        raise Refusal(N_("This loan is too old. Write to us on the feedback page."), code="too_old")


def give(loan: Loan, face: str) -> None:
    """Take one face for a loan, once; a second tap is harmless."""
    if face not in FACES:
        raise Refusal(N_("Choose the face that fits best."), code="no_such_face")
    check_can_be_told(loan)
    session.refresh(loan, with_for_update={"of": Loan})
    if find(loan.id) is not None:
        return
    session.add(Opinion(loan_id=loan.id, face=face, given_at=clock.now()))
    # Of nobody's making: whoever has the link may tap, and a face is no matter of a person.
    with journal.acting("anonymous"):
        journal.write("opinion.given", "loan", loan.id, face=face)


# Sums for the staff


class Faces(NamedTuple):
    """How many of each face."""

    good: int = 0
    fair: int = 0
    bad: int = 0

    @property
    def total(self) -> int:
        """Return how many there are in all."""
        return sum(self)

    @property
    def good_percent(self) -> int:
        """Return how many of a hundred were good."""
        return round(100 * self.good / self.total) if self.total else 0


def between(first: date, last: date) -> Mapping[int, Faces]:
    """Return the faces of each category of things, given on these days."""
    begin, end = clock.day_start(first), clock.day_start(last + timedelta(1))
    wanted = (
        select(Category.id, Opinion.face, func.count())
        .join(Loan, Loan.id == Opinion.loan_id)
        .join(Item, Item.id == Loan.item_id)
        .join(Kind, Kind.id == Item.kind_id)
        .join(Category, Category.id == Kind.category_id)
        .where(Opinion.given_at >= begin, Opinion.given_at < end)
        .group_by(Category.id, Opinion.face)
    )
    found: dict[int, dict[str, int]] = {}
    for category_id, face, count in session.execute(wanted):
        found.setdefault(category_id, {})[face] = count
    return {one: Faces(**some) for one, some in found.items()}


def returned_between(first: datetime, last: datetime) -> Sequence[tuple[int, int]]:
    """Return who brought things back between two moments, each with the newest such loan."""
    back = (Loan.returned_at > first, Loan.returned_at <= last, Loan.person_id.is_not(None))
    wanted = select(Loan.person_id, func.max(Loan.id)).where(*back).group_by(Loan.person_id)
    rows = session.execute(wanted.order_by(Loan.person_id)).all()
    return [(person_id, loan_id) for person_id, loan_id in rows if person_id is not None]
