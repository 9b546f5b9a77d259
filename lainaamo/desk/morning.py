"""The morning list: what to pull, what lies there, whom to call, what is late and waited for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.i18n import day, days
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Item, Kind, Repair, Use
from lainaamo.goods.words import name_of, sized
from lainaamo.lending import displaced
from lainaamo.lending.checks import CHECK
from lainaamo.lending.models import Line, Loan, Reservation, Wait
from lainaamo.people.models import Person

MOST = 100
"""How many of each sort are shown: who has more begins with these."""

NOT_FETCHED = ("cancelled", "expired", "thing_removed")
Shown = dict[str, Any]


def sections() -> Mapping[str, list[Shown]]:
    """Return the loose ends, by what there is to do."""
    today = clock.today()
    over = func.coalesce(Reservation.pick_up_by, Reservation.last_day) < today
    lies = Line.pulled_at.is_not(None)
    is_open = Line.ended_at.is_(None)
    due = and_(is_open, Line.pulled_at.is_(None), Reservation.first_day <= today, ~over)
    known = Reservation.browser_hash.is_(None)
    return {
        "missed": _shown(_lines(lies, is_open, over)),
        "lying": _shown(_lines(lies, Line.ended_as.in_(NOT_FETCHED))),
        "to_pull": _shown(_lines(due, known)),
        "to_call": [_call(*row) for row in _unreached(today)],
        "late": [_late(loan) for loan in _late_and_waited_for(today)],
        "without": list(_without()),
        "to_look": list(_to_look()),
    }


def _lines(*conditions: Any) -> Sequence[Line]:
    wanted = select(Line).join(Line.reservation).where(*conditions)
    whole = (
        contains_eager(Line.reservation),
        joinedload(Line.kind),
        joinedload(Line.use).joinedload(Use.item).options(*goods.WHOLE),
    )
    ordered = wanted.options(*whole).order_by(Reservation.first_day, Line.id)
    return session.scalars(ordered.limit(MOST)).all()


def _shown(lines: Sequence[Line]) -> list[Shown]:
    signs = goods.signs_of(line.use.item_id for line in lines)
    return [_line(line, signs.get(line.use.item_id)) for line in lines]


def _line(line: Line, sign: str | None) -> Shown:
    made, item = line.reservation, line.use.item
    return {
        "line": line.id,
        "name": sized(name_of(line.kind), item.size),
        "code": sign,
        "url": f"/tavarat/{sign}" if sign else None,
        "shelf": item.place.name if item.place else None,
        "for_name": made.for_name,
        "reservation_url": f"/tiski/varaukset/{made.id}",
        "days": days(made.first_day, made.last_day),
        "until": day(made.pick_up_by) if made.pick_up_by else None,
    }


def _without() -> Iterator[Shown]:
    """Yield what is reserved from now or tomorrow and has no thing: late, in repair or gone."""
    for line, item in displaced.without_a_thing(MOST):
        made = line.reservation
        yield {
            "name": sized(name_of(line.kind), line.size or item.size),
            "for_name": made.for_name,
            "reservation_url": f"/tiski/varaukset/{made.id}",
            "days": days(made.first_day, made.last_day),
            "url": f"/tiski/lainaajat/{made.person_id}" if made.person_id else None,
        }


def _to_look() -> Iterator[Shown]:
    """Yield what came back and waits until somebody has looked at it, the first first."""
    waits = (Repair.closed_at.is_(None), Repair.need == CHECK)
    wanted = select(Item).join(Repair, Repair.item_id == Item.id).where(*waits)
    whole = wanted.options(joinedload(Item.kind), joinedload(Item.site))
    found = session.scalars(whole.order_by(Repair.id).limit(MOST)).all()
    signs = goods.signs_of(item.id for item in found)
    for item in found:
        sign = signs.get(item.id)
        yield {
            "name": sized(name_of(item.kind), item.size),
            "code": sign,
            "site": item.site.name,
            "url": f"/tiski?tila=katso&tavara={sign}" if sign else None,
        }


def _unreached(today: Any) -> Iterable[tuple[Reservation, Person, Kind, str | None]]:
    """Return whose turn came and who has neither e-mail nor phone."""
    wanted = select(Reservation, Person, Kind, Line.size)
    wanted = wanted.join(Line, Line.reservation_id == Reservation.id)
    wanted = wanted.join(Person, Person.id == Reservation.person_id)
    wanted = wanted.join(Kind, Kind.id == Line.kind_id)
    silent = (Person.email.is_(None), Person.phone.is_(None))
    wanted = wanted.where(Reservation.pick_up_by >= today, Line.ended_at.is_(None), *silent)
    rows = session.execute(wanted.order_by(Reservation.pick_up_by, Reservation.id).limit(MOST))
    return [(made, person, kind, size) for made, person, kind, size in rows]


def _call(made: Reservation, person: Person, kind: Kind, size: str | None) -> Shown:
    return {
        "name": sized(name_of(kind), size),
        "for_name": made.for_name,
        "url": f"/tiski/lainaajat/{person.id}",
        "until": day(made.pick_up_by) if made.pick_up_by else "",
    }


def _late_and_waited_for(today: Any) -> Sequence[Loan]:
    """Return the late loans of things that somebody in line could use, the latest first."""
    fits = (Wait.kind_id == Item.kind_id, Wait.site_id == Loan.site_id, Wait.ended_at.is_(None))
    any_size = or_(Wait.size.is_(None), Wait.size == Item.size)
    wanted = select(Loan).join(Loan.item).where(Loan.returned_at.is_(None), Loan.due_on < today)
    wanted = wanted.where(select(Wait.id).where(*fits, any_size).correlate(Item, Loan).exists())
    with_kind = contains_eager(Loan.item).joinedload(Item.kind)
    ordered = wanted.options(with_kind).order_by(Loan.due_on, Loan.id)
    return session.scalars(ordered.limit(MOST)).all()


def _late(loan: Loan) -> Shown:
    return {
        "name": sized(name_of(loan.item.kind), loan.item.size),
        "for_name": loan.for_name,
        "due": day(loan.due_on),
        "url": f"/tiski/lainaajat/{loan.person_id}" if loan.person_id else None,
    }
