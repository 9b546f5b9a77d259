"""The public screens: the list of kinds, one kind with its calendar, and reserving it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.exc import NoResultFound

from lainaamo.catalogue import kind_page, kit_choice, kit_page, reuse_page, schema_org, size_help
from lainaamo.catalogue.borrowing import read_form
from lainaamo.catalogue.choice import Choice, choice
from lainaamo.catalogue.forms import BorrowerForm, OwnForm, read_day
from lainaamo.catalogue.kit_choice import KitChoice
from lainaamo.catalogue.listing import ASKED, Question, listing
from lainaamo.catalogue.promising import promised
from lainaamo.catalogue.size_help import Said
from lainaamo.core import clock
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import locale, retold
from lainaamo.core.kept import once_per_change
from lainaamo.core.limits import count_try
from lainaamo.core.orm import Area
from lainaamo.core.web import needs, refused_on, settings_now
from lainaamo.doors.asking import remembering
from lainaamo.goods import codes, kits
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Kind
from lainaamo.lending.actions import Asked
from lainaamo.lending.links import own_path
from lainaamo.people.access import Right
from lainaamo.people.visitor import visitor

bp = Blueprint("catalogue", __name__)
RESERVATIONS, WITHIN = 60, timedelta(hours=1)
PAGES: Mapping[str, str] = {
    "browse": "/",
    "reuse": "/kierto",
    "own": "/omat",
    "unit": "/yksikko",
    "to_gather": "/kierto/varaukset",
    "hours": "/aukiolo",
    "where": "/yhteystiedot",
    "help": "/apua",
    "asked": "/usein-kysyttya",
    "desk": "/tiski",
    "things": "/tavarat",
    "loans": "/lainat",
    "reservations": "/varaukset",
    "opinions": "/lainat/palaute",
    "repairs": "/korjaukset",
    "donations": "/lahjoitukset",
    "claims": "/kierto/kaikki-varaukset",
    "group": "/vaki",
    "house": "/hallinta",
    "sign_in": "/kirjautuminen",
    "me": "/oma-tili",
    "switch": "/vaihto",
    "users": "/hallinta/kayttajat",
    "units": "/hallinta/yksikot",
    "devices": "/laitteet",
    "accessibility": "/saavutettavuus",
    "privacy": "/tietosuoja",
    "donating": "/lahjoita",
    "receive": "/vastaanotto",
    "to_complete": "/vastaanotto/taydennettavat",
    "my_day": "/tanaan",
    "feedback": "/palaute",
    "inbox": "/hallinta/palaute",
    "texts": "/hallinta/sivut",
    "statement": "/hallinta/saavutettavuus",
    "outage": "/hallinta/hairio",
}


@bp.get("/")
@needs(Right.LOOK)
def browse() -> ResponseReturnValue:
    """Show the kinds to borrow, free on the days chosen or the next day a site is open."""
    lists = request.args.lists()
    args = tuple((name, tuple(values)) for name, values in lists if name in ASKED)
    main, status = _found(args, locale(), clock.today())
    return render_template("catalogue/list.html", main=main), status


@once_per_change(Area.GOODS, Area.HOUSE)
def _found(
    args: tuple[tuple[str, tuple[str, ...]], ...], _locale: str, _today: date
) -> tuple[Markup, int]:
    """Return the middle of the list, which is the same for everybody who asks the same."""
    question = Question("lendable", dict(args))
    page = render_template("catalogue/found.html", **listing(question))
    return Markup(page), 422 if question.errors() else 200  # noqa: S704 - a template of ours made it


@bp.get("/kierto")
@needs(Right.REUSE)
def browse_reuse() -> ResponseReturnValue:
    """Show the lots that units may book instead of buying."""
    return _lots()


def _lots(kind: Kind | None = None) -> ResponseReturnValue:
    asked = reuse_page.Question(dict(request.args.lists()), kind)
    return render_template("catalogue/reuse.html", **reuse_page.page(asked))


@bp.get("/valineet/<int:kind_id>")
@needs(Right.LOOK)
def kind(kind_id: int) -> ResponseReturnValue:
    """Show one kind, when it is free, and the form that reserves it."""
    chosen = _choice(kind_id, request.args)
    printed = kind_page.printed(kind_id, current_app.config["SETTINGS"].public_url)
    told = size_help.read(request.args)
    if isinstance(chosen, KitChoice) and told.is_any:
        return redirect(f"{chosen.url(**kit_page.proposed(chosen, told.body))}#sizes", 303)
    shown = _shown(chosen, told=told)
    found_url = _found_url(request.args.get("tarra", "").upper())
    more = {"schema_org": _schema_org(chosen, shown), "found_url": found_url}
    page = render_template("catalogue/kind.html", **shown, printed=printed, **more)
    # Who will confirm keeps a token from here on, so that two quick presses are one browser.
    answer = remembering(page) if shown["reserve"] and visitor() is None else page
    return (answer, 422) if told.errors else answer


def _schema_org(chosen: Choice | KitChoice, shown: Mapping[str, Any]) -> Mapping[str, Any]:
    photo, free = shown["kind"]["photo"], shown["free"]
    return schema_org.product(chosen, free=free, photo=photo, settings=settings_now())


def _found_url(sign: str) -> str | None:
    """Return where one tells that a thing was found, for who came here by its label."""
    return f"/Q/{sign}/loytyi" if codes.is_code(sign) else None


@bp.get("/V/<int:kind_id>")
@needs(Right.LOOK)
def printed(kind_id: int) -> ResponseReturnValue:
    """Lead from a printed page's QR code, in the signs that make it small, to the kind."""
    return redirect(f"/valineet/{goods.get_kind(kind_id).id}", 301)


