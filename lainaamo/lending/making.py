"""Writing a reservation down, with a pickup code that no other open one of its site has."""

import secrets
from datetime import date

from lainaamo.core import clock
from lainaamo.core.db import hold_name, session
from lainaamo.lending import queries, rules
from lainaamo.lending.models import Reservation


def write_down(
    *,
    for_name: str,
    person_id: int | None,
    unit_id: int | None,
    site_id: int,
    first_day: date,
    last_day: date,
    pick_up_by: date | None = None,
    age_agreed: int | None = None,
) -> Reservation:
    """Write down what is promised to somebody; its lines are the caller's."""
    reservation = Reservation(
        person_id=person_id,
        unit_id=unit_id,
        for_name=for_name,
        site_id=site_id,
        first_day=first_day,
        last_day=last_day,
        pick_up_by=pick_up_by,
        age_agreed=age_agreed,
        pick_up_code=_new_pick_up_code(site_id),
        link_nonce=secrets.token_hex(8),
        made_at=clock.now(),
    )
    session.add(reservation)
    session.flush()
    return reservation


def _new_pick_up_code(site_id: int) -> str:
    """Return a code that no open reservation of the site has; the lock lets no other draw it too.

    Taken last, so that others wait no longer than it takes to write the reservation down.
    """
    hold_name(f"pickup codes of site {site_id}")
    taken = queries.pick_up_codes(site_id)
    while True:
        code = rules.pick_up_code(secrets.randbits(64), open_ones=len(taken))
        if code not in taken:
            return code
