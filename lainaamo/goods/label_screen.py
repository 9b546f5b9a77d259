"""The screen of labels: what is printed, on which paper, from which label on; and the PDFs."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lainaamo.core import clock
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import clock_time, day, locale, ngettext, retold
from lainaamo.core.i18n import gettext as _
from lainaamo.core.secrets import installation_key
from lainaamo.core.web import needs, refused_on, settings_now
from lainaamo.goods import actions, blanks, choosing, commands, queries, sheets, walking
from lainaamo.goods.choosing import Choice
from lainaamo.goods.labels import Label, trial_pdf
from lainaamo.goods.papers import SHEETS, USUAL
from lainaamo.goods.sheets import Owner, Wanted
from lainaamo.people.access import Right
from lainaamo.people.visitor import Door

bp = Blueprint("labels", __name__)
HERE = "/tarrat"
SHOWN = 12
DAYS = 3
SORTS: Sequence[tuple[str, str, str]] = (
    (choosing.THINGS, "box", N_("Items")),
    (choosing.SHELVES, "shelf", N_("Shelves")),
    (choosing.COMMANDS, "hand", N_("Commands")),
    (choosing.BLANKS, "qr", N_("Blank labels")),
    (choosing.CARDS, "user", N_("Badges")),
)
MILLIMETRES = re.compile(r"\s*([+-]?)(\d{1,3})(?:[.,](\d))?\s*")


def _choice() -> Choice:
    return choosing.read(dict(request.args.lists()))


def _owner() -> Owner:
    settings = settings_now()
    return Owner(settings.municipality, settings.phone, settings.service_name)


def _allowed(wanted: Wanted) -> Wanted:
    """Leave out what this visitor may not see: others' cards and badges."""
    door = Door()
    return Wanted(
        **{
            **{name: getattr(wanted, name) for name in Wanted.__slots__},
            "cards": wanted.cards if door.may(Right.BORROWERS) else (),
            "badges": wanted.badges if door.may(Right.WORKERS) else (),
        }
    )


def _labels(wanted: Wanted) -> list[Label]:
    key = installation_key(current_app.config["SETTINGS"]) if wanted.badges else ""
    return sheets.labels(_allowed(wanted), _owner(), key=key)


# The screen


def _page(refusal: Refusal | None = None) -> ResponseReturnValue:
    choice = choosing.read(dict((request.args or request.form).lists()))
    found = _labels(choice.wanted)[: sheets.MOST]
    shift = sheets.shift_of(choice.sheet_key)
    return render_template(
        "goods/labels.html",
        here_url=HERE,
        sort=choice.sort,
        sorts=[_tab(choice, *one) for one in SORTS if _may_see(one[0])],
        fields=list(choice.fields()),
        found=found[:SHOWN],
        more=max(len(found) - SHOWN, 0),
        count=_count(found, choice),
        sheets=_papers(choice),
        sheet=choice.sheet,
        sheet_key=choice.sheet_key,
        start_at=min(choice.start_at, choice.sheet.per_page),
        shift={"right": _written(shift.right_mm), "down": _written(shift.down_mm)},
        refusal=retold(refusal) if refusal else None,
        **_offered(choice),
    )


@bp.get(HERE)
@needs(Right.LABELS)
def labels() -> ResponseReturnValue:
    """Show what can be printed, and the sheet on which a label can be pointed at."""
    return _page()


def _may_see(sort: str) -> bool:
    return sort != choosing.CARDS or Door().may(Right.WORKERS) or _choice().sort == sort


def _tab(choice: Choice, key: str, icon: str, words: str) -> Mapping[str, Any]:
    query = {"mita": key, "arkki": choice.sheet_key}
    return {
        "url": f"{HERE}?{urlencode(query)}",
        "icon": icon,
        "label": _(words),
        "current": key == choice.sort,
    }


