"""The administrator's front page, the settings, and everybody's changes."""

from typing import Any, NamedTuple

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from lainaamo.administration import (  # noqa: F401 - their screens, and the nightly round
    category_screens,
    closing_screens,
    first_steps,
    forms,
    goods_screens,
    keeping,
    kit_screens,
    letter_screens,
    permit_screens,
    queries,
    safety_screens,
    self_service_screens,
    service_type_screens,
    shown,
    site_screens,
    table_screens,
    terms_screens,
    token_screens,
    unit_screens,
    user_screens,
    webhook_screens,
)
from lainaamo.administration.screens import Sheet, asked_id, bp, offer_undo
from lainaamo.administration.settings import ONLY, SETTINGS
from lainaamo.config import HOUSE, Settings
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.core.web import needs, refused_on, right_for
from lainaamo.people.access import Right
from lainaamo.people.visitor import Door

__all__ = ["bp"]


class Part(NamedTuple):
    """A part of the house that can be kept in order, by whatever feature."""

    url: str
    title: str
    text: str
    icon: str


PARTS = (
    Part(
        "/hallinta/toimipisteet",
        N_("Sites, days and shelves"),
        N_("Opening hours, closed days, rooms and shelves"),
        "clock",
    ),
    Part(
        "/hallinta/luokat",
        N_("Categories"),
        N_("Names, other names, the tree, drawings"),
        "list",
    ),
    Part(
        "/tuonti",
        N_("Bring a list in"),
        N_("Goods from Excel, LibreOffice or another program"),
        "in",
    ),
    Part(
        "/hallinta/pakkaukset",
        N_("Kits"),
        N_("Skis, boots and poles as one: what is lent together"),
        "bag",
    ),
    Part("/hallinta/ehdot", N_("Loan terms"), N_("How long, how many, how early"), "cal"),
    Part(
        "/turvallisuus",
        N_("Safety of gear"),
        N_("Checks, age, stop list: what is to be looked at"),
        "alert",
    ),
    Part("/hallinta/luvat", N_("Permits"), N_("What must be learnt or allowed first"), "check"),
    Part(
        "/hallinta/palvelut",
        N_("Service types"),
        N_("Programmes people work in: the law and its limits"),
        "people",
    ),
    Part("/hallinta/kayttajat", N_("Users"), N_("Staff, workers and their roles"), "people"),
    Part("/hallinta/yksikot", N_("Units"), N_("Schools, day-care centres, offices"), "home"),
    Part(
        "/hallinta/sivut",
        N_("Texts and notices"),
        N_("Help, privacy, accessibility, in four languages"),
        "edit",
    ),
    Part(
        "/hallinta/viestit",
        N_("Messages to people"),
        N_("The words of reminders, confirmations and answers"),
        "mail",
    ),
    Part(
        "/hallinta/hairio",
        N_("A notice on every page"),
        N_("A break, an early closing: until when and in which words"),
        "alert",
    ),
    Part(
        "/hallinta/palaute",
        N_("Feedback"),
        N_("What people have written, and the answers"),
        "msg",
    ),
    Part(
        "/hallinta/avaimet",
        N_("Tokens for programs"),
        N_("Who may use the interface, in whose name and until when"),
        "qr",
    ),
    Part(
        "/kalenterit",
        N_("Calendars"),
        N_("Coming pickups and returns of a site or a unit, in a calendar program"),
        "cal",
    ),
    Part(
        "/hallinta/ilmoitukset",
        N_("Messages to programs"),
        N_("Which programs are told what happens here, and whether they answer"),
        "msg",
    ),
    Part(
        "/hallinta/asetukset",
        N_("Settings"),
        N_("The name of the service, phone, e-mail"),
        "sliders",
    ),
    Part("/hallinta/muutokset", N_("Changes"), N_("Who changed what and when; undo"), "undo"),
    Part("/lainat", N_("Lists"), N_("Loans, reservations, repairs, donations; as files"), "list"),
    Part(
        "/hallinta/paivakirja",
        N_("Journal"),
        N_("Everything that happened, in codes and numbers; no names"),
        "table",
    ),
)


@bp.get("")
@needs(Right.HOUSE)
def front() -> ResponseReturnValue:
    """Show the parts of the house that the person asking may keep in order."""
    parts = [part for part in PARTS if _is_open(part.url)]
    told = first_steps.steps(_outside()) if Door().may(Right.SETTINGS) else []
    return render_template("administration/front.html", parts=parts, steps=told)


def _is_open(url: str) -> bool:
    """Tell whether there is such a screen and the person asking may see it."""
    try:
        endpoint, _arguments = current_app.url_map.bind("").match(url)
    except HTTPException:
        return False
    right = right_for(current_app.view_functions[endpoint], "GET")
    return right is not None and Door().may(right)


# Settings


def _outside() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _source(name: str, own: object) -> dict[str, Any]:
    """Say where a setting's value comes from."""
    value, usual = getattr(_outside(), name), Settings.__dataclass_fields__[name].default
    set_outside = _("the environment (LAINAAMO_%(name)s)", name=name.upper())
    outside = _("the default") if value == usual else set_outside
    return {"value": value, "from": _("this screen") if own else outside, "outside": outside}


def _settings_page(
    form: forms.SettingsForm | None = None, refusal: Refusal | None = None
) -> ResponseReturnValue:
    own = SETTINGS.read(ONLY)
    fixed = ("public_url", "mail_from", "trusted_proxies")
    sheet = Sheet(SETTINGS, ONLY, HOUSE, "administration/settings.html")
    return sheet.page(
        form or forms.SettingsForm(data=own),
        refusal=refusal,
        sources={name: _source(name, own[name]) for name in HOUSE},
        fixed=[(f"LAINAAMO_{name.upper()}", _source(name, None)) for name in fixed],
        has_mail=bool(_outside().smtp_url),
    )


@bp.get("/asetukset")
@needs(Right.SETTINGS)
def settings() -> ResponseReturnValue:
    """Show the settings, and where each value comes from."""
    return _settings_page()


@bp.post("/asetukset")
@needs(Right.SETTINGS)
@refused_on(lambda refusal: _settings_page(forms.SettingsForm(request.form), refusal))
def save_settings() -> ResponseReturnValue:
    """Keep settings; every page of every process shows them from now on."""
    form = forms.SettingsForm(request.form)
    if not form.validate():
        return _settings_page(form)
    return Sheet(SETTINGS, ONLY, HOUSE, "").save(form.facts())


offer_undo(SETTINGS)


# Changes


@bp.get("/muutokset")
@needs(Right.CHANGES)
def changes() -> ResponseReturnValue:
    """Show everybody's changes, the newest first."""
    things, before_id = shown.seen_by(Door().may), asked_id("jatko") or None
    found = queries.changes(things, before_id=before_id, limit=queries.CHANGES + 1)
    more, found = len(found) > queries.CHANGES, found[: queries.CHANGES]
    return render_template(
        "administration/changes.html",
        history=shown.history(found, may=Door().may, of_many=True),
        next_url=f"/hallinta/muutokset?jatko={found[-1].id}" if more else None,
    )
