"""Put the application together; the only file that knows every feature."""

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from sqlalchemy import text
from werkzeug.middleware.proxy_fix import ProxyFix

from lainaamo.administration import journal_screen
from lainaamo.administration import views as administration
from lainaamo.api import views as api
from lainaamo.catalogue import again_page, family_helper, group_page, queue_page
from lainaamo.catalogue import views as catalogue
from lainaamo.config import STATIC, TEMPLATES, Settings
from lainaamo.core import addresses, db, finnish, frame, i18n, meters, telling, theme, wire
from lainaamo.core import clockwork as _clockwork  # noqa: F401 - its table
from lainaamo.core import limits as _limits  # noqa: F401 - its table
from lainaamo.core.bucket import Bucket
from lainaamo.core.db import session
from lainaamo.core.files import Files, Folder
from lainaamo.core.reads import Reads
from lainaamo.core.web import Lainaamo, check_declared, guard, needs, once_field, settings_now
from lainaamo.core.wire import compress_answers
from lainaamo.desk import (
    acting,
    album,
    badges,
    blocking,
    borrowers,
    checking,
    choosing,
    claiming,
    finds,
    handing,
    handover,
    label_address,
    lines,
    morning_page,
    safety_page,
    self_door,
    standing_page,
    swapping,
    taps,
    things,
    unsent_page,
)
from lainaamo.desk import views as desk
from lainaamo.doors import account, entry, oidc_door, own, switch
from lainaamo.doors import views as people
from lainaamo.feedback import found_page
from lainaamo.feedback import views as feedback
from lainaamo.goods import label_screen, repairs
from lainaamo.goods import views as goods
from lainaamo.intake import views as intake
from lainaamo.lending import (
    change_page,
    confirm_door,
    feed_page,
    letter_page,
    mine,
    opinion_page,
    renew_door,
    sms_door,
)
from lainaamo.lending import lists as lending_lists
from lainaamo.lending import views as lending
from lainaamo.pages import look, notice, notice_office, office, statement_office
from lainaamo.pages import views as pages
from lainaamo.people.access import Right
from lainaamo.people.visitor import Door, login_manager, rights_now, served, visitor
from lainaamo.procurement import claim_list
from lainaamo.procurement import views as procurement
from lainaamo.reception import completing, donations, giving, receiving
from lainaamo.upkeep import gauges, leaving
from lainaamo.upkeep import notices as _notices  # noqa: F401 - its letters can be worded anew
from lainaamo.work import keeping as _keeping  # noqa: F401 - its nightly round
from lainaamo.work import month_files as _month_files  # noqa: F401 - its screens, and others'
from lainaamo.work import views as work
from lainaamo.work import week_page

SCREENS = (
    catalogue.bp,
    lending.bp,
    confirm_door.bp,
    change_page.bp,
    renew_door.bp,
    letter_page.bp,
    sms_door.bp,
    queue_page.bp,
    family_helper.bp,
    again_page.bp,
    group_page.bp,
    procurement.bp,
    desk.bp,
    taps.bp,
    lines.bp,
    morning_page.bp,
    unsent_page.bp,
    handing.bp,
    things.bp,
    label_address.bp,
    album.bp,
    receiving.bp,
    completing.bp,
    giving.bp,
    work.bp,
    week_page.bp,
    claiming.bp,
    goods.bp,
    label_screen.bp,
    people.bp,
    switch.bp,
    feedback.bp,
    found_page.bp,
    finds.bp,
    choosing.bp,
    pages.bp,
    look.bp,
    office.bp,
    notice_office.bp,
    statement_office.bp,
    account.bp,
    oidc_door.bp,
    badges.bp,
    administration.bp,
    entry.bp,
    own.bp,
    mine.bp,
    leaving.bp,
    opinion_page.bp,
    feed_page.bp,
    borrowers.bp,
    acting.bp,
    self_door.bp,
    blocking.bp,
    checking.bp,
    swapping.bp,
    safety_page.bp,
    standing_page.bp,
    intake.bp,
    handover.bp,
    lending_lists.bp,
    repairs.bp,
    donations.bp,
    claim_list.bp,
    journal_screen.bp,
    api.bp,
    api.page_bp,
)
LARGEST_REQUEST_BYTES = 2 * 1024 * 1024
YEAR_S = 365 * 24 * 3600


