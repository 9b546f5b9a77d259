"""What one thing's page shows: how it stands, what is known of it, and its whole life."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from lainaamo.core import clock
from lainaamo.core.i18n import clock_time, days, euros, full_day
from lainaamo.core.i18n import gettext as _
from lainaamo.core.journal import Entry
from lainaamo.desk import cards, queries, reported, sent, states
from lainaamo.desk.queries import LINES, LOAN_VERBS, REPAIR_VERBS, Standing
from lainaamo.desk.rules import Mode
from lainaamo.goods import life
from lainaamo.goods import queries as goods
from lainaamo.goods.attributes import ATTRIBUTES, show
from lainaamo.goods.codes import label_url
from lainaamo.goods.labels import qr_svg_path
from lainaamo.goods.models import Item
from lainaamo.goods.words import condition_word
from lainaamo.lending import sendings
from lainaamo.reception import arrivals

ALL, LOANS, REPAIRS = "kaikki", "lainat", "korjaukset"
VERBS = {LOANS: LOAN_VERBS, REPAIRS: REPAIR_VERBS}
SHOWN_LOANS = 2
"""How many loans are told one by one before the older ones are told in one line."""
FOLDED_FROM = 5
LONGEST_CURSOR = 15
MACHINES = frozenset({"system", "worker", "command", "anonymous"})
Shown = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of the page."""

    only: str
    before_id: int | None
    removed_id: int | None

    @classmethod
    def of(cls, args: Mapping[str, str]) -> "Asked":
        """Read an address; what cannot be meant is left out."""
        only = args.get("nayta", ALL)
        before_id, removed_id = (_number(args.get(name, "")) for name in ("ennen", "poistettu"))
        return cls(only if only in VERBS else ALL, before_id, removed_id)


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_CURSOR
    return int(text) if is_number else None


def page(
    standing: Standing, asked: Asked, *, public_url: str, shows_borrowers: bool
) -> Mapping[str, Any]:
    """Return everything the thing's template needs."""
    item, sign = standing.item, standing.sign
    path, side = qr_svg_path(label_url(public_url, sign))
    lines, next_url = _life(standing, asked)
    upcoming = _upcoming(standing, shows_borrowers=shows_borrowers)
    return {
        "thing": _thing(standing),
        **_photos(standing, asked),
        "label_url": f"/tarrat?{urlencode({'tavara': sign})}",
        "qr": {"side": side, "path": path},
        "labels": _labels(standing),
        "facts": facts(item),
        "edit_url": f"/hallinta/tavarat/{item.id}",
        "parts": _parts(item),
        "recount": _recount(standing),
        "life": [*(upcoming if _is_first(asked) else []), *lines],
        "life_filters": _filters(sign, asked),
        "next_url": next_url,
        "actions": _actions(standing),
        "reports": reported.of_thing(item.id) if shows_borrowers else [],
        "sent": _sent(standing) if shows_borrowers else [],
    }


def _sent(standing: Standing) -> list[Shown]:
    """Return what was sent about the loan that it is out on."""
    loan = standing.open_loan
    return sent.rows(sendings.of_loan(loan.id)) if loan is not None else []


def _photos(standing: Standing, asked: Asked) -> Shown:
    """Return the photos that are shown, and where to undo when one was just taken away."""
    item, base = standing.item, f"/tavarat/{standing.sign}/kuvat"
    photos = [
        {
            "name": one.name,
            "url": f"/kuvat/{one.name}.l.webp",
            "removal_url": f"{base}/{one.id}/poisto",
        }
        for one in goods.photos_of(item.id)
    ]
    gone = asked.removed_id
    can_undo = gone is not None and goods.is_photo_removed(item.id, gone)
    undo_url = f"{base}/{gone}/palautus" if can_undo else None
    return {"photos": photos, "photos_url": base, "photo_undo_url": undo_url}


