"""The words for what is stored as a code word."""

from lainaamo.core.errors import N_
from lainaamo.core.i18n import gettext

CONDITIONS = {
    "as_new": N_("As new"),
    "good": N_("Good"),
    "worn": N_("Shows wear"),
    "broken": N_("Broken"),
}


def condition_word(condition: str) -> str:
    """Return a condition grade in the language in use."""
    return gettext(CONDITIONS[condition])
