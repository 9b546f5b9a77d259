"""What the demo's house asks of gear: makes and years, a recall, a permit, terms of schools."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from lainaamo.administration import actions, permits, safety
from lainaamo.administration.terms import RECORDS, Of
from lainaamo.core import clock, journal
from lainaamo.core.db import session
from lainaamo.demo.office import administrator, category
from lainaamo.goods import actions as goods
from lainaamo.goods import freed
from lainaamo.goods import queries as goods_queries
from lainaamo.goods import safety as of_goods
from lainaamo.goods.in_hand import InHand
from lainaamo.goods.models import Item, Kind
from lainaamo.lending import checks, queries, standing
from lainaamo.lending.models import Loan
from lainaamo.people.models import Person

MODELS = ("Tuisku Junior 2", "Tuisku Pro", "Reuna 300", "Reuna 300")
STOPPED = "Tuisku Pro"
YEARS = 6
"""How old the oldest helmet is, in years."""


def keep_safe() -> None:
    """Write years and models on helmets and life jackets, and arrange what is asked of gear."""
    with journal.acting(administrator()):
        for key in ("bike_helmets", "winter_helmets", "life_vests"):
            _write_years(key)
        safety.add({"model": STOPPED, "source": "Valmistajan takaisinveto"})
        _agree()
    _leave_one_to_check()


def _items(key: str) -> Sequence[Item]:
    whole = select(Item).options(*goods_queries.WHOLE).join(Item.kind)
    wanted = whole.where(Kind.category_id == category(key))
    return session.scalars(wanted.where(Item.left_at.is_(None)).order_by(Item.id)).all()


def _write_years(key: str) -> None:
    """Let the things of a category be from these years; promises find others where one is old."""
    this_year, items = clock.today().year, _items(key)
    for number, item in enumerate(items):
        is_held = bool(queries.find_open_loan(item.id)) or number % (YEARS + 1)
        item.made_year = this_year - (number % YEARS if is_held else 0)
        item.model = MODELS[number % len(MODELS)] if key != "life_vests" else None
        of_goods.reckon(item, category(key))
    session.flush()
    for kind_id in sorted({item.kind_id for item in items}):
        goods.lock_kinds([kind_id])
        goods.rehouse(kind_id)
        freed.note(kind_id)


def _agree() -> None:
    """Ask for a paddling course before a kayak is lent, and let schools have a class of skis."""
    names = {"name": "Melontakurssi", "name_simple": "", "name_sv": "Paddelkurs"}
    change = permits.add({**names, "name_en": "Paddling course"})
    _give_own("", "kayaks", least_age=15, shows_id=True, permit_sort_id=change.thing_id, at_once=2)
    _give_own("club", "skis", at_once=30, days=7)
    _give_own("", "snowboards", season_ends="04-30", longest_days=200)
    wanted = select(Loan.person_id).where(Loan.person_id.is_not(None)).order_by(Loan.id.desc())
    person = session.get_one(Person, session.scalars(wanted.limit(1)).one())
    standing.give_permit(person, change.thing_id, last_day=clock.today() + timedelta(400))


def _give_own(group: str, key: str, **wanted: object) -> None:
    of, category_id = Of("category", group), category(key)
    now = queries.terms_of(category_id, group=group)
    names = RECORDS[of].read(category_id)
    facts = {name: getattr(now, name) for name in names}
    actions.edit(RECORDS[of], category_id, {**facts, **wanted})


def _leave_one_to_check() -> None:
    """Let the last helmet that is here wait to be looked at."""
    here = [one for one in _items("bike_helmets") if queries.find_open_loan(one.id) is None]
    free = [one for one in here if goods_queries.find_open_repair(one.id) is None]
    if free:
        goods.lock_kinds([free[-1].kind_id])
        goods.hold_to_look(InHand.of(free[-1]), checks.CHECK)
