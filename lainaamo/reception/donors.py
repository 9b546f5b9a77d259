"""What residents give: accepted terms are kept, names and contacts only for a while."""

from datetime import timedelta

from sqlalchemy import select, update

from lainaamo.core import clock, journal, outbox
from lainaamo.core.db import session
from lainaamo.people.rules import Contact
from lainaamo.reception.models import Donation

KEPT = timedelta(days=90)
"""For how long a donor's name and contact are kept: the thanks, and a question about a thing."""
ERASED_AT_ONCE = 500
THANKED_AFTER = timedelta(minutes=30)
THANKS = "donation.thanks"


def accept(
    *,
    first_name: str | None,
    contact: Contact | None,
    locale: str,
    terms_number: int,
    terms_locale: str,
    terms_hash: str,
) -> Donation:
    """Write down that a resident gives on these terms; who left a contact is thanked there.

    The thanks go half an hour later, when all that was brought is written down.
    """
    donation = Donation(
        first_name=first_name or None,
        email=contact.email if contact else None,
        phone=contact.phone if contact else None,
        locale=locale,
        terms_number=terms_number,
        terms_locale=terms_locale,
        terms_hash=terms_hash,
        made_at=clock.now(),
    )
    session.add(donation)
    session.flush()
    journal.write("donation.accepted", "donation", donation.id, terms=terms_number)
    if contact is not None:
        due_at = clock.now() + THANKED_AFTER
        outbox.promise(THANKS, str(donation.id), due_at=due_at, donation=donation.id)
    return donation


def erase_old() -> int:
    """Forget who gave what at the keep-time, so many at once; return how many."""
    before = clock.now() - KEPT
    wanted = select(Donation.id).where(Donation.made_at < before, Donation.erased_at.is_(None))
    ids = session.scalars(wanted.order_by(Donation.id).limit(ERASED_AT_ONCE)).all()
    if ids:
        nothing = {"first_name": None, "email": None, "phone": None, "erased_at": clock.now()}
        session.execute(update(Donation).where(Donation.id.in_(ids)).values(**nothing))
        journal.write_many("donation.erased", "donation", [(one, {}) for one in ids])
    return len(ids)
