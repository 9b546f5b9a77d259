"""What a browser asks for to look right: the theme, its logo, and the card for the home screen."""

import json

from flask import Blueprint, Response, current_app
from werkzeug.exceptions import NotFound

from lainaamo.config import STATIC
from lainaamo.core.i18n import locale
from lainaamo.core.icons import SIZES
from lainaamo.core.theme import Theme
from lainaamo.core.web import needs, settings_now
from lainaamo.people.access import Right

bp = Blueprint("look", __name__)
KEPT = "public, max-age=31536000, immutable"  # the address has the content's hash
ICONS = (
    ("icon-192", "192x192", "any"),
    ("icon-512", "512x512", "any"),
    ("icon-maskable-512", "512x512", "maskable"),
)


def theme() -> Theme:
    """Return the theme that was found good at start."""
    chosen: Theme = current_app.config["THEME"]
    return chosen


def _kept(content: bytes | str, content_type: str) -> Response:
    response = Response(content, content_type=content_type)
    response.headers["Cache-Control"] = KEPT
    return response


@bp.get("/static/theme.css")
@needs(Right.LOOK)
def stylesheet() -> Response:
    """Return the theme's colours, written anew from what was understood."""
    return _kept(theme().css, "text/css; charset=utf-8")


@bp.get("/static/theme-logo")
@needs(Right.LOOK)
def logo() -> Response:
    """Return the municipality's logo; without one, our own mark."""
    if not theme().logo:
        return _kept((STATIC / "icon.svg").read_bytes(), "image/svg+xml")
    return _kept(theme().logo, theme().logo_type)


@bp.get("/static/theme-icon.svg")
@needs(Right.LOOK)
def tab_icon() -> Response:
    """Return the mark in the theme's colours, for the tab of a browser."""
    return _kept(theme().tab_icon, "image/svg+xml")


@bp.get("/static/theme-icon/<icon>.png")
@needs(Right.LOOK)
def icon(icon: str) -> Response:
    """Return the theme's sign in one of the sizes of home screens."""
    if icon not in SIZES:
        raise NotFound
    return _kept(theme().icon_png(icon), "image/png")


def _address(icon: str) -> str:
    return theme().icon_address(icon) or f"/static/icons/{icon}.png"


@bp.get("/static/lainaamo.webmanifest")
@needs(Right.LOOK)
def manifest() -> Response:
    """Return the card by which a phone puts the service on its home screen."""
    name = settings_now().service_name
    card = {
        "id": "/",
        "name": f"{name}, {settings_now().municipality}",
        "short_name": name[:12].strip(),
        "lang": locale(),
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": theme().colour("bg"),
        "theme_color": theme().colour("brand"),
        "icons": [
            {"src": _address(icon), "sizes": sizes, "type": "image/png", "purpose": use}
            for icon, sizes, use in ICONS
        ],
    }
    text = json.dumps(card, ensure_ascii=False, indent=1)
    return Response(text, content_type="application/manifest+json; charset=utf-8")
