"""What the administrator's screens ask: changes, promises of a site, what uses a thing."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from lainaamo.administration.letters import wording
from lainaamo.administration.models import Change
from lainaamo.core import clock
from lainaamo.core.db import session
from lainaamo.core.journal import Entry
from lainaamo.goods.models import (
    Category,
    Code,
    Item,
    Kind,
    OpeningHours,
    Place,
    Site,
    StoppedModel,
)
from lainaamo.goods.queries import LAST_LAST
from lainaamo.lending.models import Line, Loan, PermitSort, Reservation
from lainaamo.pages.models import StatementVersion
from lainaamo.people.models import Actor, Grant, Person, Token, Unit
from lainaamo.procurement.models import Claim

CHANGES = 20
Named = Site | Place | Category | Kind | Unit | PermitSort
NAMED: Mapping[str, type[Named]] = {
    "site": Site,
    "place": Place,
    "category": Category,
    "kind": Kind,
    "unit": Unit,
    "permit_sort": PermitSort,
}


def get_change(change_id: int, thing: str) -> Change:
    """Return a change of a sort of thing."""
    wanted = select(Change).where(Change.id == change_id, Change.thing == thing)
    return session.scalars(wanted).one()


def changes_of(thing: str, thing_id: int, *, limit: int = CHANGES) -> Sequence[Change]:
    """Return what was changed of one thing, the newest first."""
    wanted = select(Change).where(Change.thing == thing, Change.thing_id == thing_id)
    return session.scalars(wanted.order_by(Change.id.desc()).limit(limit)).all()


def changes(
    things: Collection[str], *, before_id: int | None = None, limit: int = CHANGES
) -> Sequence[Change]:
    """Return the changes of these sorts, the newest first; with `before_id` those older than it."""
    wanted = select(Change).where(Change.thing.in_(things))
    if before_id is not None:
        wanted = wanted.where(Change.id < before_id)
    return session.scalars(wanted.order_by(Change.id.desc()).limit(limit)).all()


def undone(change_ids: Iterable[int]) -> Collection[int]:
    """Return which of these changes were taken back."""
    wanted = select(Change.undoes_id).where(Change.undoes_id.in_(list(change_ids)))
    return {one for one in session.scalars(wanted) if one is not None}


def names_of_actors(aliases: Iterable[str]) -> Mapping[str, str]:
    """Return what the people behind the journal's names are called, as long as that is kept."""
    columns = (Actor.alias, Person.first_name, Person.number)
    wanted = select(*columns).join(Person, Person.id == Actor.person_id)
    rows = session.execute(wanted.where(Actor.alias.in_(set(aliases)))).all()
    return {alias: f"{number} {name}" if number else name for alias, name, number in rows}


def names_of_things(some: Iterable[Change]) -> Mapping[tuple[str, int], str]:
    """Return what the things of these changes are called now, by sort and id."""
    ids: dict[str, set[int]] = defaultdict(set)
    for change in some:
        ids[change.thing].add(change.thing_id)
    named: dict[tuple[str, int], str] = {}
    for thing, model in NAMED.items():
        if ids[thing]:
            named |= {(thing, one): name for one, name in _names(model, ids[thing])}
    for thing in [one for one in ids if one.startswith(("loan_terms", "kind_terms"))]:
        model = Category if thing.startswith("loan_terms") else Kind
        named |= {(thing, one): name for one, name in _names(model, ids[thing])}
    rules = select(Category.id, Category.name).where(Category.id.in_(ids["safety_rule"]))
    named |= {("safety_rule", one): name for one, name in session.execute(rules)}
    models = select(StoppedModel.id, StoppedModel.model)
    models = models.where(StoppedModel.id.in_(ids["stopped_model"]))
    named |= {("stopped_model", one): model for one, model in session.execute(models)}
    tokens = select(Token.id, Token.words).where(Token.id.in_(ids["api_token"]))
    named |= {("api_token", one): words for one, words in session.execute(tokens)}
    named |= {("letter_text", one): wording(one).name for one in ids["letter_text"]}
    people = select(Person.id, Person.first_name).where(Person.id.in_(ids["person"]))
    named |= {("person", one): name for one, name in session.execute(people)}
    things = select(Item.id, Kind.name).join(Item.kind).where(Item.id.in_(ids["item"]))
    return named | {("item", one): name for one, name in session.execute(things)}


