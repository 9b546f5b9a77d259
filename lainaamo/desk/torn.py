"""A torn label: the one thing that a code with one wrong sign may mean."""

from flask import current_app

from lainaamo.core.errors import Refusal
from lainaamo.desk import queries
from lainaamo.desk.queries import Standing
from lainaamo.goods import codes
from lainaamo.goods import queries as goods


def meant(scanned: str) -> Standing | None:
    """Return the thing whose code differs by one sign from what was read, if there is only one."""
    host = current_app.config["SETTINGS"].public_host
    try:
        signs = codes.bare(scanned, host=host)
    except Refusal:
        return None
    found = goods.signs_in_use(codes.near(signs))
    return queries.get_standing(found[0]) if len(found) == 1 else None
