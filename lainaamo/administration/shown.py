"""How changes are told: what changed, from what to what, who did it, and how to take it back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from lainaamo.administration import permits, queries, terms
from lainaamo.administration.models import Change
from lainaamo.administration.service_types import REPORTS
from lainaamo.core import clock
from lainaamo.core.errors import N_
from lainaamo.core.i18n import clock_time, euros, full_day, hours, pick
from lainaamo.core.i18n import gettext as _
from lainaamo.goods import checklists
from lainaamo.goods.attributes import ATTRIBUTES, show
from lainaamo.goods.words import condition_word, name_of, times
from lainaamo.people import registry
from lainaamo.people.access import Right
from lainaamo.people.words import role_word

WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
LABELS: Mapping[str, str] = {
    "name": N_("Name"),
    "name_simple": N_("In plain Finnish"),
    "name_sv": N_("In Swedish"),
    "name_en": N_("In English"),
    "address": N_("Address"),
    "phone": N_("Phone"),
    "email": N_("E-mail"),
    "municipality": N_("Municipality"),
    "service_name": N_("Name of the service"),
    "reminder_days": N_("Days of reminders"),
    "subject": N_("Subject"),
    "mail": N_("Text of the e-mail"),
    "sms": N_("Text message"),
    "closed": N_("In use"),
    "parent_id": N_("Under"),
    "after_id": N_("Comes after"),
    "aliases": N_("Other names"),
    "attributes": N_("What its things are told by"),
    "pictogram": N_("Drawing"),
    "picture": N_("Drawing"),
    "cpv": N_("CPV code"),
    "pool": N_("For"),
    "days": N_("Ordinary loan, days"),
    "longest_days": N_("Longest loan, days"),
    "at_once": N_("At most at once"),
    "ahead_days": N_("Reserved at most so many days ahead"),
    "turnaround_days": N_("Rest after a loan, open days"),
    "renewals": N_("Renewed at most so many times"),
    "pick_up_days": N_("Pickup from the waiting list, open days"),
    "most_waiting": N_("At most on the waiting list"),
    "model": N_("Make and model"),
    "made_year": N_("Year of make"),
    "checklist": N_("Check after a loan"),
    "life_years": N_("Used at most so many years"),
    "most_loans": N_("Looked at after so many loans"),
    "fall_ends": N_("Out of use after a fall"),
    "source": N_("Who said so"),
    "season_ends": N_("Season ends"),
    "least_age": N_("Age"),
    "shows_id": N_("ID card is asked for"),
    "permit_sort_id": N_("Permit"),
    "basis": N_("Law behind it"),
    "most_days_a_week": N_("Days a week at most"),
    "longest_months": N_("Months at most"),
    "least_minutes_a_day": N_("Shortest day, minutes"),
    "most_minutes_a_day": N_("Longest day, minutes"),
    "reports": N_("What the authority gets"),
    "keep_months": N_("Kept, months"),
    "replacement_cents": N_("Price if lost"),
    "description": N_("Description"),
    "category_id": N_("Category"),
    "price_new_cents": N_("Price as new, euros"),
    "size": N_("Size"),
    "condition": N_("Condition"),
    "home_place_id": N_("Belongs on the shelf"),
    "note": N_("Note"),
    "first_name": N_("Call name"),
    "roles": N_("Roles"),
    "parts": N_("Parts"),
}
OWN_LABELS = {
    ("place", "parent_id"): N_("Room"),
    ("item", "attributes"): N_("Measures and the like"),
    ("unit", "parent_id"): N_("Under which unit"),
    ("person", "closed"): N_("Works here"),
}
"""The words of facts that are called otherwise with one sort of thing."""
POOLS = {"lendable": N_("Lending to residents"), "reuse": N_("Reuse by units")}


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of thing that changes: its word, the address of one, and who may change it."""

    word: str
    url: str
    part: str
    right: Right


