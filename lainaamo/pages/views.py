"""The site's own pages as everybody reads them."""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lainaamo.core.i18n import locale
from lainaamo.core.web import needs, settings_now
from lainaamo.pages import markup, queries, sites, statement, texts
from lainaamo.people.access import Right

bp = Blueprint("pages", __name__)


def house() -> dict[str, str]:
    """Return the facts that the texts name: never typed twice."""
    settings = settings_now()
    return {
        "municipality": settings.municipality,
        "service": settings.service_name,
        "phone": settings.phone,
        "email": settings.email,
    }


def shown(text: texts.Text) -> dict[str, Any]:
    """Return a text as the page of plain words shows it."""
    return {
        "title": text.title,
        "text": markup.render(markup.fill(text.body, house())),
        "text_locale": text.locale if text.locale != locale() else None,
    }


def _page(key: str, **more: Any) -> ResponseReturnValue:
    text = texts.chosen(key, locale(), queries.newest(key))
    return render_template("page.html", here=key, **{**shown(text), **more})


@bp.get("/aukiolo")
@needs(Right.LOOK)
def hours() -> ResponseReturnValue:
    """Show when the sites are open."""
    return _page("hours", sections=sites.days())


@bp.get("/yhteystiedot")
@needs(Right.LOOK)
def where() -> ResponseReturnValue:
    """Show where the sites are, their phones, and how to get there."""
    return _page("where", sections=sites.places(), text_last=True)


@bp.get("/apua")
@needs(Right.LOOK)
def help_page() -> ResponseReturnValue:
    """Show how borrowing works."""
    return _page("help")


@bp.get("/usein-kysyttya")
@needs(Right.LOOK)
def asked() -> ResponseReturnValue:
    """Show what people often ask."""
    return _page("asked")


@bp.get("/lahjoita")
@needs(Right.LOOK)
def donating() -> ResponseReturnValue:
    """Show on which terms things are donated."""
    return _page("donating")


@bp.get("/tietosuoja")
@needs(Right.LOOK)
def privacy() -> ResponseReturnValue:
    """Show what is kept of whom, why and how long."""
    return _page("privacy")


@bp.get("/saavutettavuus")
@needs(Right.LOOK)
def accessibility() -> ResponseReturnValue:
    """Show the accessibility statement."""
    stated = statement.facts(queries.find_statement())
    return render_template("page.html", **statement.page(stated, house()))
