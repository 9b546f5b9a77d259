"""What one kind's page shows: sizes, facts, the calendar, and the form that reserves it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from lainaamo.catalogue import instead, queue_page, size_help, terms_told
from lainaamo.catalogue.borrowing import own_people
from lainaamo.catalogue.cards import sorted_sizes
from lainaamo.catalogue.choice import Choice, Chosen
from lainaamo.catalogue.forms import BorrowerForm, OwnForm
from lainaamo.catalogue.instead import name_of
from lainaamo.catalogue.size_help import Said
from lainaamo.core import clock
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import hours, ngettext, pick
from lainaamo.goods import queries as goods
from lainaamo.goods.attributes import AGES
from lainaamo.goods.fitting import Body, fitting
from lainaamo.goods.labels import qr_svg_path
from lainaamo.goods.models import Kind
from lainaamo.goods.queries import Shape
from lainaamo.goods.words import CONDITIONS
from lainaamo.lending import day_table, stretch

FEW = 4
"""From how many things on one may borrow for a group."""

NOTHING_SAID = Said(Body(), {})


def page(
    chosen: Choice,
    *,
    form: BorrowerForm | OwnForm | None = None,
    refusal: Refusal | None = None,
    told: Said = NOTHING_SAID,
) -> dict[str, Any]:
    """Return everything the kind's template needs; `told` is what somebody says of oneself."""
    said = refusal or instead.objection(chosen)
    sizes = _sizes(chosen)
    family = size_help.family(chosen.kind) if len(sizes) > 1 else None
    needs_size = len(sizes) > 1 and chosen.shelf.size is None
    fields = [("size", chosen.shelf.size or "")]
    return {
        **shared(chosen, said, fields=fields, needs_size=needs_size, form=form),
        "free": _free_now(chosen),
        "size": chosen.shelf.size,
        "sizes": _marked(sizes, family, told),
        "size_help": _size_help(chosen, sizes, family, told),
        "facts": _facts(chosen),
        "refusal": instead.told(chosen, said) if said else None,
        "nothing_now": instead.nothing_now(chosen),
        "queue": queue_page.panel(chosen),
        "belongs": _belongs(chosen.kind),
        "group_url": _group_url(chosen),
    }


def _group_url(chosen: Choice) -> str | None:
    """Return where a class or a club borrows many, where there are any to be many."""
    here = [one for one in chosen.shelf.stock.things if one.site_id == chosen.shelf.site_id]
    if len(here) < FEW or chosen.kind.pool != "lendable":
        return None
    asked = urlencode(kept(chosen))
    return f"/valineet/{chosen.kind.id}/ryhmalle" + (f"?{asked}" if asked else "")


def shared(
    chosen: Chosen,
    said: Refusal | None,
    *,
    fields: Sequence[tuple[str, str]],
    needs_size: bool,
    form: BorrowerForm | OwnForm | None,
) -> dict[str, Any]:
    """Return what the page of a kind and that of a kit have in common."""
    return {
        "kind": _shown(chosen),
        "share_url": chosen.url(viikko=None),
        "here_url": f"/valineet/{chosen.kind.id}",
        "needs_size": needs_size and chosen.last_day is not None,
        "places": _places(chosen),
        "calendar": _calendar(chosen),
        "calendar_title": day_table.title(chosen.monday),
        "weeks": day_table.span(chosen.monday),
        "previous_url": _other_weeks(chosen, -stretch.WEEKS),
        "next_url": _other_weeks(chosen, stretch.WEEKS),
        "first_day": chosen.first_day,
        "last_day": chosen.last_day,
        "pick_up_hours": _pick_up_hours(chosen),
        "reserve": _reserve(chosen, fields, form) if said is None and not needs_size else None,
        "steps": _steps(),
        "sentences": terms_told.sentences(
            chosen.shelf.terms, first_day=chosen.first_day or clock.today()
        ),
    }


def _shown(chosen: Chosen) -> dict[str, Any]:
    kind, group = chosen.kind, chosen.kind.category
    days = (("first_day", chosen.first_day), ("last_day", chosen.last_day))
    kept = {"ryhma": group.key, **{name: day.isoformat() for name, day in days if day}}
    return {
        "name": name_of(kind),
        "picture": kind.picture or group.pictogram,
        "photo": goods.covers([kind.id]).get(kind.id),
        "description": kind.description,
        "category_name": pick(group.name_simple, group.name, group.name_sv, group.name_en),
        "category_url": f"/?{urlencode(kept)}",
        "pool": kind.pool,
    }


@lru_cache(maxsize=256)
def printed(kind_id: int, public_url: str) -> Mapping[str, Any]:
    """Return the kind's address as it stands on paper, with its QR symbol."""
    path, side = qr_svg_path(f"{public_url}/V/{kind_id}".upper())
    return {"url": f"{public_url}/valineet/{kind_id}", "path": path, "side": side}


def _belongs(kind: Kind) -> list[dict[str, Any]]:
    """Return what comes along: the usual parts of a kind's things."""
    return [{"name": name} for name in goods.usual_parts(kind.id)]


def _free_now(chosen: Choice) -> int:
    return chosen.shelf.free(*chosen.days)