SORTS: Mapping[str, Sort] = {
    "house_setting": Sort(N_("Settings"), "/hallinta/asetukset", "asetukset", Right.SETTINGS),
    "site": Sort(N_("Site"), "/hallinta/toimipisteet/{}", "toimipisteet", Right.PLACES),
    "place": Sort(N_("Place"), "/hallinta/hyllyt/{}", "hyllyt", Right.PLACES),
    "category": Sort(N_("Category"), "/hallinta/luokat/{}", "luokat", Right.CATEGORIES),
    **{of.thing: Sort(terms.SORTS[of.group], of.url, of.part, Right.TERMS) for of in terms.RECORDS},
    "safety_rule": Sort(
        N_("Safety rules"), "/hallinta/turvallisuus/{}", "turvallisuus", Right.TERMS
    ),
    "stopped_model": Sort(
        N_("Stop list"), "/hallinta/kaytto-kielletty/{}", "kaytto-kielletty", Right.TERMS
    ),
    "permit_sort": Sort(N_("Permit"), "/hallinta/luvat/{}", "luvat", Right.TERMS),
    "service_type": Sort(
        N_("Service type"), "/hallinta/palvelut/{}", "palvelut", Right.SERVICE_TYPES
    ),
    "kind": Sort(N_("Kind of thing"), "/hallinta/nimikkeet/{}", "nimikkeet", Right.MEND),
    "item": Sort(N_("Item"), "/hallinta/tavarat/{}", "tavarat", Right.MEND),
    "kit": Sort(N_("Kit"), "/hallinta/pakkaukset/{}", "pakkaukset", Right.MEND),
    "unit": Sort(N_("Unit"), "/hallinta/yksikot/{}", "yksikot", Right.UNITS),
    "api_token": Sort(N_("Token"), "/hallinta/avaimet/{}", "avaimet", Right.TOKENS),
    "letter_text": Sort(N_("Text of a message"), "/hallinta/viestit/{}", "viestit", Right.TEXTS),
    "person": Sort(N_("Person"), "/hallinta/kayttajat/{}", "kayttajat", Right.USERS),
}


def seen_by(may: Callable[[str], bool]) -> list[str]:
    """Return the sorts whose changes somebody sees; people's are for who gives the roles."""
    return [thing for thing, sort in SORTS.items() if thing != "person" or may(sort.right)]


def url_of(thing: str, thing_id: int) -> str:
    """Return the address of a thing's screen."""
    return SORTS[thing].url.format(thing_id)


@dataclass
class Names:
    """What ids stand for, each sort read when it is first asked for."""

    found: dict[str, Mapping[int, str]] = field(default_factory=dict)

    def of(self, sort: str, thing_id: int | None) -> str:
        """Return the name of a thing; a dash for none."""
        if thing_id is None:
            return "–"
        if sort not in self.found:
            self.found[sort] = READERS[sort]()
        return self.found[sort].get(thing_id, f"{thing_id}")


def category_names() -> Mapping[int, str]:
    """Return the names of all categories in the language in use."""
    rows = queries.categories()
    return {row.id: pick(row.name_simple, row.name, row.name_sv, row.name_en) for row in rows}


READERS: Mapping[str, Callable[[], Mapping[int, str]]] = {
    "category": category_names,
    "permit_sort": permits.names,
    "site": lambda: {site.id: site.name for site in queries.sites()},
    "place": queries.names_of_places,
    "unit": lambda: {unit.id: unit.name for unit in registry.units()},
    "kind": lambda: {kind.id: name_of(kind) for kind in queries.lent_kinds()},
    "house_setting": dict,
    "service_type": dict,
    "letter_text": dict,
}


def label(thing: str, name: str) -> str:
    """Return the word for a fact."""
    if name.startswith("week."):
        return _(WEEKDAYS[int(name.removeprefix("week."))])
    if name.startswith("day."):
        return full_day(date.fromisoformat(name.removeprefix("day.")))
    return _(OWN_LABELS.get((thing, name)) or LABELS.get(name, name))


def value(thing: str, name: str, kept: Any, names: Names) -> str:
    """Return a fact's value as people read it."""
    if name == "closed":
        return _("no") if kept else _("yes")
    if name.startswith("day."):
        return _day(kept)
    if name.startswith("week."):
        return _hours(kept)
    if kept is None or kept in ("", [], {}):
        return "–"
    return _special(thing, name, kept, names)