def _papers(choice: Choice) -> list[Mapping[str, Any]]:
    return [
        {
            "key": key,
            "name": sheet.name,
            "is_roll": sheet.is_roll,
            "per_page": sheet.per_page,
            "current": key == choice.sheet_key,
        }
        for key, sheet in SHEETS.items()
    ]


def _count(found: Sequence[Label], choice: Choice) -> str:
    number = len(found)
    text = ngettext("%(num)d label", "%(num)d labels", number)
    if choice.sheet.is_roll or not number:
        return text
    pages = choice.sheet.pages(number, start_at=min(choice.start_at, choice.sheet.per_page))
    return text + ", " + ngettext("%(num)d sheet", "%(num)d sheets", pages)


# What is offered to be printed


def _offered(choice: Choice) -> Mapping[str, Any]:
    return {
        choosing.THINGS: _things,
        choosing.SHELVES: _shelves,
        choosing.COMMANDS: _commands,
        choosing.BLANKS: _blanks,
        choosing.CARDS: _cards,
    }[choice.sort](choice)


def _things(choice: Choice) -> Mapping[str, Any]:
    """Offer what came in lately, and what belongs in a room."""
    today, wanted = clock.today(), choice.wanted
    names = {0: _("Taken in today"), 1: _("Taken in yesterday")}
    offers = []
    for ago in range(DAYS):
        on = today - timedelta(ago)
        name = names.get(ago) or _("Taken in on %(day)s", day=day(on))
        offers.append(_offer(choice, name, {"saatu": on}, current=wanted.received_on == on))
    rooms = [
        _offer(choice, name, {"koti": room_id}, current=wanted.home_id == room_id)
        for room_id, name in _rooms()
    ]
    without = len(sheets.unlabelled(wanted)) if wanted.has_things else 0
    return {"offers": offers, "rooms": rooms, "without": without}


def _offer(
    choice: Choice, name: str, asked: Mapping[str, object], *, current: bool
) -> Mapping[str, Any]:
    query = {"mita": choice.sort, "arkki": choice.sheet_key, **asked}
    return {"label": name, "url": f"{HERE}?{urlencode(query)}", "current": current}


def _rooms() -> list[tuple[int, str]]:
    """Return the rooms of the open sites in the order they are walked."""
    found = []
    for site in queries.sites():
        places = [one for one in sheets.places_of(site.id) if one.level == "room"]
        found += [(room.id, f"{site.name}: {room.name}") for room in walking.in_order(places)]
    return found


def _shelves(choice: Choice) -> Mapping[str, Any]:
    wanted = choice.wanted
    whole = [
        _offer(choice, site.name, {"toimipaikka": site.id}, current=wanted.site_id == site.id)
        for site in queries.sites()
    ]
    rooms = [
        _offer(choice, name, {"tila": room_id}, current=wanted.room_id == room_id)
        for room_id, name in _rooms()
    ]
    return {"offers": whole, "rooms": rooms}


def _commands(_of: Choice) -> Mapping[str, Any]:
    return {"has_commands": len(commands.signs()) == len(commands.Command)}


def _blanks(choice: Choice) -> Mapping[str, Any]:
    rolls = [
        {
            "label": f"{day(clock.local(one.roll.made_at).date())} {clock_time(one.roll.made_at)}",
            "left": one.left,
            "quantity": one.roll.quantity,
            "url": f"{HERE}?{urlencode({'rulla': one.roll.id, 'arkki': choice.sheet_key})}",
            "current": choice.wanted.roll_id == one.roll.id,
        }
        for one in blanks.rolls()
    ]
    usual = 100 if choice.sheet.is_roll else choice.sheet.per_page
    return {"rolls": rolls, "quantity": request.form.get("quantity", str(usual))}


def _cards(choice: Choice) -> Mapping[str, Any]:
    if not Door().may(Right.WORKERS):
        return {"people": []}
    chosen = set(choice.wanted.badges)
    people = [
        {"id": one.id, "number": one.number, "name": one.first_name, "chosen": one.id in chosen}
        for one in sheets.badges()
    ]
    return {"people": people}


