"""Words in the desk's field: things by name with their shelves, and borrowers where one lends."""

from collections.abc import Sequence
from urllib.parse import urlencode

from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import gettext as _
from lainaamo.desk import borrower_page, cards, listing, torn
from lainaamo.desk.cards import Card
from lainaamo.desk.rules import Mode
from lainaamo.people.models import Person
from lainaamo.people.rules import read_contact

SHORTEST, MOST = 3, 8
NEW_BORROWER = "/tiski/lainaajat/haku"


def words_of(text: str) -> str:
    """Return the words of what was typed, cut to what is looked for."""
    return " ".join(text.replace("\0", " ").split())[: listing.LONGEST_WORDS]


def is_words(text: str, refusal: Refusal) -> bool:
    """Tell whether what is no code of ours is to be looked for: a name can look like a torn one."""
    words = words_of(text)
    has_letter = any(sign.isalpha() for sign in words)
    if len(words) < SHORTEST or len(text) > listing.LONGEST_WORDS or not has_letter:
        return False
    return refusal.code == "not_a_code" or (refusal.code == "wrong_sign" and words.isalpha())


def is_contact(text: str) -> bool:
    """Tell whether a text is a phone number or an e-mail address."""
    try:
        read_contact(text)
    except Refusal:
        return False
    return True


def url_of(words: str, mode: Mode) -> str:
    """Return the address at which the desk shows the things that words mean."""
    return "/tiski?" + urlencode({"tila": str(mode), "q": words})


def card(words: str, mode: Mode, people: Sequence[Person] = ()) -> Card:
    """Return the answer to words: a short list of things and of people, or what to do instead."""
    things = listing.short(words, MOST + 1)
    found: Card = {
        "tone": "info",
        "title": _("Found with “%(words)s”", words=words),
        "text": None,
        "thing": None,
        "people": [_person(one) for one in people],
        "things": [_thing(one, mode) for one in things[:MOST] if one["code"]],
        "actions": _elsewhere(words, mode, is_more=len(things) > MOST),
    }
    if found["people"] or found["things"]:
        return found | {"only_looks": True}
    meant = cards.meant(torn.meant(words), mode)
    nothing = {"tone": "warn", "title": _("Nothing was found for “%(words)s”.", words=words)}
    return found | (meant or nothing)


def _person(one: Person) -> Card:
    return {**borrower_page.row(one), "fields": [("person", str(one.id))]}


def _thing(row: Card, mode: Mode) -> Card:
    query = urlencode({"tila": str(mode), "tavara": row["code"]})
    return {**row, "url": f"/tiski?{query}"}


def _elsewhere(words: str, mode: Mode, *, is_more: bool) -> list[Card]:
    """Return where else to look: all things, a borrower, or a new one."""
    all_of = f"/tavarat?{urlencode({'q': words})}"
    steps = [cards.act(_("Show all"), "search", all_of)] if is_more else []
    label = _("New borrower") if mode is Mode.LOAN else _("Look for a borrower")
    return [*steps, cards.act(label, "people", NEW_BORROWER, [("q", words)])]
