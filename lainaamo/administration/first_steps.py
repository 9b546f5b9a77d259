"""What a new house still lacks before somebody can borrow, told to its administrator."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lainaamo.administration import queries
from lainaamo.config import Settings
from lainaamo.core import house
from lainaamo.core.errors import N_


class Step(NamedTuple):
    """One thing to do; `done` is read from what the house has, nobody ticks it."""

    key: str
    url: str
    title: str
    text: str
    done: bool = False


STEPS = (
    Step(
        "contact",
        "/hallinta/asetukset",
        N_("Phone and e-mail of the house"),
        N_("They stand at the foot of every page and in every message."),
    ),
    Step(
        "categories",
        "/hallinta/luokat",
        N_("Categories of things"),
        N_("Take the ready-made ones, then change what you like."),
    ),
    Step(
        "site",
        "/hallinta/toimipisteet",
        N_("A site and its opening hours"),
        N_("Where things are fetched and returned, and when."),
    ),
    Step(
        "shelves",
        "/hallinta/toimipisteet",
        N_("Rooms and shelves"),
        N_("Then everybody sees where a thing is."),
    ),
    Step(
        "staff",
        "/hallinta/kayttajat",
        N_("Staff and workers"),
        N_("Everybody has a sign-in or a number of their own."),
    ),
    Step(
        "things",
        "/tuonti",
        N_("The first things"),
        N_("Bring a list in, or take things in one by one with a photo."),
    ),
    Step(
        "statement",
        "/hallinta/saavutettavuus",
        N_("Accessibility statement"),
        N_("The law asks for it. We have filled most of it in."),
    ),
)
USUAL = Settings()


def steps(settings: Settings) -> Sequence[Step]:
    """Return the steps as they stand; nothing when all of them are done."""
    done = {**queries.what_there_is(), "contact": _has_contact(settings)}
    told = [step._replace(done=done[step.key], url=_url(step, done)) for step in STEPS]
    return [] if all(step.done for step in told) else told


def _has_contact(settings: Settings) -> bool:
    now = house.over(settings)
    return now.phone != USUAL.phone and now.email != USUAL.email


def _url(step: Step, done: Mapping[str, bool]) -> str:
    """Return where a step is done: shelves need a site first."""
    is_inside = step.key == "shelves" and done["site"]
    return f"{step.url}/{queries.first_site_id()}/hyllyt" if is_inside else step.url
