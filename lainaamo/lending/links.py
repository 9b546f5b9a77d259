"""Addresses of borrowers' own pages: long, made from a secret, opening one reservation only."""

import hmac

from lainaamo.config import Settings
from lainaamo.core.secrets import derive, installation_key
from lainaamo.lending.models import Reservation

PURPOSE = "own-page"


def own_path(reservation: Reservation, settings: Settings) -> str:
    """Return the path of a reservation's own page."""
    nonce = reservation.link_nonce
    return f"/oma/{nonce}-{derive(installation_key(settings), PURPOSE, nonce)}"


def nonce_of(token: str, settings: Settings) -> str | None:
    """Return the nonce of an own page's token when the token is one of ours."""
    nonce, _, given = token.partition("-")
    made = derive(installation_key(settings), PURPOSE, nonce)
    return nonce if hmac.compare_digest(made.encode(), given.encode()) else None
