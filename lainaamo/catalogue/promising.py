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
    form: BorrowerForm | OwnForm,
    ask: Callable[[], tuple[Sequence[Asked], int]],
    *,
    first_day: date,
    last_day: date,
) -> Reservation:
    """Promise for good to who is known here, else until the contact is confirmed.

    `ask` reads what is asked for, and at which site. It is called when a stranger's try is counted:
    who reads before keeps a connection while waiting for the one that counts.
    """
    stranger, days = stranger_of(form), {"first_day": first_day, "last_day": last_day}
    if stranger is None:
        asked, site_id = ask()
        return lending.reserve(asked, borrower_of(form), site_id=site_id, **days)
    if is_known_browser():
        asked, site_id = ask()
        same = confirming.find_same(asked, stranger, site_id=site_id, **days)
        if same is not None:
            return same
    with limits.counting(stranger.contact):
        asked, site_id = ask()
        return confirming.hold(asked, stranger, site_id=site_id, **days)