def _names(model: type[Named], ids: set[int]) -> Sequence[tuple[int, str]]:
    rows = session.execute(select(model.id, model.name).where(model.id.in_(ids)))
    return [(one, name) for one, name in rows]


def what_there_is() -> Mapping[str, bool]:
    """Tell which of the things that a house begins with it has, by the key of its first step."""
    wanted = {
        "categories": select(Category.id),
        "site": select(OpeningHours.id).join(Site).where(Site.closed_at.is_(None)),
        "shelves": select(Place.id).where(Place.level == "shelf", Place.closed_at.is_(None)),
        "staff": select(Grant.id).where(
            Grant.role.not_in(("administrator", "resident")), Grant.ended_at.is_(None)
        ),
        "things": select(Item.id),
        "statement": select(StatementVersion.id),
    }
    row = session.execute(select(*(one.exists() for one in wanted.values()))).one()
    return dict(zip(wanted, row, strict=True))


def first_site_id() -> int | None:
    """Return the site that was made first of those in use."""
    wanted = select(Site.id).where(Site.closed_at.is_(None)).order_by(Site.id)
    return session.scalars(wanted.limit(1)).first()


def lent_kinds() -> Sequence[Kind]:
    """Return the kinds that are lent, by name."""
    lent = select(Kind).where(Kind.pool == "lendable", Kind.left_at.is_(None))
    return session.scalars(lent.order_by(Kind.name, Kind.id)).all()


def names_of_places() -> Mapping[int, str]:
    """Return the names of all rooms and shelves."""
    return {one: name for one, name in session.execute(select(Place.id, Place.name))}  # noqa: C416 - rows are no pairs to mypy


# Sites and their promises


@dataclass(frozen=True, slots=True)
class Promises:
    """How many pickups and returns a site expects on each day from today on."""

    pickups: Mapping[date, int]
    returns: Mapping[date, int]


def promises_of(site_id: int) -> Promises:
    """Return what a site has promised: reservations begin and end, loans are due."""
    begins = _count_reservations(Reservation.first_day, site_id)
    ends = _count_reservations(Reservation.last_day, site_id)
    due = select(Loan.due_on, func.count()).where(
        Loan.site_id == site_id, Loan.returned_at.is_(None), Loan.due_on >= clock.today()
    )
    returns: Counter[date] = Counter()
    for wanted in (ends, due.group_by(Loan.due_on)):
        for day, count in session.execute(wanted):
            returns[day] += count
    return Promises({day: count for day, count in session.execute(begins)}, returns)  # noqa: C416 - rows are no pairs to mypy


def _count_reservations(day: InstrumentedAttribute[date], site_id: int) -> Select[date, int]:
    open_line = select(Line.id).where(
        Line.reservation_id == Reservation.id, Line.ended_at.is_(None)
    )
    here = (Reservation.site_id == site_id, day >= clock.today(), open_line.exists())
    return select(day, func.count()).where(*here).group_by(day)


def get_site(site_id: int) -> Site:
    """Return a site, also one that is closed."""
    return session.get_one(Site, site_id)


def sites() -> Sequence[Site]:
    """Return all sites, the closed ones last."""
    return session.scalars(select(Site).order_by(Site.closed_at.is_not(None), Site.id)).all()


def things_at(site_id: int) -> int:
    """Count the things in the house that belong to a site."""
    wanted = select(func.count()).select_from(Item)
    return session.scalar(wanted.where(Item.site_id == site_id, Item.left_at.is_(None))) or 0


def count_things_by_site() -> Mapping[int, int]:
    """Count the things of each site that are in the house."""
    wanted = select(Item.site_id, func.count()).where(Item.left_at.is_(None))
    return {site: count for site, count in session.execute(wanted.group_by(Item.site_id))}  # noqa: C416 - rows are no pairs to mypy


# Rooms and shelves


def get_place(place_id: int) -> Place:
    """Return a room or a shelf."""
    return session.get_one(Place, place_id)


