"""The family helper: sizes in, sets out, one reservation. No name stands in an address."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from lainaamo.catalogue import family_sets, size_help
from lainaamo.catalogue.borrowing import own_people, read_form
from lainaamo.catalogue.family_sets import Choice, Choosing, Doing, Shop, Thing
from lainaamo.catalogue.forms import LONGEST_NAME, BorrowerForm, OwnForm, read_day
from lainaamo.catalogue.instead import name_of
from lainaamo.catalogue.promising import promised
from lainaamo.catalogue.size_help import Said
from lainaamo.catalogue.supply import Days
from lainaamo.core import clock
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.forms import written
from lainaamo.core.i18n import days as write_days
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import retold
from lainaamo.core.limits import count_try
from lainaamo.core.web import needs, refused_on
from lainaamo.doors.asking import remembering
from lainaamo.goods import queries as goods
from lainaamo.lending.actions import Asked, Bundled
from lainaamo.lending.links import own_path
from lainaamo.people.access import Right
from lainaamo.people.visitor import visitor

bp = Blueprint("family", __name__)
HERE = "/perhe"
MOST_PEOPLE = 6
RESERVATIONS, WITHIN = 60, timedelta(hours=1)
LONGEST_ID = 15
Shown = dict[str, Any]


class Member(NamedTuple):
    """One of the family: which row, what was said, and the name where we know it."""

    number: int
    said: Said
    name: str | None

    @property
    def is_said(self) -> bool:
        """Tell whether anything was written on the row."""
        return bool(self.said.values)


def _members(args: Mapping[str, str], count: int) -> list[Member]:
    """Return the rows: as they were written, else with the sizes of one's own children."""
    own = [one for one in own_people() if not one.is_self]
    names = {str(n): one.first_name for n, one in enumerate(own)}
    if not any(name.startswith(("pituus-", "kenka-")) for name in args):
        known = {f"pituus-{n}": str(one.height_cm or "") for n, one in enumerate(own)}
        known |= {f"kenka-{n}": str(one.shoe_size or "") for n, one in enumerate(own)}
        args = known
        count = max(count, min(len(own), MOST_PEOPLE))
    rows = (size_help.read(args, after=f"-{number}") for number in range(count))
    return [Member(number, said, names.get(str(number))) for number, said in enumerate(rows)]


def _count(args: Mapping[str, str]) -> int:
    text = (args.get("lisaa") or args.get("rivit") or "")[:LONGEST_ID]
    return min(max(int(text), 1), MOST_PEOPLE) if text.isascii() and text.isdigit() else 1


def _doing(args: Mapping[str, str], known: Sequence[Doing]) -> Doing | None:
    return next((one for one in known if one.key == args.get("puuha")), None)


def _days(args: Mapping[str, str]) -> Days | None:
    first, last = read_day(args.get("alku")), read_day(args.get("loppu"))
    return (first, last) if first and last else None


@bp.get(HERE)
@needs(Right.LOOK)
def helper() -> ResponseReturnValue:
    """Ask what the family wants to do, when, and their sizes; then propose a set for each."""
    known = family_sets.doings()
    doing, days = _doing(request.args, known), _days(request.args)
    members = _members(request.args, _count(request.args))
    if "ehdota" not in request.args:
        return _asking(known, members)
    errors = _errors(doing, days, members)
    if errors or doing is None or days is None:
        return _asking(known, members, errors)
    page = _sets_page(doing, days, members, request.args)
    return remembering(page) if visitor() is None else page


def _errors(doing: Doing | None, days: Days | None, members: Sequence[Member]) -> dict[str, str]:
    found: dict[str, str] = {}
    if doing is None:
        found["puuha"] = _("Choose what you want to do.")
    if days is None:
        found["alku"] = _("Choose the pickup day and the return day.")
    for one in members:
        found |= {f"{name}-{one.number}": text for name, text in one.said.errors.items()}
    if not found and not any(one.is_said for one in members):
        found["pituus-0"] = _("Write the height and the shoe size of one person at least.")
    return found


