"""The administrator's lists as files to take away: what the screens show, by the same filters."""

from collections.abc import Iterator
from datetime import date

from flask.typing import ResponseReturnValue

from lainaamo.administration import queries, shown
from lainaamo.administration.category_screens import indented, name_of
from lainaamo.administration.screens import bp
from lainaamo.administration.site_screens import WEEK, walked
from lainaamo.administration.sites import SITE
from lainaamo.administration.terms_screens import NUMBERS, terms_rows
from lainaamo.administration.user_screens import role_text, sought_people
from lainaamo.core.download import download, take_out
from lainaamo.core.i18n import gettext as _
from lainaamo.core.tables import Row
from lainaamo.core.web import needs, own_transactions
from lainaamo.people import registry
from lainaamo.people.access import Right
from lainaamo.people.registry import Sought
from lainaamo.people.tree import in_order
from lainaamo.people.visitor import Door

CHANGES_AT_ONCE = 200


@bp.get("/luokat.<kind>")
@needs(Right.CATEGORIES)
def categories_as_file(kind: str) -> ResponseReturnValue:
    """Give the categories as a file, each under its parent."""
    headers = [_("Category"), _("In Swedish"), _("In English"), _("Other names")]
    headers += [_("Under"), _("For"), _("CPV code"), _("Kinds"), _("In use")]
    return download("luokat", kind, headers, _categories())


def _categories() -> Iterator[Row]:
    kinds, rows = queries.count_kinds_by_category(), queries.categories()
    names = {row.id: name_of(row) for row in rows}
    for _depth, row in indented(rows):
        words = [name_of(row), row.name_sv, row.name_en, ", ".join(row.aliases)]
        pool = _(shown.POOLS[row.pool])
        is_used = _("yes") if row.closed_at is None else _("no")
        yield [*words, names.get(row.parent_id or 0), pool, row.cpv, kinds.get(row.id, 0), is_used]


@bp.get("/toimipisteet.<kind>")
@needs(Right.PLACES)
def sites_as_file(kind: str) -> ResponseReturnValue:
    """Give the sites with their weeks as a file."""
    headers = [_("Site"), _("Address"), _("Phone"), *(_(word) for word in shown.WEEKDAYS)]
    return download("toimipisteet", kind, [*headers, _("Things"), _("In use")], _sites())


def _sites() -> Iterator[Row]:
    names, things = shown.Names(), queries.count_things_by_site()
    for one in queries.sites():
        facts = SITE.read(one.id)
        week = [shown.value("site", fact, facts[fact], names) for fact in WEEK]
        is_used = _("yes") if one.closed_at is None else _("no")
        yield [one.name, one.address, one.phone, *week, things.get(one.id, 0), is_used]


@bp.get("/toimipisteet/<int:site_id>/paivat.<kind>")
@needs(Right.PLACES)
def days_as_file(site_id: int, kind: str) -> ResponseReturnValue:
    """Give the days that break a site's week as a file, past ones too."""
    site = queries.get_site(site_id)
    headers = [_("Site"), _("Day"), _("Open"), _("Reason")]
    return download("paivat", kind, headers, _days(site.id, site.name))


def _days(site_id: int, name: str) -> Iterator[Row]:
    facts = SITE.read(site_id)
    for fact in sorted(one for one in facts if one.startswith("day.")):
        hours, reason = facts[fact]["hours"], facts[fact]["reason"]
        told = shown.value("site", fact, {"hours": hours, "reason": None}, shown.Names())
        yield [name, date.fromisoformat(fact.removeprefix("day.")), told, reason]


@bp.get("/ehdot.<kind>")
@needs(Right.TERMS)
def terms_as_file(kind: str) -> ResponseReturnValue:
    """Give the terms of all categories as a file, with where each takes them from."""
    numbers = [_(shown.LABELS[one]) for one in NUMBERS]
    headers = [_("Category"), *numbers, _("Other terms"), _("From")]
    return download("ehdot", kind, headers, _terms())


def _terms() -> Iterator[Row]:
    for row in terms_rows():
        source = _("own") if row["own"] else row["from"] or _("the usual ones")
        yield [row["name"], *row["numbers"], row["rest"], source]


@bp.get("/toimipisteet/<int:site_id>/hyllyt.<kind>")
@needs(Right.PLACES)
def places_as_file(site_id: int, kind: str) -> ResponseReturnValue:
    """Give a site's rooms and shelves as a file, in the order they are walked."""
    site = queries.get_site(site_id)
    headers = [_("Room"), _("Shelf"), _("Code"), _("Things"), _("In use")]
    return download("hyllyt", kind, headers, _places(site.id))


def _places(site_id: int) -> Iterator[Row]:
    for group in walked(site_id):
        room = group["room"]
        for place in [*([room] if room else []), *group["shelves"]]:
            shelf = None if place is room else place["name"]
            is_used = _("no") if place["closed"] else _("yes")
            yield [room and room["name"], shelf, place["sign"], place["things"], is_used]


@bp.post("/kayttajat.<kind>")
@needs(Right.WORKERS)
@own_transactions
def users_as_file(kind: str) -> ResponseReturnValue:
    """Give those who work here as a file; supervisors get the workers."""
    headers = [_("Name"), _("Number"), _("E-mail"), _("Role")]
    return take_out("kayttajat", kind, headers, _users(sought_people()))


def _users(sought: Sought) -> Iterator[Row]:
    after: int | None = None
    while True:
        found, after = registry.people(sought)
        roles = registry.roles_of_many(person.id for person in found)
        for person in found:
            told = ", ".join(role_text(one) for one in roles.get(person.id, ()))
            yield [person.first_name, person.number, person.email, told]
        if after is None:
            return
        sought = Sought(sought.text, sought.role, sought.gone, after, sought.workers_only)


@bp.get("/yksikot.<kind>")
@needs(Right.UNITS)
def units_as_file(kind: str) -> ResponseReturnValue:
    """Give the tree of units as a file."""
    headers = [_("Unit"), _("Under"), _("People"), _("In use")]
    return download("yksikot", kind, headers, _units())


def _units() -> Iterator[Row]:
    rows, counts = {unit.id: unit for unit in registry.units()}, registry.counts_by_unit()
    names = {unit.id: unit.name for unit in rows.values()}
    for one, _depth in in_order({unit.id: unit.parent_id for unit in rows.values()}, names):
        parent = names.get(rows[one].parent_id or 0)
        is_used = _("yes") if rows[one].closed_at is None else _("no")
        yield [names[one], parent, counts.get(one, 0), is_used]


@bp.post("/muutokset.<kind>")
@needs(Right.CHANGES)
@own_transactions
def changes_as_file(kind: str) -> ResponseReturnValue:
    """Give everybody's changes as a file, one fact a row, the newest first."""
    things = shown.seen_by(Door().may)
    headers = [_("When"), _("Who"), _("What"), _("Name"), _("Fact"), _("Before"), _("After")]
    return take_out("muutokset", kind, headers, _changes(things))


def _changes(things: list[str]) -> Iterator[Row]:
    before_id: int | None = None
    while found := queries.changes(things, before_id=before_id, limit=CHANGES_AT_ONCE):
        for one, change in zip(
            shown.history(found, may=Door().may, of_many=True), found, strict=True
        ):
            told = [change.made_at, one["who"], one["sort"], one["name"]]
            facts = one["rows"] or [{"label": one["title"], "before": "", "after": ""}]
            for fact in facts:
                yield [*told, fact["label"], fact["before"], fact["after"]]
        before_id = found[-1].id
