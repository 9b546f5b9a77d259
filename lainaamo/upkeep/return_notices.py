"""The thanks after a return, with one question: how did it go."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import joinedload

from lainaamo.config import Settings
from lainaamo.core import clock, letters, outbox
from lainaamo.core.db import session, transaction
from lainaamo.core.errors import N_
from lainaamo.core.letters import SIGNED, Letter
from lainaamo.core.outbox import Handler
from lainaamo.goods.models import Item
from lainaamo.goods.words import name_of, sized
from lainaamo.lending import opinions
from lainaamo.lending.models import Loan
from lainaamo.people.models import Person
from lainaamo.upkeep import blanks  # noqa: F401 - what its texts are filled with
from lainaamo.upkeep.post import Reached, Told, handler

RETURNED = "loan.thanks"
AFTER, WITHIN = timedelta(minutes=30), timedelta(days=1)
"""How long after a return the thanks go: what was scanned by mistake is taken back till then."""

THANKS = letters.add(
    Letter(
        number=22,
        kind=RETURNED,
        title=N_("Thanks for a return"),
        blanks=("name", "thing", "link"),
        subject=N_("Thank you for bringing it back: %(thing)s"),
        mail=(
            N_("Hello %(name)s!"),
            N_("Thank you for bringing it back: %(thing)s"),
            N_("How did borrowing go? One tap is enough: %(link)s"),
            SIGNED,
        ),
        sms=(),
        must=("link",),
    )
)


def handlers(settings: Settings) -> Mapping[str, Handler]:
    """Return what is done when somebody brought things back."""
    return {RETURNED: handler(settings, THANKS, _thanks)}


def ask() -> None:
    """Promise the thanks to whoever brought something back, once a day for a person."""
    now = clock.now()
    with transaction():
        for person_id, loan_id in opinions.returned_between(now - WITHIN, now - AFTER):
            once = f"{person_id}:{clock.local(now).date()}"
            outbox.promise(RETURNED, once, loan=loan_id)


def _thanks(settings: Settings, payload: dict[str, Any], _message_id: str) -> Told | None:
    """Ask of a loan that came back and stayed so, unless it was told of already."""
    whole = joinedload(Loan.item).joinedload(Item.kind)
    loan = session.get(Loan, payload["loan"], options=[whole])
    if loan is None or loan.returned_at is None or opinions.find(loan.id) is not None:
        return None
    to = Reached.person(session.get(Person, loan.person_id))
    if to is None or to.email is None:
        return None
    link = settings.public_url.rstrip("/") + opinions.path_of(loan.id, settings)
    item = loan.item
    facts = {"name": loan.for_name, "link": link}
    return Told(to, lambda: {**facts, "thing": sized(name_of(item.kind), item.size)})
