"""The terms of a loan as a resident reads them: three plain sentences, or a few more."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from lainaamo.core.i18n import euros, full_day, ngettext
from lainaamo.core.i18n import gettext as _
from lainaamo.lending import queries
from lainaamo.lending.rules import Terms


def sentences(terms: Terms, *, first_day: date) -> Sequence[str]:
    """Say how long, how many, and who may: each in a line of its own."""
    return [" ".join(_how_long(terms, first_day)), _how_many(terms), " ".join(_who(terms))]


def _how_long(terms: Terms, first_day: date) -> Iterator[str]:
    days = terms.longest_from(first_day)
    if terms.season_ends is not None:
        last_day = full_day(first_day + timedelta(days))
        yield _("The loan lasts the whole season, until %(day)s.", day=last_day)
        yield _("If it gets too small, change it for another size at the desk.")
        return
    yield ngettext(
        "You can have it for %(num)d day at most.",
        "You can have it for %(num)d days at most.",
        days,
    )
    if terms.renewals:
        yield ngettext(
            "You can renew the loan %(num)d time.",
            "You can renew the loan %(num)d times.",
            terms.renewals,
        )


def _how_many(terms: Terms) -> str:
    return ngettext(
        "You can have %(num)d of these at the same time.",
        "You can have %(num)d of these at the same time.",
        terms.at_once,
    )


def _who(terms: Terms) -> Iterator[str]:
    if terms.least_age:
        words = _("You must be %(age)d years old, or have a guardian's permission.")
        yield words % {"age": terms.least_age}
    if terms.permit_sort_id is not None:
        name = queries.permit_names().get(terms.permit_sort_id, "")
        yield _("You need a permit: %(name)s.", name=name)
    if terms.shows_id or terms.least_age:
        yield _("Show an ID card when you pick it up.")
    if not (terms.least_age or terms.shows_id or terms.permit_sort_id):
        yield _("Anybody can borrow it, and it costs nothing.")
    if terms.replacement_cents:
        price = euros(terms.replacement_cents)
        yield _("If you lose it, the price is %(price)s.", price=price)
