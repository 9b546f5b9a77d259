"""Which words a page has in a language: the municipality's own over the shipped ones."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from lainaamo.core.errors import N_
from lainaamo.pages.models import LOCALES, PageVersion
from lainaamo.pages.queries import Newest

# The texts an administrator may write, and the address each is shown at.
PAGES: Mapping[str, str] = {
    "hours": "/aukiolo",
    "where": "/yhteystiedot",
    "help": "/apua",
    "asked": "/usein-kysyttya",
    "privacy": "/tietosuoja",
    "donating": "/lahjoita",
}
NAMES: Mapping[str, str] = {
    "hours": N_("Opening hours"),
    "where": N_("Contact and how to find us"),
    "help": N_("Help"),
    "asked": N_("Often asked"),
    "privacy": N_("Privacy notice"),
    "donating": N_("Donating things"),
}
# Where a reader is led whose language was left empty; the same way as the words of the screens go.
FALLBACK: Mapping[str, tuple[str, ...]] = {
    "fi": ("fi", "en", "sv"),
    "fi-simple": ("fi-simple", "fi", "en"),
    "sv": ("sv", "en", "fi"),
    "en": ("en", "fi"),
}


@dataclass(frozen=True, slots=True)
class Text:
    """A page's words in the language they are in."""

    title: str
    body: str
    locale: str


@cache
def shipped(key: str, locale: str) -> Text:
    """Return the text that came with the program; its first line is the title."""
    path = files("lainaamo.pages") / "shipped" / f"{key}.{locale}.txt"
    title, _, body = path.read_text(encoding="utf-8").partition("\n")
    return Text(title.removeprefix("# ").strip(), body.strip(), locale)


def chosen(key: str, locale: str, newest: Mapping[str, Newest]) -> Text:
    """Choose the words for a reader; `newest` has the last version of each language."""
    found = (_written(key, one, newest.get(one)) for one in FALLBACK[locale])
    return next((text for text in found if text is not None), shipped(key, locale))


def read(key: str, locale: str, version: PageVersion | Newest | None) -> Text:
    """Return what a version says, empty or not, for the one who edits it."""
    if version is None or version.body is None:
        return shipped(key, locale)
    return Text(version.title or "", version.body, locale)


def mark(text: Text) -> str:
    """Return what tells one wording from every other: the SHA-256 of its title and body."""
    return hashlib.sha256(f"{text.title}\n{text.body}".encode()).hexdigest()


def _written(key: str, locale: str, version: PageVersion | Newest | None) -> Text | None:
    text = read(key, locale, version)
    return text if text.body.strip() and text.title.strip() else None


def everything() -> Iterator[tuple[str, str]]:
    """Yield every page with every language."""
    for key in PAGES:
        for locale in LOCALES:
            yield key, locale
