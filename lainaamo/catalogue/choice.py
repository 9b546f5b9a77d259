"""What an address says of one kind: where, which size, which days, which weeks to look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol
from urllib.parse import urlencode

from lainaamo.catalogue.forms import read_day
from lainaamo.core import clock
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Kind, Site
from lainaamo.goods.opening import Opening
from lainaamo.lending import ahead
from lainaamo.lending import queries as lending
from lainaamo.lending.stretch import Days, Shelf, monday_of
from lainaamo.people.visitor import served, visitor


class Chosen(Protocol):
    """A choice of one kind or one kit, as their pages read it."""

    @property
    def kind(self) -> Kind:
        """Return what it is of."""

    @property
    def sites(self) -> Sequence[Site]:
        """Return where it can be fetched."""

    @property
    def site(self) -> Site:
        """Return where it would be fetched."""

    @property
    def shelf(self) -> Days:
        """Return what its days depend on."""

    @property
    def first_day(self) -> date | None:
        """Return the first day, when it is chosen."""

    @property
    def last_day(self) -> date | None:
        """Return the last day, when it is chosen."""

    @property
    def monday(self) -> date:
        """Return the day the calendar begins with."""

    def url(self, **changes: object) -> str:
        """Return this page's address with some of the choice changed; None takes it out."""


@dataclass(frozen=True)
class Choice:
    """What an address says of one kind: where, which size, which days, which weeks to look at."""

    kind: Kind
    sites: Sequence[Site]
    shelf: Shelf
    first_day: date | None
    last_day: date | None
    monday: date

    @property
    def days(self) -> tuple[date, date]:
        """Return the days that are shown: those chosen, else the next day the site is open."""
        return days_shown(self.shelf.opening, self.first_day, self.last_day)

    @property
    def site(self) -> Site:
        """Return where it would be fetched."""
        return next(site for site in self.sites if site.id == self.shelf.site_id)

    def url(self, **changes: object) -> str:
        """Return this page's address with some of the choice changed; None takes it out."""
        now = {
            "paikka": self.site.key if len(self.sites) > 1 else None,
            "koko": self.shelf.size,
            "alku": self.first_day,
            "loppu": self.last_day,
            "viikko": self.monday if self.monday != look_from(self.shelf, None) else None,
        }
        kept = {name: str(value) for name, value in {**now, **changes}.items() if value}
        return f"/valineet/{self.kind.id}?{urlencode(kept)}"


def choice(kind: Kind, args: Mapping[str, str]) -> Choice | None:
    """Read the choice from an address; None where no site has the kind."""
    sites = goods.sites_of(kind.id)
    if not sites:
        return None
    site = next((one for one in sites if one.key == args.get("paikka")), sites[0])
    stock = ahead.stock(kind.id)
    sizes = {thing.size for thing in stock.things if thing.site_id == site.id}
    size = args.get("koko") if args.get("koko") in sizes else None
    group = lending.group_of(person_id_now())
    terms = lending.terms_of(kind.category_id, kind_id=kind.id, group=group)
    shelf = Shelf(stock, site.id, goods.opening(site.id), terms, size)
    first, last = read_day(args.get("alku")), read_day(args.get("loppu"))
    monday = look_from(shelf, read_day(args.get("viikko")) or first)
    return Choice(kind, sites, shelf, first, last if first else None, monday)


def person_id_now() -> int | None:
    """Return who looks, where somebody has signed in; of the staff, whom they act for."""
    me = served() or visitor()
    return me.person_id if me is not None else None


def days_shown(
    opening: Opening, first_day: date | None, last_day: date | None
) -> tuple[date, date]:
    """Return the days that were chosen, else the next day a site is open."""
    today = clock.today()
    first = max(first_day or opening.next_open(today) or today, today)
    return first, max(last_day or first, first)


def look_from(shelf: Days, asked: date | None) -> date:
    """Return the Monday the calendar begins with: this week's, or the next when it is over."""
    today = clock.today()
    soonest = shelf.opening.next_open(today) or today
    latest = today + timedelta(shelf.terms.ahead_days)
    return monday_of(min(max(asked or soonest, today), latest))
