"""What people are written: the texts of each message, as shipped or as the house words them.

A text holds blanks such as "{nimi}". They are filled in when it is sent, by plain replacement and
once: nothing that is filled in is read again, so no name of a resident can ask for more.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped

from lainaamo.core.db import session
from lainaamo.core.errors import N_
from lainaamo.core.i18n import gettext, locale
from lainaamo.core.kept import once_per_change
from lainaamo.core.orm import Area, Base, Id

BLANK = re.compile(r"\{([^{}\n]{0,40})\}")
BRACE = re.compile(r"[{}]")
MANY_LINES = re.compile(r"\n{3,}")
PARTS = ("subject", "mail", "sms")
JOINTS = {"subject": " ", "mail": "\n\n", "sms": "\n"}


@dataclass(frozen=True, slots=True)
class Blank:
    """Something that is filled in: its word between braces, what it is, and an example of it.

    One that `is_long` may have several lines.
    """

    word: str
    meaning: str
    sample: str | Callable[[], str]
    is_long: bool = False


BLANKS: dict[str, Blank] = {
    "name": Blank("nimi", N_("first name"), "Aino"),
    "service": Blank("palvelu", N_("the name of the service"), "Lainaamo"),
    "municipality": Blank("kunta", N_("the municipality"), "Iin kunta"),
    "phone": Blank("puhelin", N_("the phone number to call"), "08 123 4567"),
    "link": Blank(
        "linkki", N_("the link to the person's own page"), "https://lainaamo.example.fi/oma/k3j9"
    ),
}
"""What stands for each %(name)s of a shipped text; a feature adds those of its own messages."""
EVERYWHERE = ("service", "municipality", "phone")
SIGNED = "%(service)s, %(municipality)s\n%(phone)s"


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that people get: its number and kind for ever, its shipped texts as msgids.

    `blanks` may stand in its texts, beside the service's own; those of `must` may not be left out.
    Without `sms` it goes by mail only. One that answers somebody goes `at_once`, at night too.
    """

    number: int
    kind: str
    title: str
    blanks: tuple[str, ...]
    subject: str
    mail: tuple[str, ...]
    sms: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    at_once: bool = False

    @property
    def allowed(self) -> Mapping[str, Blank]:
        """Return what may stand in its texts, by the word between braces."""
        return {BLANKS[one].word: BLANKS[one] for one in (*self.blanks, *EVERYWHERE)}


class Texts(NamedTuple):
    """The three texts of a message; None where it has no such text, or none of the house's own."""

    subject: str | None
    mail: str | None
    sms: str | None


class LetterText(Base):
    """How the house words a message in a language; what is None is as shipped."""

    __tablename__ = "letter_text"
    counted_in = Area.HOUSE
    __table_args__ = (UniqueConstraint("letter", "locale"),)

    id: Mapped[Id]
    letter: Mapped[int]
    locale: Mapped[str]
    subject: Mapped[str | None]
    mail: Mapped[str | None]
    sms: Mapped[str | None]


KNOWN: dict[int, Letter] = {}
"""Every message that people get, by number; whoever sends one adds it."""


def add(letter: Letter) -> Letter:
    """Let a message be known, so that its texts can be read and worded anew."""
    kinds = {one.kind for one in KNOWN.values()}
    if letter.number in KNOWN or letter.kind in kinds:
        raise RuntimeError(f"there is a letter {letter.number} or {letter.kind} already")
    KNOWN[letter.number] = letter
    return letter


@once_per_change(Area.HOUSE)
def _own_texts() -> Mapping[tuple[int, str], Texts]:
    columns = (LetterText.subject, LetterText.mail, LetterText.sms)
    rows = session.execute(select(LetterText.letter, LetterText.locale, *columns)).all()
    return {(letter, spoken): Texts(*texts) for letter, spoken, *texts in rows}


def own(letter: Letter, spoken: str) -> Texts:
    """Return how the house words a message in a language."""
    return _own_texts().get((letter.number, spoken), Texts(None, None, None))


def shipped(letter: Letter) -> Texts:
    """Return a message as it was shipped, in the language in use, with its blanks."""
    marks = _Marks()
    subject = gettext(letter.subject) % marks
    mail = "\n\n".join(gettext(one) % marks for one in letter.mail)
    sms = "\n".join(gettext(one) % marks for one in letter.sms)
    return Texts(subject, mail, sms or None)


class _Marks(dict[str, str]):
    """Stands in a shipped text's %(name)s: the blank of that name."""

    def __missing__(self, name: str) -> str:
        return f"{{{BLANKS[name].word}}}"


def texts(letter: Letter) -> Texts:
    """Return a message's texts in the language in use: the house's own, else the shipped ones."""
    mine, usual = own(letter, locale()), shipped(letter)
    return Texts._make(one or other for one, other in zip(mine, usual, strict=True))


def filled(text: str, values: Mapping[str, str], *, is_line: bool = False) -> str:
    """Fill a text's blanks, once; lines that have nothing to say are left out.

    `values` are by the names that shipped texts use; what has none is left empty.
    """
    words = {BLANKS[name].word: _value(name, value) for name, value in values.items()}
    whole = BLANK.sub(lambda found: words.get(found[1], ""), text)
    if is_line:
        return " ".join(whole.split())
    rows = "\n".join(row.strip() for row in whole.splitlines())
    return MANY_LINES.sub("\n\n", rows).strip()


def _value(name: str, value: str) -> str:
    return value if BLANKS[name].is_long else " ".join(value.split())


def written(letter: Letter, values: Mapping[str, str]) -> Texts:
    """Return a message as it goes out, in the language in use."""
    now = texts(letter)
    return Texts(
        filled(now.subject or "", values, is_line=True),
        filled(now.mail or "", values) + "\n",
        filled(now.sms, values) if now.sms else None,
    )


def samples(letter: Letter) -> Mapping[str, str]:
    """Return examples of all that is filled in."""
    usual = {one: BLANKS[one].sample for one in (*EVERYWHERE, *letter.blanks)}
    return {one: text if isinstance(text, str) else text() for one, text in usual.items()}


def tidied(text: str) -> str:
    """Return a text as it is kept: one writing of each sign, no spaces at the ends of lines."""
    rows = unicodedata.normalize("NFC", text).splitlines()
    return MANY_LINES.sub("\n\n", "\n".join(row.strip() for row in rows)).strip()


def unknown_blanks(letter: Letter, text: str) -> Iterator[str]:
    """Yield what stands between braces and is nothing that this message knows."""
    for word in BLANK.findall(text):
        if word not in letter.allowed:
            yield f"{{{word}}}"
    yield from BRACE.findall(BLANK.sub("", text))


def missing_blanks(letter: Letter, text: str) -> Iterator[str]:
    """Yield the blanks that must stand in each text of this message and do not."""
    there = set(BLANK.findall(text))
    yield from (f"{{{BLANKS[one].word}}}" for one in letter.must if BLANKS[one].word not in there)
