"""What one kind's page shows: sizes, facts, the calendar, and the form that reserves it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from lainaamo.catalogue import stretch
from lainaamo.catalogue.cards import sorted_sizes
from lainaamo.catalogue.forms import BorrowerForm, read_day
from lainaamo.catalogue.stretch import Cell, Shelf
from lainaamo.core import clock
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import days as write_days
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import hours, ngettext, pick, retold
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Kind, Site
from lainaamo.lending import queries as lending
from lainaamo.lending import rules


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


def _monday(day: date) -> date:
    return day - timedelta(day.weekday())


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
    return _monday(min(max(asked or soonest, today), latest))


def page(
    chosen: Choice, *, form: BorrowerForm | None = None, refusal: Refusal | None = None
) -> dict[str, Any]:
    """Return everything the kind's template needs."""
    said = refusal or _objection(chosen)
    sizes = _sizes(chosen)
    needs_size = len(sizes) > 1 and chosen.shelf.size is None
    return {
        "kind": _shown(chosen.kind),
        "here_url": f"/valineet/{chosen.kind.id}",
        "free": _free_now(chosen),
        "sizes": sizes,
        "needs_size": needs_size and chosen.last_day is not None,
        "places": _places(chosen),
        "facts": _facts(chosen),
        "calendar": _calendar(chosen),
        "calendar_title": _calendar_title(chosen),
        "previous_url": _other_weeks(chosen, -stretch.WEEKS),
        "next_url": _other_weeks(chosen, stretch.WEEKS),
        "first_day": chosen.first_day,
        "last_day": chosen.last_day,
        "pick_up_hours": _pick_up_hours(chosen),
        "reserve": _reserve(chosen, form) if said is None and not needs_size else None,
        "refusal": _refusal(chosen, said) if said else None,
        "belongs": [{"name": name} for name in goods.usual_parts(chosen.kind.id)],
        "steps": _steps(),
    }


def _shown(kind: Kind) -> dict[str, Any]:
    group = kind.category
    return {
        "name": name_of(kind),
        "picture": kind.picture or group.pictogram,
        "description": kind.description,
        "category_name": pick(group.name_simple, group.name, group.name_sv, group.name_en),
        "category_url": ("/?" if kind.pool == "lendable" else "/kierto?") + f"ryhma={group.key}",
        "pool": kind.pool,
    }


def name_of(kind: Kind) -> str:
    """Return a kind's name in the language in use."""
    return pick(kind.name_simple, kind.name, kind.name_sv, kind.name_en)


def _days_shown(chosen: Choice) -> tuple[date, date]:
    today = clock.today()
    first = max(chosen.first_day or today, today)
    return first, max(chosen.last_day or first, first)


def _free_now(chosen: Choice) -> int:
    return chosen.shelf.free(*_days_shown(chosen))


def _sizes(chosen: Choice) -> list[dict[str, Any]]:
    things = chosen.shelf.stock.things
    sizes = sorted_sizes(thing.size for thing in things if thing.site_id == chosen.shelf.site_id)
    first, last = _days_shown(chosen)
    return [
        {
            "size": size,
            "free": chosen.shelf.free(first, last, size=size),
            "current": size == chosen.shelf.size,
            "url": chosen.url(koko=None if size == chosen.shelf.size else size),
        }
        for size in sizes
    ]


def _places(chosen: Choice) -> list[dict[str, Any]]:
    """Return the sites to choose between, when more than one has it."""
    if len(chosen.sites) < 2:  # noqa: PLR2004 - one place is no choice
        return []
    return [
        {"name": site.name, "current": site is chosen.site, "url": chosen.url(paikka=site.key)}
        for site in chosen.sites
    ]


def _facts(chosen: Choice) -> list[tuple[str, str]]:
    terms = chosen.shelf.terms
    longest = ngettext("at most %(num)d day", "at most %(num)d days", terms.longest_days)
    facts = [(_("Loan period"), longest), (_("Price"), _("Free of charge"))]
    where = [text for text in (chosen.site.name, chosen.site.address) if text]
    facts.append((_("Where"), ", ".join(where)))
    return facts


def _calendar(chosen: Choice) -> list[list[dict[str, Any]]]:
    rows = stretch.weeks(
        chosen.shelf, chosen.monday, clock.today(), chosen.first_day, chosen.last_day
    )
    return [[_cell(chosen, cell) for cell in row] for row in rows]


