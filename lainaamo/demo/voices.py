"""What people of the demo have said, and what the municipality has written itself."""

from contextlib import AbstractContextManager
from datetime import timedelta

from sqlalchemy import select

from lainaamo.core import clock, journal
from lainaamo.core.db import session
from lainaamo.demo.tables import Row, read
from lainaamo.feedback import actions as feedback
from lainaamo.feedback import found
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Item
from lainaamo.lending import opinions
from lainaamo.lending.models import Loan
from lainaamo.pages import actions as pages
from lainaamo.people.models import Actor, Grant
from lainaamo.people.rules import Contact

ARRIVING = (
    "Yhteystiedot ja saapuminen",
    (
        "Soita {phone} tai kirjoita {email}.\n\n"
        "## Varasto\n- Ovi on rakennuksen takana, valkoinen ja leveä. "
        "Pihassa on neljä autopaikkaa.\n"
        "- Bussit pysähtyvät sadan metrin päässä.\n\n"
        "## Jos tarvitset apua ovella\nSoita, niin tulemme vastaan. Saat tuoda avustajan tai "
        "opaskoiran.\n\n[Aukioloajat](/aukiolo) · [Usein kysyttyä](/usein-kysyttya)"
    ),
)
# How many days ago → where a thing was found, and how to reach who found it.
FOUND = {
    1: ("Bussipysäkillä koulun vieressä, penkin alla.", Contact(None, "+358401239876")),
    2: ("Jäi jäähallin pukuhuoneeseen kolme.", None),
}
DAYS_OF_FACES = 92
BREAK = {
    "fi": "Tiski on kiinni perjantaina inventoinnin takia.",
    "fi-simple": "Tiski on kiinni perjantaina. Laskemme tavarat.",
    "sv": "Disken är stängd på fredag på grund av inventering.",
    "en": "The desk is closed on Friday for stocktaking.",
}


def speak() -> None:
    """Play the feedback of three months, a text of the municipality's own and a past notice."""
    clerk = _coordinator()
    for row in read("voices"):
        _say(row, clerk)
    _say_how_it_went()
    for days_ago, (spot, contact) in FOUND.items():
        with journal.acting("anonymous"), _ago(days_ago):
            found.report(_lent_out(days_ago), spot=spot, contact=contact, locale="fi")
    with journal.acting(clerk), _ago(60):
        pages.save("where", "fi", *ARRIVING, seen=0)
    with journal.acting(clerk), _ago(45):
        ends = clock.now() + timedelta(days=2)
        pages.put_up(BREAK, starts_at=clock.now(), shown_until=ends, seen=0)
    with journal.acting(clerk), _ago(43):
        pages.take_down(seen=1)


def _say_how_it_went() -> None:
    """Let one of three who brought something back in these months tap a face: mostly a good one."""
    since, later = clock.now() - timedelta(days=DAYS_OF_FACES), timedelta(hours=2)
    back = (Loan.returned_at > since, Loan.returned_at < clock.now() - later)
    wanted = select(Loan).where(*back, Loan.id % 3 == 0).order_by(Loan.id)
    for loan in session.scalars(wanted).all():
        face = "bad" if loan.id % 17 == 0 else "fair" if loan.id % 7 == 0 else "good"
        with clock.at((loan.returned_at or since) + later):
            opinions.give(loan, face)


def _lent_out(place: int) -> Item:
    """Return a thing that is out, each time another."""
    wanted = select(Loan.item_id).where(Loan.returned_at.is_(None)).order_by(Loan.id)
    return goods.get_item(session.scalars(wanted.offset(place).limit(1)).one())


def _coordinator() -> str:
    wanted = select(Actor.alias).join(Grant, Grant.person_id == Actor.person_id)
    return session.scalars(wanted.where(Grant.role == "coordinator").limit(1)).one()


def _ago(days: int) -> AbstractContextManager[None]:
    return clock.at(clock.now() - timedelta(days=days))


def _say(row: Row, clerk: str) -> None:
    with journal.acting("anonymous"), _ago(int(row["days_ago"])):
        said = feedback.give(
            about=row["about"],
            face=row["face"],
            text=row["text"] or None,
            reply_to=row["reply_to"] or None,
            page=row["page"],
            locale=row["locale"],
        )
    if not row["handled_after"]:
        return
    with journal.acting(clerk), _ago(int(row["days_ago"]) - int(row["handled_after"])):
        if row["answer"]:
            feedback.answer(said.id, row["answer"])
        else:
            feedback.mark_handled(said.id)
