"""The way in for families: from any list to what there is for children, and from there to sizes."""

from collections.abc import Mapping

from lainaamo.catalogue import family_sets, queries
from lainaamo.catalogue.facets import Look
from lainaamo.catalogue.filters import Args, Readdress
from lainaamo.catalogue.queries import Asked
from lainaamo.core.i18n import gettext as _

CHILD = "child"
OWN_CHILDREN = "/omat/lapset"
HELPER = "/perhe"
Banner = Mapping[str, str]


def banner(args: Args, asked: Asked, look: Look | None, readdress: Readdress) -> Banner | None:
    """Return where a family goes on from a list; nothing where there is nothing for children."""
    if args.get("ika") == (CHILD,):
        return {
            "url": OWN_CHILDREN,
            "title": _("Do you often borrow for a child?"),
            "text": _("Keep the child's size with us. Then you reserve in the child's name."),
        }
    is_apart = asked.query is not None or asked.ages or asked.sizes
    if is_apart or not _has_any(asked, look):
        return None
    if family_sets.doings():
        return {
            "url": HELPER,
            "title": _("Things for the whole family?"),
            "text": _("Tell us the heights and shoe sizes. We propose what fits."),
        }
    return {
        "url": readdress(ika=CHILD, jatko=None),
        "title": _("Borrowing for a child?"),
        "text": _("See what we have for children, and in which sizes."),
    }


def _has_any(asked: Asked, look: Look | None) -> bool:
    """Tell whether anything in the list is for children."""
    if look is not None:
        return look.counts.get("ika", {}).get(CHILD, 0) != 0
    return queries.is_any(asked._replace(ages=(CHILD,)))