def _choice(kind_id: int, args: Mapping[str, str]) -> Choice | KitChoice:
    found = goods.get_kind(kind_id)
    if found.pool != "lendable":
        raise NoResultFound
    read = kit_choice.choice if kits.pieces_of(kind_id) else choice
    chosen = read(found, args)
    if chosen is None:
        raise NoResultFound
    return chosen


def _shown(
    chosen: Choice | KitChoice,
    *,
    form: BorrowerForm | OwnForm | None = None,
    refusal: Refusal | None = None,
    told: Said = kind_page.NOTHING_SAID,
) -> dict[str, Any]:
    if isinstance(chosen, KitChoice):
        return kit_page.page(chosen, form=form, refusal=refusal, told=told)
    return kind_page.page(chosen, form=form, refusal=refusal, told=told)


@bp.get("/kierto/<int:kind_id>")
@needs(Right.REUSE)
def reuse_kind(kind_id: int) -> ResponseReturnValue:
    """Show the lots of one kind; the only one is shown itself."""
    found = goods.get_kind(kind_id)
    if found.pool != "reuse":
        raise NoResultFound
    lots = goods.lots_of(found.id)
    if len(lots) == 1:
        return redirect(f"/kierto/erat/{lots[0].id}", 303)
    return _lots(found)


def _choice_of_form(kind_id: int) -> Choice | KitChoice:
    """Read the choice that a reservation's form carries."""
    form = request.form
    site = next((one for one in goods.sites() if str(one.id) == form.get("site")), None)
    given = {
        "alku": form.get("first_day", ""),
        "loppu": form.get("last_day", ""),
        "koko": form.get("size", ""),
        "paikka": site.key if site else "",
        **{name: value for name, value in form.items() if name.startswith("koko-")},
    }
    return _choice(kind_id, given)


def _refused_reservation(refusal: Refusal, kind_id: int) -> ResponseReturnValue:
    """Show the kind again with the reason, the first free day and what else would do."""
    page = _shown(_choice_of_form(kind_id), refusal=refusal)
    return render_template("catalogue/kind.html", **page)


@bp.post("/valineet/<int:kind_id>/varaukset")
@needs(Right.RESERVE)
@refused_on(_refused_reservation)
def reserve(kind_id: int) -> ResponseReturnValue:
    """Promise one thing of a kind, or a kit, and go to the borrower's own page."""
    count_try("reserve", request.remote_addr or "", most=RESERVATIONS, within=WITHIN)
    form = read_form()
    first_day, last_day = (read_day(request.form.get(name)) for name in ("first_day", "last_day"))
    if not form.validate() or first_day is None or last_day is None:
        page = _shown(_choice_of_form(kind_id), form=form)
        return render_template("catalogue/kind.html", **page), 422
    days = {"first_day": first_day, "last_day": last_day}
    try:
        reservation = promised(form, lambda: _asked(kind_id), **days)
    except Refusal as refusal:
        if refusal.code != "age_not_agreed":
            raise
        form.of_age.errors = [retold(refusal)]
        page = _shown(_choice_of_form(kind_id), form=form)
        return render_template("catalogue/kind.html", **page), 422
    path = own_path(reservation, current_app.config["SETTINGS"])
    answer = redirect(f"{path}?uusi=1", 303)
    return remembering(answer) if reservation.is_unconfirmed else answer


def _asked(kind_id: int) -> tuple[list[Asked], int]:
    """Return what a form asks for, of a kind or of each part of a kit, and where."""
    if not kits.pieces_of(kind_id):
        asked = [Asked(kind_id, request.form.get("size") or None)]
        return asked, _site_of_form(asked)
    chosen = _choice_of_form(kind_id)
    if not isinstance(chosen, KitChoice) or not chosen.shelf.parts:
        raise kit_page.NOT_LENT
    return chosen.kit.asked(1), chosen.site.id


def _site_of_form(asked: Sequence[Asked]) -> int:
    """Return where a reservation's form would fetch it: where it said, if all of it is there."""
    having = goods.sites_with_all({one.kind_id for one in asked})
    sites = [site.id for site in goods.sites() if site.id in having]
    if not sites:
        raise NoResultFound
    return next((one for one in sites if str(one) == request.form.get("site")), sites[0])