def _labels(standing: Standing) -> list[Shown]:
    """Return a thing's codes, the one on its newest label first."""
    base = f"/tavarat/{standing.sign}/tarrat"
    return [
        {
            "code": one.sign,
            "release_url": f"{base}/{one.sign}/irrotus" if one.roll_id is not None else None,
        }
        for one in goods.codes_on(standing.item.id)
    ]


def _recount(standing: Standing) -> Shown | None:
    """Return the form that says how many pieces a lot has; what is lent is one thing each."""
    item = standing.item
    if item.kind.pool != "reuse" or item.left_at is not None:
        return None
    booked = item.quantity - item.unclaimed
    return {
        "url": f"/tavarat/{standing.sign}/maara",
        "number": item.quantity,
        "least": max(booked, 1),
        "booked": _("%(count)d pcs are booked for units.", count=booked) if booked else None,
    }


def _is_first(asked: Asked) -> bool:
    return asked.before_id is None and asked.only != REPAIRS


def _thing(standing: Standing) -> Shown:
    item = standing.item
    shown = cards.thing_of(standing)
    return shown | {
        "pool": item.kind.pool,
        "condition_label": condition_word(item.condition),
        "place": shown["shelf"],
        "site": item.site.name,
        "states": states.states(states.now_of(standing)),
    }


def _parts(item: Item) -> list[Shown]:
    return [
        {
            "name": f"{part.name} × {part.quantity}" if part.quantity > 1 else part.name,  # noqa: RUF001 - a count
            "text": _("since %(day)s", day=full_day(part.missing_since))
            if part.missing_since
            else None,
            "missing": part.missing_since is not None,
        }
        for part in goods.parts_of(item.id)
    ]


# What is known of it


def facts(item: Item) -> list[tuple[str, str]]:
    """Return what is known of a thing, as (label, value); what is not known is left out."""
    return [
        *_attributes(item),
        *_home(item),
        *_make(item),
        *_money(item),
        *_origin(item),
        *_days(item),
    ]


def _attributes(item: Item) -> list[tuple[str, str]]:
    known = [key for key in item.kind.category.attributes if key in item.attributes]
    rest = [key for key in item.attributes if key in ATTRIBUTES and key not in known]
    shown = [key for key in (*known, *rest) if key in ATTRIBUTES]
    return [
        (_(ATTRIBUTES[key].label), show(key, item.attributes[key], translate=_)) for key in shown
    ]


def _home(item: Item) -> list[tuple[str, str]]:
    if item.home_place is None:
        return []
    return [(_("Home shelf"), f"{item.site.name}, {item.home_place.name}")]


def _money(item: Item) -> list[tuple[str, str]]:
    found = []
    if item.quantity > 1:
        amount = _("%(left)d of %(all)d left", left=item.unclaimed, all=item.quantity)
        found.append((_("Amount"), amount))
    cents = item.price_new_cents or item.kind.price_new_cents
    return [*found, (_("Price as new"), euros(cents))] if cents else found


def _origin(item: Item) -> list[tuple[str, str]]:
    found = [(_("Given by"), name) for name in _givers(item)]
    if item.origin_building:
        found.append((_("From the building"), item.origin_building))
    if item.note:
        found.append((_("More about it"), item.note))
    return found


def _givers(item: Item) -> list[str]:
    """Return who gave a thing: a unit by its name, a resident without one."""
    if item.giving_unit_id is not None:
        return list(queries.names_of_units([item.giving_unit_id]).values())
    is_donated = item.donor_id is not None or arrivals.donation_of(item.id) is not None
    return [_("a resident")] if is_donated else []


def _make(item: Item) -> list[tuple[str, str]]:
    """Return what is read from a thing itself, and until when it may be used."""
    found = [(_("Make and model"), item.model)] if item.model else []
    if item.made_year is not None:
        found.append((_("Year of make"), str(item.made_year)))
    if item.retire_on is not None:
        found.append((_("May be used until"), full_day(item.retire_on)))
    return found


