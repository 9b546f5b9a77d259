"""The words for what is stored as a code word."""

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


def name_of(kind: Kind) -> str:
    """Return what a kind is called in the language in use."""
    return pick(kind.name_simple, kind.name, kind.name_sv, kind.name_en)