# Making codes


def _refused(refusal: Refusal) -> ResponseReturnValue:
    return _page(refusal)


@bp.post(f"{HERE}/tyhjat")
@needs(Right.LABELS)
@refused_on(_refused)
def make_roll() -> ResponseReturnValue:
    """Make blank codes to be printed."""
    roll = blanks.make_roll(choosing.number(request.form.get("quantity", "").strip()) or 0)
    return redirect(f"{HERE}?{urlencode({'rulla': roll.id, 'arkki': _sheet()})}", 303)


@bp.post(f"{HERE}/komennot")
@needs(Right.LABELS)
def make_commands() -> ResponseReturnValue:
    """Make the codes of the commands that have none."""
    commands.make()
    return redirect(f"{HERE}?{urlencode({'komennot': 1, 'arkki': _sheet()})}", 303)


@bp.post(f"{HERE}/koodit")
@needs(Right.LABELS)
def label_things() -> ResponseReturnValue:
    """Give a code to each chosen thing that has none."""
    choice = choosing.read(dict(request.form.lists()))
    if choice.wanted.has_things:
        actions.label_many(sheets.unlabelled(choice.wanted))
    query = urlencode([*choice.fields(), ("arkki", choice.sheet_key)])
    return redirect(f"{HERE}?{query}", 303)


def _sheet() -> str:
    given = request.form.get("arkki", "")
    return given if given in SHEETS else USUAL


# The printer


@bp.post(f"{HERE}/kohdistus")
@needs(Right.LABELS)
@refused_on(_refused)
def move_sheet() -> ResponseReturnValue:
    """Keep how far the house's printer puts the labels of a sheet amiss."""
    right, down = (_tenths(request.form.get(name, "")) for name in ("right", "down"))
    sheets.move_sheet(_sheet(), right_tenths=right, down_tenths=down)
    choice = choosing.read(dict(request.form.lists()))
    query = urlencode([*choice.fields(), ("mita", choice.sort), ("arkki", _sheet())])
    return redirect(f"{HERE}?{query}#printer", 303)


def _tenths(text: str) -> int:
    """Return millimetres as tenths: `-1,5` is -15; an empty field means none."""
    found = MILLIMETRES.fullmatch(text or "0")
    if found is None:
        words = N_("Write millimetres, for example 1.5 or -2.")
        raise Refusal(words, code="not_millimetres")
    tenths = int(found[2]) * 10 + int(found[3] or 0)
    return -tenths if found[1] == "-" else tenths


def _written(millimetres: float) -> str:
    return f"{millimetres:g}".replace(".", ",") if locale() != "en" else f"{millimetres:g}"


@bp.get(f"{HERE}/kohdistus.pdf")
@needs(Right.LABELS)
def trial() -> ResponseReturnValue:
    """Return the page by which a printer is tried."""
    choice = _choice()
    says = "\n".join(
        (
            _("Alignment page: %(sheet)s", sheet=choice.sheet.name),
            _("Print this on plain paper at actual size."),
            _("Hold it against a label sheet and the light."),
            _("Write how far the lines are off on the screen of labels."),
        )
    )
    shift = sheets.shift_of(choice.sheet_key)
    return _sent(trial_pdf(choice.sheet, shift=shift, says=says, language=locale()), "kohdistus")


# The labels


@bp.get(f"{HERE}.pdf")
@needs(Right.LABELS)
def pdf() -> ResponseReturnValue:
    """Return the chosen labels as a PDF for paper that may be begun."""
    choice = _choice()
    if not list(choice.fields()):
        return redirect(HERE, 303)
    made = sheets.sheet_of(
        _labels(choice.wanted)[: sheets.MOST],
        public_url=current_app.config["SETTINGS"].public_url,
        start_at=choice.start_at,
        sheet=choice.sheet_key,
    )
    return _sent(made, "tarrat")


def _sent(made: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(made, content_type="application/pdf", headers=headers)
