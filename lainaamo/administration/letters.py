"""How the house words a message in one language, as facts: None where it is as shipped."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.exc import NoResultFound

from lainaamo.administration.records import Record
from lainaamo.administration.rules import Facts
from lainaamo.core import letters
from lainaamo.core.db import hold_name, session
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import CHAINS, NAMES, gettext, speaking
from lainaamo.core.letters import KNOWN, PARTS, Letter, LetterText, Texts

LOCALES = tuple(CHAINS)
ROOM = 10
"""So many languages have room in a text's number, which is the letter's and the language's."""

UNKNOWN = N_("%(blank)s is not known in this message. Look at the list of blanks.")
MISSING = N_("%(blank)s must stay in the text.")


class Wording(NamedTuple):
    """A message in a language."""

    letter: Letter
    locale: str

    @property
    def number(self) -> int:
        """Return the number that it is known by."""
        return self.letter.number * ROOM + LOCALES.index(self.locale)

    @property
    def name(self) -> str:
        """Return what it is called: the message, and the language where it is not Finnish."""
        title = gettext(self.letter.title)
        return title if self.locale == LOCALES[0] else f"{title} ({NAMES[self.locale]})"

    def shipped(self) -> Texts:
        """Return its texts as they came with the program."""
        with speaking(self.locale):
            return letters.shipped(self.letter)


def wording(text_id: int) -> Wording:
    """Return the message and the language of a number."""
    number, place = divmod(text_id, ROOM)
    if number not in KNOWN or place >= len(LOCALES):
        raise NoResultFound
    return Wording(KNOWN[number], LOCALES[place])


def wordings() -> Iterator[Wording]:
    """Yield each message in Finnish, in the order of their numbers."""
    for number in sorted(KNOWN):
        yield Wording(KNOWN[number], LOCALES[0])


def reworded() -> Mapping[int, int]:
    """Return in how many languages the house words a message in its own way."""
    found: dict[int, int] = {}
    for one in wordings():
        of_house = [letters.own(one.letter, spoken) for spoken in LOCALES]
        found[one.letter.number] = sum(any(texts) for texts in of_house)
    return found


def lock(text_id: int) -> None:
    """Make others wait who word the same."""
    wording(text_id)
    hold_name(f"letter:{text_id}")  # there may be no row yet


def _row(this: Wording) -> Select[LetterText]:
    same = (LetterText.letter == this.letter.number, LetterText.locale == this.locale)
    return select(LetterText).where(*same)


def read(text_id: int) -> Facts:
    """Return the texts that are the house's own."""
    this = wording(text_id)
    return letters.own(this.letter, this.locale)._asdict()


def faults(letter: Letter, part: str, text: str) -> Iterator[Refusal]:
    """Yield what is wrong with a text: a blank that nothing fills, or one that is lacking."""
    for blank in letters.unknown_blanks(letter, text):
        yield Refusal(UNKNOWN, code="unknown_blank", blank=blank)
    if part != "subject":
        for blank in letters.missing_blanks(letter, text):
            yield Refusal(MISSING, code="missing_blank", blank=blank)


def check(text_id: int, _now: Facts, after: Facts, _confirmed: int) -> None:
    """Refuse texts whose blanks nothing would fill."""
    this = wording(text_id)
    for part, text in after.items():
        for fault in faults(this.letter, part, text or ""):
            if text is not None:
                raise fault


def write(text_id: int, facts: Facts) -> None:
    """Keep texts; None gives the shipped one back."""
    this = wording(text_id)
    row = session.scalar(_row(this))
    if row is None:
        row = LetterText(letter=this.letter.number, locale=this.locale)
        session.add(row)
    for part in PARTS:
        if part in facts:
            setattr(row, part, facts[part])


LETTER = Record("letter_text", lock, read, check, write)
