"""A list that the demo's coordinator has brought to the screen and not yet brought in."""

from datetime import timedelta

from sqlalchemy import select

from lainaamo.core import clock, journal
from lainaamo.core.db import session
from lainaamo.core.files import new_name
from lainaamo.intake import actions, uploads
from lainaamo.people.models import Actor, Grant

NAME = "koulun-valineet-2026.csv"
CONTENT = """Nimike;Luokka;Koko;Kpl;Hinta €;Kunto;Hylly
Lasten murtomaasukset;Sukset;120 cm;4;89,00;hyvä;
Lasten murtomaasukset;Sukset;140 cm;4;89,00;hyvä;
Sauvat;Suksisauvat;95 cm;8;19,90;hyvä;
Luistimet;Luistimet;38;6;45,00;kulunut;Z99
Luistimet;Luistimet;40;kuusi;45,00;kulunut;
Kypärä;Kypärät;M;10;30,00;hyvä;
Pulkka;Pulkat;;0;15,00;hyvä;
;Sukset;150 cm;1;;;
Oppilaspulpetti;Pöydät;70 x 50 x 72 cm;24;140,00;kulunut;
Oppilastuoli;Tuolit;;24;60,00;kulunut;
"""


def bring() -> None:
    """Let the coordinator look at a school's list."""
    wanted = select(Actor.alias).join(Grant, Grant.person_id == Actor.person_id)
    coordinator = session.scalars(wanted.where(Grant.role == "coordinator").limit(1)).one()
    content = CONTENT.encode()
    with journal.acting(coordinator), clock.at(clock.now() - timedelta(days=1)):
        sheet = actions.read_list(content)
        uploads.keep(sheet, key=new_name(), name=NAME, content=content, site_id=None)
