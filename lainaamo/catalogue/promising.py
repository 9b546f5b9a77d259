"""Promising what a form asks for: for good to who is known here, else until it is confirmed."""

from collections.abc import Callable, Sequence
from datetime import date

from lainaamo.catalogue.borrowing import borrower_of, stranger_of
from lainaamo.catalogue.forms import BorrowerForm, OwnForm
from lainaamo.doors.asking import is_known_browser
from lainaamo.lending import actions as lending
from lainaamo.lending import confirming, limits
from lainaamo.lending.actions import Asked
from lainaamo.lending.models import Reservation


def promised(
    asked: Sequence[Asked],
    form: BorrowerForm | OwnForm,
    find_site: Callable[[], int],
    *,
    first_day: date,
    last_day: date,
) -> Reservation:
    """Promise for good to who is known here, else until the contact is confirmed.

    `find_site` is called when a stranger's try is counted: nothing may be read before.
    """
    stranger, days = stranger_of(form), {"first_day": first_day, "last_day": last_day}
    if stranger is None:
        return lending.reserve(asked, borrower_of(form), site_id=find_site(), **days)
    if is_known_browser():
        same = confirming.find_same(asked, stranger, site_id=find_site(), **days)
        if same is not None:
            return same
    with limits.counting(stranger.contact):
        return confirming.hold(asked, stranger, site_id=find_site(), **days)