def _sizes(chosen: Choice) -> list[dict[str, Any]]:
    things = chosen.shelf.stock.things
    sizes = sorted_sizes(thing.size for thing in things if thing.site_id == chosen.shelf.site_id)
    first, last = chosen.days
    return [
        {
            "size": size,
            "free": chosen.shelf.free(first, last, size=size),
            "current": size == chosen.shelf.size,
            "url": chosen.url(koko=None if size == chosen.shelf.size else size),
        }
        for size in sizes
    ]


def _marked(
    sizes: Sequence[dict[str, Any]], family: str | None, told: Said
) -> list[dict[str, Any]]:
    """Return the sizes with those marked that fit who asks."""
    fits = fitting(family, [one["size"] for one in sizes], told.body) if family else []
    return [{**one, "fits": one["size"] in fits} for one in sizes]


def _size_help(
    chosen: Choice, sizes: Sequence[dict[str, Any]], family: str | None, told: Said
) -> dict[str, Any] | None:
    known = [one["size"] for one in sizes]
    shown = size_help.panel(told, [(family, known)], kept(chosen)) if family else None
    if shown is not None and family is not None:
        shown["told"] = size_help.tell(told, family, known)
    return shown


def kept(chosen: Chosen) -> list[tuple[str, str]]:
    """Return what a form on the page carries: the days and the place."""
    days = (("alku", chosen.first_day), ("loppu", chosen.last_day))
    place = [("paikka", chosen.site.key)] if len(chosen.sites) > 1 else []
    return [*place, *((name, day.isoformat()) for name, day in days if day)]


def _places(chosen: Chosen) -> list[dict[str, Any]]:
    """Return the sites to choose between, when more than one has it."""
    if len(chosen.sites) < 2:  # noqa: PLR2004 - one place is no choice
        return []
    return [
        {"name": site.name, "current": site is chosen.site, "url": chosen.url(paikka=site.key)}
        for site in chosen.sites
    ]


def _facts(chosen: Choice) -> list[tuple[str, str]]:
    things = _things(chosen)
    facts = [
        (_("Condition"), _each({one.condition for one in things}, CONDITIONS)),
        (_("For whom"), _each({one.age for one in things}, AGES)),
        *shared_facts(chosen),
    ]
    return [(label, text) for label, text in facts if text]


def shared_facts(chosen: Chosen) -> list[tuple[str, str]]:
    """Return for how long, for how much and where a kind or a kit is lent."""
    longest = chosen.shelf.terms.longest_from(chosen.first_day or clock.today())
    where = ", ".join(text for text in (chosen.site.name, chosen.site.address) if text)
    return [
        (_("Loan period"), ngettext("at most %(num)d day", "at most %(num)d days", longest)),
        (_("Price"), _("Free of charge")),
        (_("Where"), where),
    ]


def _things(chosen: Choice) -> list[Shape]:
    """Return what there is to lend at the site, of the size that was chosen."""
    shelf = chosen.shelf
    here = [one for one in goods.shapes([chosen.kind.id]) if one.site_id == shelf.site_id]
    return [one for one in here if one.number and shelf.size in {None, one.size}]


def _each(said: Collection[str | None], words: Mapping[str, str]) -> str:
    """Write what is said, each once and in the order of the words."""
    return ", ".join(_(words[one]).lower() for one in words if one in said).capitalize()


def _calendar(chosen: Chosen) -> list[list[dict[str, Any]]]:
    rows = stretch.weeks(
        chosen.shelf, chosen.monday, clock.today(), chosen.first_day, chosen.last_day
    )

    def url_of(first: date, last: date | None) -> str:
        return chosen.url(alku=first, loppu=last, viikko=chosen.monday) + "#days"

    return day_table.shown(rows, url_of)


def _other_weeks(chosen: Chosen, weeks: int) -> str | None:
    ahead_days = chosen.shelf.terms.ahead_days
    monday = day_table.beside(chosen.monday, weeks, ahead_days=ahead_days)
    return chosen.url(viikko=monday) if monday else None


def _pick_up_hours(chosen: Chosen) -> str | None:
    day = chosen.first_day
    opening = chosen.shelf.opening.hours_on(day) if day else None
    return hours(opening.opens, opening.closes) if opening else None


def _reserve(
    chosen: Chosen, sizes: Sequence[tuple[str, str]], form: BorrowerForm | OwnForm | None
) -> dict[str, Any] | None:
    if chosen.first_day is None or chosen.last_day is None or chosen.kind.pool != "lendable":
        return None
    fields = {
        "first_day": chosen.first_day.isoformat(),
        "last_day": chosen.last_day.isoformat(),
        "site": str(chosen.site.id),
    }
    return {
        "url": f"/valineet/{chosen.kind.id}/varaukset",
        "fields": [*fields.items(), *sizes],
        "own_people": own_people(),
        "values": form.values() if form else {},
        "errors": form.first_errors() if form else {},
        "least_age": chosen.shelf.terms.least_age,
    }


def _steps() -> list[str]:
    return [
        _("Choose the pickup day and the return day."),
        _(
            "Reserve with your first name and phone number or e-mail. "
            "Confirm with the code that we send."
        ),
        _("Pick the things up and show your code. Take an ID card with you."),
        _("Bring the things back no later than on the return day."),
    ]