def _days(item: Item) -> list[tuple[str, str]]:
    known = [
        (_("Electrical check"), item.electrical_check_on),
        (_("Available from"), item.available_from),
        (_("Must go by"), item.must_go_by),
        (_("Taken in"), clock.local(item.received_at).date()),
    ]
    return [(label, full_day(value)) for label, value in known if value is not None]


# Its life


def _life(standing: Standing, asked: Asked) -> tuple[list[Shown], str | None]:
    """Return a page of what happened, the newest first, and where the next page is."""
    loans = queries.loans_of(standing.item.id) if asked.only == ALL else []
    older = loans[SHOWN_LOANS:] if len(loans) >= SHOWN_LOANS + FOLDED_FROM else []
    entries = list(
        queries.life_of(
            standing.item.id,
            verbs=VERBS.get(asked.only),
            before_id=asked.before_id,
            loans_since=loans[SHOWN_LOANS - 1][0] if older else None,
        )
    )
    more, entries = len(entries) > LINES, entries[:LINES]
    words = Words.of(entries)
    if older and asked.before_id is None:
        at = sum(entry.happened_at >= loans[SHOWN_LOANS - 1][0] for entry in entries)
        folded = _folded(standing.sign, older)
        lines = [*words.lines(entries[:at]), folded, *words.lines(entries[at:])]
    else:
        lines = words.lines(entries)
    query = {"nayta": asked.only, "ennen": str(entries[-1].id)} if more else {}
    return lines, f"/tavarat/{standing.sign}?{urlencode(query)}#life" if more else None


@dataclass(frozen=True, slots=True)
class Words:
    """What the lines of a page speak of by number: shelves, units and workers, read at once."""

    places: Mapping[int, str]
    units: Mapping[int, str]
    workers: Mapping[str, int]

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> "Words":
        """Look up whatever these entries name."""
        return cls(
            queries.names_of_places(_numbers(entries, "place")),
            queries.names_of_units(_numbers(entries, "unit")),
            queries.numbers_of(entry.actor for entry in entries),
        )

    def lines(self, entries: Sequence[Entry]) -> list[Shown]:
        """Say what happened; a condition is told with its return, shelvings in a row once."""
        said, hidden = life.conditions_in(entries), life.told_with_return(entries)
        shown = [entry for entry in entries if entry.id not in hidden]
        return [self._line(list(run), said) for _same, run in groupby(shown, key=_run)]

    def _line(self, run: Sequence[Entry], said: Mapping[int, str]) -> Shown:
        entry = run[0]
        condition = said.get(entry.details.get("loan", 0))
        event = life.told(
            entry.verb, entry.details, places=self.places, units=self.units, condition=condition
        )
        who = "" if entry.verb in life.OF_UNITS else _who(entry.actor, self.workers)
        texts = (event.text, who, _times(run))
        return {
            "icon": event.icon,
            "tone": event.tone,
            "title": event.title,
            "text": " · ".join(text for text in texts if text),
            "when": when(entry.happened_at),
        }


def _run(entry: Entry) -> tuple[str, int]:
    """Return what entries in a row have in common when they are told in one line."""
    if entry.verb == "item.shelved":
        return entry.verb, entry.details.get("place", 0)
    return entry.verb, -entry.id


def _times(run: Sequence[Entry]) -> str:
    if len(run) == 1:
        return ""
    first = clock.local(run[-1].happened_at).date()
    return _("%(count)d times since %(day)s", count=len(run), day=full_day(first))


def _numbers(entries: Iterable[Entry], name: str) -> list[int]:
    return [entry.details[name] for entry in entries if name in entry.details]


def _who(actor: str, workers: Mapping[str, int]) -> str:
    """Say who did it: a worker's number, or that it was the desk; never a name."""
    if actor in workers:
        return _("worker %(number)d", number=workers[actor])
    return "" if actor in MACHINES else _("desk")


