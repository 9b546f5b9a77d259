"""The words for what is stored as a code word."""

from typing import Any

from sqlalchemy import Row

from lainaamo.core.errors import N_
from lainaamo.core.i18n import gettext, pick
from lainaamo.goods.models import Kind

CONDITIONS = {
    "as_new": N_("As new"),
    "good": N_("Good"),
    "worn": N_("Shows wear"),
    "broken": N_("Broken"),
}


def condition_word(condition: str) -> str:
    """Return a condition grade in the language in use."""
    return gettext(CONDITIONS[condition])


def name_of(kind: Kind | Row[Any]) -> str:
    """Return what a kind, or a row with a kind's names, is called in the language in use."""
    return pick(kind.name_simple, kind.name, kind.name_sv, kind.name_en)


def sized(name: str, size: str | None) -> str:
    """Return a name with the size after it, where there is one."""
    return f"{name} {size}" if size else name


def times(number: int, name: str) -> str:
    """Return how many of what; one is only named."""
    return name if number == 1 else f"{number} × {name}"  # noqa: RUF001 - a number of things