def _asking(
    known: Sequence[Doing], members: Sequence[Member], errors: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    first, last = _usual_days()
    page = render_template(
        "catalogue/family.html",
        here_url=HERE,
        doings=[(one.key, _(one.name)) for one in known],
        doing=request.args.get("puuha") or (known[0].key if known else ""),
        first_day=request.args.get("alku") or first.isoformat(),
        last_day=request.args.get("loppu") or last.isoformat(),
        today=clock.today().isoformat(),
        people=[_row(one) for one in members],
        next_count=len(members) + 1 if len(members) < MOST_PEOPLE else None,
        errors=errors or {},
    )
    return (page, 422) if errors else page


def _row(one: Member) -> Shown:
    title = one.name or _("Person %(number)d", number=one.number + 1)
    values = {f"{name}-{one.number}": text for name, text in one.said.values.items()}
    return {"number": one.number, "title": title, "values": values}


def _usual_days() -> Days:
    """Return the next open day of the first site, and an open one about a week later."""
    today, sites = clock.today(), goods.sites()
    if not sites:
        return today, today
    opening = goods.opening(sites[0].id)
    first = opening.next_open(today) or today
    return first, opening.next_open(first + timedelta(7)) or first


# The sets


def _sets_page(
    doing: Doing,
    days: Days,
    members: Sequence[Member],
    args: Mapping[str, str],
    *,
    form: BorrowerForm | OwnForm | None = None,
    refusal: Refusal | None = None,
) -> str:
    shop = family_sets.shop(doing)
    said = [one for one in members if one.is_said]
    choosing = Choosing(shop, days) if shop else None
    sets = [(one, _set_of(one, doing, choosing, args)) for one in said] if choosing else []
    wanted = [choice.chosen for _one, some in sets for choice in some if choice.chosen]
    lacking = any(choice.chosen is None for _one, some in sets for choice in some)
    objection = refusal or (_objection(shop, wanted, days) if shop else None)
    least_age = shop.together(wanted).terms.least_age if shop and wanted else 0
    ready = bool(wanted) and not lacking and objection is None
    return render_template(
        "catalogue/family_sets.html",
        here_url=HERE,
        sizes_url=f"{HERE}?{urlencode(_kept(doing, days, members))}",
        kept=_kept(doing, days, members),
        sets=[_shown_set(one, some, shop) for one, some in sets] if shop else [],
        lacking=lacking,
        days_text=write_days(*days),
        refusal=retold(objection) if objection else None,
        other_days=_other_days(shop, wanted, days, members, doing),
        reserve=_reserve(doing, days, members, sets, form, least_age=least_age)
        if ready or form
        else None,
        errors=form.first_errors() if form else {},
    )


def _set_of(one: Member, doing: Doing, choosing: Choosing, args: Mapping[str, str]) -> list[Choice]:
    """Choose one's things; boots that go with the skis chosen before them."""
    found: list[Choice] = []
    for number, role in enumerate(doing.roles):
        soles = next((c.chosen.binding for c in found if c.chosen and c.chosen.binding), None)
        said = args.get(f"v-{one.number}-{number}")
        found.append(choosing.choose(role, one.said.body, said, soles))
    return found


def _objection(shop: Shop, wanted: Sequence[Thing], days: Days) -> Refusal | None:
    """Return why the days will not do, or what of all that was chosen is missing."""
    together = shop.together(wanted)
    said = together.objection(*days, clock.today())
    lacking = together.lacking(*days) if said is None else []
    if not lacking:
        return said
    names = ", ".join(name_of(shop.kinds[part.kind_id]) for part in lacking)
    words = N_("There are not enough of these on those days: %(names)s.")
    return Refusal(words, code="not_free", names=names)


def _other_days(
    shop: Shop | None,
    wanted: Sequence[Thing],
    days: Days,
    members: Sequence[Member],
    doing: Doing,
) -> Shown | None:
    """Return the first days on which all of what was chosen can be had, where these will not do."""
    if shop is None or not wanted:
        return None
    together = shop.together(wanted)
    day = together.first_free_day(*days, today=clock.today())
    if day is None or day == days[0]:
        return None
    other = (day, day + (days[1] - days[0]))
    kept = [*_kept(doing, other, members), ("ehdota", "1")]
    return {"url": f"{HERE}?{urlencode(kept)}", "text": write_days(*other)}


def _kept(doing: Doing, days: Days, members: Sequence[Member]) -> list[tuple[str, str]]:
    """Return what an address says of what is asked for, without anybody's name."""
    rows = [
        (f"{name}-{one.number}", text) for one in members for name, text in one.said.values.items()
    ]
    first, last = (day.isoformat() for day in days)
    whole = [("puuha", doing.key), ("alku", first), ("loppu", last), ("rivit", str(len(members)))]
    return [*whole, *rows]


def _shown_set(one: Member, some: Sequence[Choice], shop: Shop) -> Shown:
    return {
        "number": one.number,
        "title": one.name or _("Person %(number)d", number=one.number + 1),
        "body": _body(one.said),
        "parts": [_shown_part(one, n, choice, shop) for n, choice in enumerate(some)],
    }


def _body(said: Said) -> str:
    height, shoe = said.values.get("pituus"), said.values.get("kenka")
    told = [_("%(n)s cm", n=height)] if height else []
    return " · ".join([*told, *([_("shoe size %(n)s", n=shoe)] if shoe else [])])


def _shown_part(one: Member, number: int, choice: Choice, shop: Shop) -> Shown:
    chosen = choice.chosen
    name = f"v-{one.number}-{number}"
    return {
        "name": name,
        "label": name_of(shop.kinds[chosen.kind_id]) if chosen else _("Nothing that fits"),
        "size": chosen.size if chosen else None,
        "next_best": choice.is_next_best,
        "picture": _picture(shop, chosen),
        "options": [
            {
                "value": f"{thing.kind_id}:{thing.size}",
                "text": f"{name_of(shop.kinds[thing.kind_id])} {thing.size}",
                "chosen": thing == chosen,
            }
            for thing in choice.offered
        ],
    }


def _picture(shop: Shop, chosen: Thing | None) -> str:
    return (shop.kinds[chosen.kind_id].picture if chosen else None) or "box"


def _reserve(
    doing: Doing,
    days: Days,
    members: Sequence[Member],
    sets: Sequence[tuple[Member, Sequence[Choice]]],
    form: BorrowerForm | OwnForm | None,
    *,
    least_age: int,
) -> Shown:
    chosen = [
        (f"v-{one.number}-{number}", f"{choice.chosen.kind_id}:{choice.chosen.size}")
        for one, some in sets
        for number, choice in enumerate(some)
        if choice.chosen
    ]
    return {
        "url": f"{HERE}/varaukset",
        "fields": [*_kept(doing, days, members), *chosen],
        "for_whom": next((one.key for one in own_people()), None),
        "least_age": least_age,
        "values": {**(form.values() if form else {}), **_names_written()},
    }


def _names_written() -> dict[str, str]:
    return {f"nimi-{n}": request.form.get(f"nimi-{n}", "") for n in range(MOST_PEOPLE)}


# Reserving


def _refused(refusal: Refusal) -> ResponseReturnValue:
    return _again(refusal=refusal)


def _again(*, form: BorrowerForm | OwnForm | None = None, refusal: Refusal | None = None) -> str:
    """Show the sets again as the form that was sent has them."""
    doing, days = _doing(request.form, family_sets.doings()), _days(request.form)
    if doing is None or days is None:
        raise BadRequest
    members = _members(request.form, _count(request.form))
    return _sets_page(doing, days, members, request.form, form=form, refusal=refusal)


@bp.post(f"{HERE}/varaukset")
@needs(Right.RESERVE)
@refused_on(_refused)
def reserve() -> ResponseReturnValue:
    """Promise the sets of the whole family as one reservation."""
    count_try("reserve", request.remote_addr or "", most=RESERVATIONS, within=WITHIN)
    form, days = read_form(), _days(request.form)
    if days is None:
        raise BadRequest
    if not form.validate():
        return _again(form=form), 422
    asked = list(_asked())
    if not asked:
        raise BadRequest
    first_day, last_day = days
    made = promised(form, lambda: (asked, _site_of(asked)), first_day=first_day, last_day=last_day)
    answer = redirect(f"{own_path(made, current_app.config['SETTINGS'])}?uusi=1", 303)
    return remembering(answer) if made.is_unconfirmed else answer


def _asked() -> Iterator[Asked]:
    """Yield what the form asks for: the things of each person are one bundle."""
    own = {n: one.first_name for n, one in enumerate(o for o in own_people() if not o.is_self)}
    for number in range(MOST_PEOPLE):
        name = written(request.form.get(f"nimi-{number}"))[:LONGEST_NAME] or own.get(number)
        bundled = Bundled(number, for_name=name or None)
        for part in range(len(family_sets.DOINGS[0].roles)):
            kind_id, _colon, size = request.form.get(f"v-{number}-{part}", "").partition(":")
            if kind_id.isascii() and kind_id.isdigit() and len(kind_id) <= LONGEST_ID:
                yield Asked(int(kind_id), size or None, bundled)


def _site_of(asked: Sequence[Asked]) -> int:
    having = goods.sites_with_all({one.kind_id for one in asked})
    if not having:
        raise BadRequest
    return min(having)