def when(moment: datetime) -> str:
    """Write a moment as people say it: today with the time, this year's and older days."""
    local = clock.local(moment)
    if local.date() == clock.today():
        return _("today %(time)s", time=clock_time(moment))
    return full_day(local.date())


def _folded(sign: str, older: Sequence[tuple[datetime, datetime | None]]) -> Shown:
    """Tell many loans in one line."""
    lengths = [(back - out).days for out, back in older if back is not None]
    first, last = clock.local(older[-1][0]).date(), clock.local(older[0][0]).date()
    average = round(sum(lengths) / len(lengths)) if lengths else 0
    text = _("%(average)d days on average, last on %(day)s", average=average, day=full_day(last))
    years = str(last.year) if first.year == last.year else f"{first.year}–{last.year}"
    return {
        "icon": "out",
        "tone": "brand",
        "title": _("Lent %(count)d times before", count=len(older)),
        "text": text,
        "when": years,
        "group": True,
        "more_url": f"/tavarat/{sign}?nayta={LOANS}#life",
    }


def _upcoming(standing: Standing, *, shows_borrowers: bool) -> list[Shown]:
    """Return the promises that stand on the thing, the furthest first as life is read."""
    promised = [use for use in standing.uses if use.purpose == "reserved"]
    known = queries.coming_to(use.id for use in promised)
    lines = []
    for use in reversed(promised):
        coming = known.get(use.id)
        last = coming.last_day if coming else use.last_day or date.max
        who = coming.for_name if coming and shows_borrowers else None
        texts = (days(use.first_day, last), who)
        lines.append(
            {
                "icon": "cal",
                "tone": "info",
                "title": _("Reserved"),
                "text": " · ".join(text for text in texts if text),
                "when": _("coming up") if use.first_day > clock.today() else _("today"),
            }
        )
    return lines


def _filters(sign: str, asked: Asked) -> list[Shown]:
    labels = ((ALL, _("All")), (LOANS, _("Loans")), (REPAIRS, _("Repairs")))
    return [
        {
            "label": label,
            "url": f"/tavarat/{sign}" + (f"?nayta={key}" if key != ALL else "") + "#life",
            "current": key == asked.only,
        }
        for key, label in labels
    ]


# What can be done


def _actions(standing: Standing) -> list[Shown]:
    sign, item = standing.sign, standing.item
    if item.left_at is not None:
        return []
    if standing.open_loan is not None:
        fields = [("code", sign), ("tila", str(Mode.RETURN))]
        return [_post(_("Take back"), "in", cards.SCANS, fields)]
    move = _get(_("Move"), "move", f"/tiski?tila={Mode.SHELVE}&tavara={sign}")
    if cards.waits_to_be_looked_at(standing):
        return [_get(_("Check it"), "search", f"/tiski?tila={Mode.RETURN}&tavara={sign}"), move]
    if standing.repair is not None:
        mended = cards.mended(sign)
        return [_post(mended["label"], mended["icon"], mended["url"], mended["fields"]), move]
    lend = _get(_("Lend"), "out", f"/tiski?tila={Mode.LOAN}&tavara={sign}")
    to_repair = f"/tavarat/{sign}/korjaus"
    return [
        *([lend] if item.kind.pool == "lendable" else []),
        move,
        _post(_("To the workshop"), "wrench", to_repair, [("need", "repair")]),
        _post(_("Needs cleaning"), "drop", to_repair, [("need", "clean")]),
        _post(_("Needs drying"), "drop", to_repair, [("need", "dry")]),
        _post(_("A part is missing"), "puzzle", to_repair, [("need", "part")]),
    ]


def _get(label: str, icon: str, url: str) -> Shown:
    return {"label": label, "icon": icon, "url": url, "method": "get", "fields": None}


def _post(label: str, icon: str, url: str, fields: Sequence[tuple[str, str]]) -> Shown:
    return {"label": label, "icon": icon, "url": url, "method": "post", "fields": fields}