def _special(thing: str, name: str, kept: Any, names: Names) -> str:
    if name in {"parent_id", "after_id", "category_id", "home_place_id", "permit_sort_id"}:
        sort = {
            "category_id": "category",
            "home_place_id": "place",
            "permit_sort_id": "permit_sort",
        }.get(name, thing)
        return names.of(sort, kept)
    if name == "attributes":
        return _attributes(kept)
    if name == "parts":
        return ", ".join(times(count, names.of("kind", kind_id)) for kind_id, count in kept)
    if name == "roles":
        return ", ".join(_role(role, unit_id, names) for role, unit_id in kept)
    told: Mapping[str, Callable[[Any], str]] = {
        "pool": lambda one: _(POOLS[one]),
        "reports": lambda one: _(dict(REPORTS)[one]),
        "condition": condition_word,
        "price_new_cents": euros,
        "replacement_cents": euros,
        "season_ends": season_day,
        "checklist": lambda one: _(checklists.NAMES[one]),
        "fall_ends": lambda one: _("yes") if one else _("no"),
        "shows_id": lambda one: _("yes") if one else _("no"),
        "aliases": ", ".join,
    }
    return told.get(name, str)(kept)


def season_day(kept: str) -> str:
    """Write the day of the year on which a season ends: "30.4."."""
    month, day = kept.split("-")
    return f"{int(day)}.{int(month)}."


def _role(role: str, unit_id: int | None, names: Names) -> str:
    word = role_word(role)
    return word if unit_id is None else f"{word}: {names.of('unit', unit_id)}"


def _attributes(kept: Sequence[str] | Mapping[str, Any]) -> str:
    if isinstance(kept, Mapping):
        shown = [
            (key, show(key, one, translate=_)) for key, one in kept.items() if key in ATTRIBUTES
        ]
        return ", ".join(f"{_(ATTRIBUTES[key].label)} {text}" for key, text in shown)
    return ", ".join(_(ATTRIBUTES[key].label) for key in kept if key in ATTRIBUTES)


def _hours(kept: Sequence[str] | None) -> str:
    if kept is None:
        return _("closed")
    opens, closes = (time.fromisoformat(one) for one in kept)
    return hours(opens, closes)


def _day(kept: Mapping[str, Any] | None) -> str:
    if kept is None:
        return _("as the week says")
    return ", ".join(one for one in (_hours(kept["hours"]), kept["reason"]) if one)


def history(
    changes: Sequence[Change], *, may: Callable[[str], bool], of_many: bool = False
) -> list[dict[str, Any]]:
    """Return changes ready to be shown; `of_many` says of what each is."""
    names, workers = Names(), queries.names_of_actors(change.actor for change in changes)
    undone = queries.undone(change.id for change in changes)
    items = queries.names_of_things(changes) if of_many else {}
    return [
        {
            "id": change.id,
            "title": _title(change),
            "when": when(change),
            "who": workers.get(change.actor, ""),
            "rows": list(rows(change, names)),
            "undone": change.id in undone,
            "undo_url": undo_url(change) if may(SORTS[change.thing].right) else None,
            "url": url_of(change.thing, change.thing_id),
            "sort": _(SORTS[change.thing].word),
            "name": items.get((change.thing, change.thing_id)) if of_many else None,
        }
        for change in changes
    ]


def _title(change: Change) -> str:
    if change.undoes_id is not None:
        return _("Undone")
    return _("Changed") if change.before else _("Added")


def when(change: Change) -> str:
    """Write the moment of a change."""
    local = clock.local(change.made_at)
    day = _("today") if local.date() == clock.today() else full_day(local.date())
    return f"{day} {clock_time(change.made_at)}"


def rows(change: Change, names: Names) -> Iterable[Mapping[str, str]]:
    """Yield what changed: the fact's word, before and after."""
    if not change.before:
        return
    for name in change.after:
        before, after = change.before.get(name), change.after[name]
        yield {
            "label": label(change.thing, name),
            "before": value(change.thing, name, before, names),
            "after": value(change.thing, name, after, names),
        }


def undo_url(change: Change) -> str:
    """Return where a change is taken back."""
    return f"/hallinta/{SORTS[change.thing].part}/muutokset/{change.id}/peruminen"
