"""The photos of things."""

import re

from flask import Blueprint, Response, current_app, request
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
    if asked is None:
        raise NotFound
    if request.if_none_match.contains(file):
        return _kept_for_long(Response(status=304), file)
    content = current_app.config["FILES"].read(*asked.groups())
    if content is None:
        raise NotFound
    return _kept_for_long(Response(content, mimetype="image/webp"), file)


def _kept_for_long(response: Response, file: str) -> Response:
    response.set_etag(file)
    response.cache_control.public, response.cache_control.immutable = True, True
    response.cache_control.max_age = YEAR_S
    return response