def _cell(chosen: Choice, cell: Cell) -> dict[str, Any]:
    starts_month = cell.day.day == 1
    url = None
    if cell.chooses is not None:
        first, last = cell.chooses
        url = chosen.url(alku=first, loppu=last, viikko=chosen.monday) + "#days"
    return {
        "day": cell.day,
        "label": f"{cell.day.day}.{cell.day.month}." if starts_month else str(cell.day.day),
        "state": cell.state,
        "pick": cell.pick,
        "url": url,
        "small": _small(cell),
    }


def _small(cell: Cell) -> str | None:
    words = {"first": _("pickup"), "last": _("return")}
    return words.get(cell.pick) or (_("closed") if cell.state == "closed" else None)


def _calendar_title(chosen: Choice) -> str:
    last = chosen.monday + timedelta(stretch.WEEKS * stretch.WEEK - 1)
    days = write_days(chosen.monday, last)
    return _("Available days %(days)s. Choose the pickup day and the return day.", days=days)


def _other_weeks(chosen: Choice, weeks: int) -> str | None:
    monday = chosen.monday + timedelta(weeks * stretch.WEEK)
    latest = clock.today() + timedelta(chosen.shelf.terms.ahead_days)
    if monday + timedelta(stretch.WEEKS * stretch.WEEK) <= clock.today() or monday > latest:
        return None
    return chosen.url(viikko=max(monday, _monday(clock.today())))


def _pick_up_hours(chosen: Choice) -> str | None:
    day = chosen.first_day
    opening = chosen.shelf.opening.hours_on(day) if day else None
    return hours(opening.opens, opening.closes) if opening else None


def _objection(chosen: Choice) -> Refusal | None:
    """Return why the chosen days will not do: the same words that reserving them would get."""
    if chosen.first_day is None or chosen.last_day is None:
        return None
    first, last = chosen.first_day, chosen.last_day
    said = chosen.shelf.objection(first, last, clock.today())
    if said is not None or chosen.shelf.free(first, last):
        return said
    shelf = chosen.shelf
    day = lending.first_free_day(
        shelf.stock,
        first,
        last,
        opening=shelf.opening,
        terms=shelf.terms,
        site_id=shelf.site_id,
        size=shelf.size,
    )
    until = shelf.taken_until(last)
    instead = lending.kinds_instead(chosen.kind, first, until, site_id=shelf.site_id)
    return rules.not_free(day, instead)


def _refusal(chosen: Choice, refusal: Refusal) -> dict[str, Any]:
    start = refusal.params.get("first_free_day")
    url = text = None
    if isinstance(start, date) and chosen.first_day and chosen.last_day:
        end = start + (chosen.last_day - chosen.first_day)
        url = chosen.url(alku=start, loppu=end, viikko=None)
        text = _("Choose %(days)s", days=write_days(start, end))
    return {
        "text": retold(refusal),
        "first_free_text": text,
        "first_free_url": url,
        "alternatives": _alternatives(chosen, refusal),
    }


def _alternatives(chosen: Choice, refusal: Refusal) -> list[dict[str, Any]]:
    given = refusal.params.get("alternatives")
    ids = given if isinstance(given, list) else []
    return [
        {
            "name": name_of(kind),
            "url": f"/valineet/{kind.id}?" + chosen.url(koko=None).partition("?")[2],
            "text": _("available on these days"),
        }
        for kind in goods.kinds(ids)
    ]


def _reserve(chosen: Choice, form: BorrowerForm | None) -> dict[str, Any] | None:
    if chosen.first_day is None or chosen.last_day is None or chosen.kind.pool != "lendable":
        return None
    fields = {
        "first_day": chosen.first_day.isoformat(),
        "last_day": chosen.last_day.isoformat(),
        "size": chosen.shelf.size or "",
        "site": str(chosen.site.id),
    }
    return {
        "url": f"/valineet/{chosen.kind.id}/varaukset",
        "fields": list(fields.items()),
        "values": form.values() if form else {},
        "errors": form.first_errors() if form else {},
    }


def _steps() -> list[str]:
    return [
        _("Choose the pickup day and the return day."),
        _("Reserve with your first name and phone number or e-mail."),
        _("Pick the things up and show your code. Take an ID card with you."),
        _("Bring the things back no later than on the return day."),
    ]
