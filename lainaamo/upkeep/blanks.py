"""What is filled into messages beside the service's own facts, each with an example."""

from datetime import timedelta

from lainaamo.core import clock
from lainaamo.core.errors import N_
from lainaamo.core.i18n import days, long_day
from lainaamo.core.letters import BLANKS, Blank


def _day() -> str:
    return long_day(clock.today())


def _days() -> str:
    return days(clock.today(), clock.today() + timedelta(days=3))


BLANKS.update(
    {
        "things": Blank(
            "tavarat",
            N_("the things, one on each line"),
            "- Sukset 150\n- Luistimet 38",
            is_long=True,
        ),
        "thing": Blank("tavara", N_("the thing"), "Sukset 150"),
        "days": Blank("ajat", N_("from which day to which"), _days),
        "day": Blank("päivä", N_("the day"), _day),
        "first_day": Blank("alkupäivä", N_("the first day"), _day),
        "until": Blank("viimeistään", N_("the last day for it"), _day),
        "last_day": Blank("palautuspäivä", N_("the day to bring it back"), _day),
        "place": Blank("paikka", N_("the site and its address"), "Lainaamo, Kirkkotie 1"),
        "code": Blank("koodi", N_("the code"), "482 913"),
        "time": Blank("kello", N_("the time"), "12.30"),
        "unit": Blank("yksikkö", N_("the unit"), "Rantakoulu"),
        "wish": Blank("toive", N_("the day that was wished for"), "Toivottu pe 27.11."),
        "answer": Blank(
            "vastaus", N_("the answer that was written"), "Kiitos palautteesta!", is_long=True
        ),
        "quote": Blank("lainaus", N_("what was answered to"), "> Hyvä palvelu", is_long=True),
        "taken": Blank("määrä", N_("how many things were taken in"), "Otimme vastaan 2 tavaraa."),
        "greeting": Blank("tervehdys", N_("a greeting, with the name if it is known"), "Hei Aino!"),
        "results": Blank(
            "tulokset",
            N_("what became of each, one on each line"),
            "Sukset 150: palauta pe 4.12.\nLuistimet 38: joku muu odottaa.",
            is_long=True,
        ),
        "choices": Blank(
            "vaihtoehdot", N_("what one can choose, numbered"), "1 Sukset\n2 Teltta", is_long=True
        ),
        "reply": Blank("vastaa", N_("how one answers the message"), "Vastaa JATKA."),
        "held": Blank(
            "varaus",
            N_("what is reserved, from when, and where"),
            "Olet varannut ajalle pe 27.11. – ma 30.11.:\n\n- Sukset 150",
            is_long=True,
        ),
        "held_short": Blank(
            "lyhyesti",
            N_("what is reserved and for when, in short"),
            "Sukset 150, pe 27.11. – ma 30.11.",
            is_long=True,
        ),
        "waiting": Blank(
            "odottavat", N_("how many wait for an answer"), "2 palautetta odottaa vastausta"
        ),
        "list": Blank(
            "lista",
            N_("all of them, one on each line"),
            "- Vastaa viimeistään pe 27.11.: https://lainaamo.example.fi/hallinta/palaute/5",
            is_long=True,
        ),
    }
)
