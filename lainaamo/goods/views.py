"""The photos of things."""

import re

from flask import Blueprint, current_app, send_file
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from lainaamo.core.web import needs
from lainaamo.people.access import Right

bp = Blueprint("goods", __name__)
PHOTO = re.compile(r"([a-f0-9]{32})\.([sml]\.webp)")
YEAR_S = 365 * 24 * 3600


@bp.get("/kuvat/<file>")
@needs(Right.LOOK)
def photo(file: str) -> ResponseReturnValue:
    """Send a photo; its name never gets another content, so it is kept for a year."""
    asked = PHOTO.fullmatch(file)
    path = current_app.config["FILES"].path(*asked.groups()) if asked else None
    if path is None or not path.is_file():
        raise NotFound
    response = send_file(path, mimetype="image/webp", max_age=YEAR_S, conditional=True)
    response.cache_control.public, response.cache_control.immutable = True, True
    return response
