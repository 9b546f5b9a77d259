"""What an address says of one kind: where, which size, which days, which weeks to look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from lainaamo.catalogue.forms import read_day
from lainaamo.core import clock
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Kind, Site
from lainaamo.lending import queries as lending
from lainaamo.lending.stretch import Shelf, monday_of


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
        today = clock.today()
        soonest = self.shelf.opening.next_open(today) or today
        first = max(self.first_day or soonest, today)
        return first, max(self.last_day or first, first)

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
            "viikko": self.monday if self.monday != _look_from(self.shelf, None) else None,
        }
        kept = {name: str(value) for name, value in {**now, **changes}.items() if value}
        return f"/valineet/{self.kind.id}?{urlencode(kept)}"


def choice(kind: Kind, args: Mapping[str, str]) -> Choice | None:
    """Read the choice from an address; None where no site has the kind."""
    sites = goods.sites_of(kind.id)
    if not sites:
        return None
    site = next((one for one in sites if one.key == args.get("paikka")), sites[0])
    stock = goods.stock(kind.id)
    sizes = {thing.size for thing in stock.things if thing.site_id == site.id}
    size = args.get("koko") if args.get("koko") in sizes else None
    terms = lending.terms_of(kind.category_id)
    shelf = Shelf(stock, site.id, goods.opening(site.id), terms, size)
    first, last = read_day(args.get("alku")), read_day(args.get("loppu"))
    monday = _look_from(shelf, read_day(args.get("viikko")) or first)
    return Choice(kind, sites, shelf, first, last if first else None, monday)


def _look_from(shelf: Shelf, asked: date | None) -> date:
    """Return the Monday the calendar begins with: this week's, or the next when it is over."""
    today = clock.today()
    soonest = shelf.opening.next_open(today) or today
    latest = today + timedelta(shelf.terms.ahead_days)
    return monday_of(min(max(asked or soonest, today), latest))
