"""The settings of the house as facts: what is set here; None where the environment says it."""

from sqlalchemy.exc import NoResultFound

from lainaamo.administration.records import Record
from lainaamo.administration.rules import Facts
from lainaamo.config import HOUSE
from lainaamo.core import house

ONLY = 1
"""The id by which the one set of settings is known."""


def lock(settings_id: int) -> None:
    """Make others wait who change a setting."""
    if settings_id != ONLY:
        raise NoResultFound
    house.lock()


def read(_settings_id: int) -> Facts:
    """Return what is set here."""
    own = house.own_values()
    return {name: own.get(name) for name in HOUSE}


def check(_settings_id: int, _now: Facts, _after: Facts, _confirmed: int) -> None:
    """Refuse nothing: each value stands for itself."""


def write(_settings_id: int, facts: Facts) -> None:
    """Keep values; they hold from now on, in every process."""
    house.write(facts)


SETTINGS = Record("house_setting", lock, read, check, write)