def create_app(settings: Settings | None = None) -> Lainaamo:
    """Return a ready application."""
    settings = settings or Settings.from_environment()
    app = Lainaamo("lainaamo", template_folder=str(TEMPLATES), static_folder=str(STATIC))
    settle(app, settings)
    addresses.bound_ids(app)
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST_BYTES
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR_S  # every address of a static file has its hash
    proxies = int(settings.trusted_proxies)
    if proxies:
        believed = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)
        app.wsgi_app = wire.read_all(believed)  # type: ignore[method-assign, assignment]  # werkzeug's documented way
    telling.set_up(settings)
    telling.tell_requests(app)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = db.options(pooled=settings.database_pooled == "yes")
    db.init_app(app)
    login_manager.init_app(app)
    _dress(app)
    for screen in SCREENS:
        app.register_blueprint(screen)
    app.add_url_rule("/healthz", view_func=healthz)
    if settings.metrics_token:
        app.register_blueprint(gauges.bp)
    compress_answers(app)
    guard(app, Door())
    check_declared(app)
    return app


def files_of(settings: Settings) -> Files:
    """Return where the house keeps its files."""
    return Bucket(settings.files_url) if settings.files_url else Folder(settings.folder / "files")


def settle(app: Lainaamo, settings: Settings) -> None:
    """Let an application work for the installation that these settings are of."""
    app.config["SETTINGS"] = settings
    app.config["THEME"] = theme.load(settings)
    app.config["FILES"] = files_of(settings)
    app.config["READS"] = Reads()
    finnish.look_in(settings.folder)
    meters.look_in(settings.folder / "meters")


@needs(Right.LOOK)
def healthz() -> Response:
    """Answer a machine that asks whether we live: 200 when the database answers."""
    session.execute(text("SELECT 1"))
    return Response("ok\n", content_type="text/plain")


def _dress(app: Flask) -> None:
    """Give templates the words, the formats and what every page shows."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["softened"] = finnish.softened
    app.jinja_env.globals.update(
        asset=asset,
        day=i18n.day,
        days=i18n.days,
        long_day=i18n.long_day,
        full_day=i18n.full_day,
        clock_time=i18n.clock_time,
        euros=i18n.euros,
        once_field=once_field,
        theme=app.config["THEME"],
        municipality=Municipality(),
        pages=catalogue.PAGES,
        locales=[(address, i18n.NAMES[locale]) for address, locale in i18n.ADDRESS.items()],
    )
    app.context_processor(_everywhere)


def _everywhere() -> dict[str, Any]:
    return {
        "locale": i18n.locale(),
        "me": visitor(),
        "acts_for": served,  # asked where it is shown: pieces of pages are kept for everybody
        "may": Door().may,
        "outage": notice.current(),
        "page_told": page_told(),
        "frame_of": _frame_of,
    }


def _frame_of(here: str) -> frame.Frame:
    return frame.frame(here, rights_now(), is_known=visitor() is not None)


def page_told() -> str:
    """Return which page feedback given here is about; of an address that is a key only its form."""
    rule = request.url_rule
    if rule is None:
        return ""
    is_key = any(isinstance(value, str) for value in (request.view_args or {}).values())
    return rule.rule if is_key else request.path


class Municipality:
    """What every page says of the house; read when a page first asks, so that others need not."""

    @property
    def name(self) -> str:
        """Return the municipality's name."""
        return settings_now().municipality

    @property
    def service_name(self) -> str:
        """Return the name of the service."""
        return settings_now().service_name

    @property
    def phone(self) -> str:
        """Return the phone number."""
        return settings_now().phone

    @property
    def email(self) -> str:
        """Return the e-mail address."""
        return settings_now().email


_hashes: dict[str, str] = {}


def asset(name: str) -> str:
    """Return a static file's address with its content's hash, so that it can be kept for a year."""
    if name not in _hashes:
        content = Path(STATIC, name).read_bytes()
        _hashes[name] = f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:10]}"
    return _hashes[name]