def places_of(site_id: int) -> Sequence[Place]:
    """Return all rooms and shelves of a site, the closed ones too."""
    return session.scalars(select(Place).where(Place.site_id == site_id).order_by(Place.id)).all()


def places() -> Sequence[Place]:
    """Return all rooms and shelves of the open sites."""
    wanted = select(Place).join(Place.site).where(Site.closed_at.is_(None))
    return session.scalars(wanted.order_by(Place.site_id, Place.id)).all()


def signs_of_places(site_id: int) -> Mapping[int, str]:
    """Return the code on the label of each place of a site."""
    wanted = select(Code.place_id, Code.sign).join(Place, Code.place_id == Place.id)
    rows = session.execute(wanted.where(Place.site_id == site_id).order_by(*LAST_LAST))
    return {place_id: sign for place_id, sign in rows if place_id is not None}


def count_things_by_place(site_id: int) -> Mapping[int, int]:
    """Count what stands on, or belongs on, each place of a site."""
    place = func.coalesce(Item.home_place_id, Item.place_id)
    wanted = select(Place.id, func.count()).join(Item, place == Place.id)
    here = (Place.site_id == site_id, Item.left_at.is_(None))
    return {one: n for one, n in session.execute(wanted.where(*here).group_by(Place.id))}  # noqa: C416 - rows are no pairs to mypy


def is_used_place(place_id: int) -> bool:
    """Tell whether something stands on a place, belongs there, or a shelf is in it."""
    thing = or_(Item.place_id == place_id, Item.home_place_id == place_id)
    things = select(Item.id).where(thing, Item.left_at.is_(None))
    inner = select(Place.id).where(Place.parent_id == place_id, Place.closed_at.is_(None))
    return any(session.scalar(wanted.limit(1)) is not None for wanted in (things, inner))


# Categories


def get_category(category_id: int) -> Category:
    """Return a category, also one that is closed."""
    return session.get_one(Category, category_id)


def categories() -> Sequence[Category]:
    """Return every category, the closed ones too, parents before children."""
    return session.scalars(select(Category).order_by(Category.position, Category.id)).all()


def count_kinds_by_category() -> Mapping[int, int]:
    """Count the kinds in the house of each category."""
    wanted = select(Kind.category_id, func.count()).where(Kind.left_at.is_(None))
    rows = session.execute(wanted.group_by(Kind.category_id))
    return {one: count for one, count in rows}  # noqa: C416 - rows are no pairs to mypy


def has_kinds(category_id: int) -> bool:
    """Tell whether a category has kinds that are in the house."""
    here = and_(Kind.category_id == category_id, Kind.left_at.is_(None))
    return session.scalar(select(Kind.id).where(here).limit(1)) is not None


def has_open_children(category_id: int) -> bool:
    """Tell whether open categories are right under one."""
    here = and_(Category.parent_id == category_id, Category.closed_at.is_(None))
    return session.scalar(select(Category.id).where(here).limit(1)) is not None


# Units


def get_unit(unit_id: int) -> Unit:
    """Return a unit, also one that is closed."""
    return session.get_one(Unit, unit_id)


def is_used_unit(unit_id: int) -> bool:
    """Tell whether open units are right under one, somebody acts for it, or it waits for goods."""
    below = select(Unit.id).where(Unit.parent_id == unit_id, Unit.closed_at.is_(None))
    roles = select(Grant.id).where(Grant.unit_id == unit_id, Grant.ended_at.is_(None))
    booked = select(Claim.id).where(Claim.unit_id == unit_id, Claim.waiting > 0)
    lent = select(Loan.id).where(Loan.unit_id == unit_id, Loan.returned_at.is_(None))
    return any(session.scalar(one.limit(1)) is not None for one in (below, roles, booked, lent))


def was_done_by(actor: str, verb: str, thing: str, thing_id: int) -> bool:
    """Tell whether somebody did this, by the journal's name for them."""
    wanted = select(Entry.id).where(Entry.thing == thing, Entry.thing_id == thing_id)
    return session.scalar(wanted.where(Entry.verb == verb, Entry.actor == actor)) is not None
