"""The words in four languages: fi, plain Finnish over fi, sv, and English as the source.

Babel would read fi_SIMPLE as fi and silently show ordinary Finnish, so the catalogues are chained
here and Babel only formats.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from functools import lru_cache

from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal

from lainaamo.config import TRANSLATIONS
from lainaamo.core import clock
from lainaamo.core.errors import Refusal

# What <html lang> says → the catalogues looked in; the first that has the message wins.
CHAINS: Mapping[str, tuple[str, ...]] = {
    "fi": ("fi",),
    "fi-simple": ("fi_SIMPLE", "fi"),
    "sv": ("sv",),
    "en": (),
}
NAMES = {"fi": "Suomi", "fi-simple": "Selkosuomi", "sv": "Svenska", "en": "English"}
ADDRESS = {"fi": "fi", "selko": "fi-simple", "sv": "sv", "en": "en"}
DEFAULT = "fi"
_locale: ContextVar[str] = ContextVar("locale", default=DEFAULT)

Forms = tuple[str, ...]


@lru_cache(maxsize=8)
def catalogue(name: str) -> Mapping[str, Forms]:
    """Return one catalogue: msgid → its form, or its singular and plural."""
    with (TRANSLATIONS / f"{name}.po").open("rb") as file:
        messages = read_po(file)
    return {
        message.id if isinstance(message.id, str) else message.id[0]: (
            (message.string,) if isinstance(message.string, str) else tuple(message.string)
        )
        for message in messages
        if message.id and message.string and any(message.string) and not message.fuzzy
    }


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Use a language for what is done inside; an unknown one means the default."""
    token = _locale.set(locale if locale in CHAINS else DEFAULT)
    try:
        yield
    finally:
        _locale.reset(token)


def locale() -> str:
    """Return the language in use: a key of CHAINS."""
    return _locale.get()


def gettext(message: str, /, **params: object) -> str:
    """Say a message in the language in use."""
    forms = _forms(message)
    text = forms[0] if forms else message
    return text % params if params else text


_ = gettext


def ngettext(singular: str, plural: str, n: int, /, **params: object) -> str:
    """Say a message about n things; `%(num)d` stands for n."""
    forms = _forms(singular) or (singular, plural)
    return forms[0 if n == 1 else -1] % {"num": n, **params}


def _forms(message: str) -> Forms:
    for name in CHAINS[_locale.get()]:
        forms = catalogue(name).get(message)
        if forms:
            return forms
    return ()


def pick(simple: str | None, fi: str, sv: str | None, en: str | None) -> str:
    """Choose a thing's own name for the language in use; Finnish where it has no other."""
    chosen = {"fi-simple": simple, "sv": sv, "en": en}.get(_locale.get())
    return chosen or fi


def _babel() -> str:
    return {"sv": "sv_FI", "en": "en_FI"}.get(_locale.get(), "fi")


DAY = {"fi": "EEE d.M.", "fi-simple": "cccc d.M.", "sv": "EEE d.M", "en": "EEE d MMM"}


def day(value: date) -> str:
    """Write a day with its weekday: "pe 27.11."; plain Finnish spells the weekday out."""
    return format_date(value, DAY[_locale.get()], locale=_babel())


def short_day(value: date) -> str:
    """Write a day without its weekday: "27.11."."""
    return format_date(
        value, {"en": "d MMM", "sv": "d.M"}.get(_locale.get(), "d.M."), locale=_babel()
    )


def column_day(value: date) -> str:
    """Write a day as the head of a narrow column: "pe 27."."""
    form = {"en": "EEE d", "sv": "EEE d"}.get(_locale.get(), "EEE d.")
    return format_date(value, form, locale=_babel())


def long_day(value: date) -> str:
    """Write on which day something happens, the weekday spelled out: "maanantaina 30.11."."""
    form = {"en": "EEEE d MMMM", "sv": "EEEE d.M"}.get(_locale.get(), "EEEE d.M.")
    return format_date(value, form, locale=_babel())


def month_words(value: date) -> str:
    """Write a month with its year: "marraskuu 2026"."""
    words: str = format_date(value, "LLLL y", locale=_babel())
    return words[0].upper() + words[1:]


def full_day(value: date) -> str:
    """Write a day with its year: "27.11.2026"; of a moment, the day in Helsinki."""
    if isinstance(value, datetime):
        value = clock.local(value).date()
    return format_date(value, {"en": "d MMM y"}.get(_locale.get(), "d.M.y"), locale=_babel())


def days(first: date, last: date) -> str:
    """Write a run of days; one day is written once."""
    return day(first) if first == last else f"{day(first)} – {day(last)}"


def clock_time(moment: datetime) -> str:
    """Write the time on the wall in Helsinki: "10.44" (English "10:44")."""
    return clock.local(moment).strftime("%-H:%M" if _locale.get() == "en" else "%-H.%M")


HOURS = {"fi": "klo {}–{}", "fi-simple": "kello {}–{}", "sv": "kl. {}–{}", "en": "{} to {}"}


def hours(opens: time, closes: time) -> str:
    """Write opening hours: "klo 12–17", "kl. 12–17.30"."""
    return HOURS[_locale.get()].format(_hour(opens), _hour(closes))


def _hour(value: time) -> str:
    separator = ":" if _locale.get() == "en" else "."
    if value.minute or separator == ":":
        return f"{value.hour}{separator}{value.minute:02}"
    return str(value.hour)


def in_hours(minutes: int) -> str:
    """Write minutes as hours, to a tenth: "8", "7,5"."""
    words: str = format_decimal(minutes / 60, "0.#", locale=_babel())
    return words


def euros(cents: int) -> str:
    """Write an amount of euro cents."""
    return format_currency(cents / 100, "EUR", locale=_babel())


def retold(refusal: Refusal) -> str:
    """Say a refusal in the language in use, its days written as people write them."""
    shown = {name: _shown(value) for name, value in refusal.params.items()}
    return gettext(refusal.message, **shown)


def _shown(value: object) -> object:
    """Write a day as people do, and several refusals one after another."""
    if isinstance(value, date):
        return day(value)
    if isinstance(value, tuple):
        return " ".join(retold(one) for one in value if isinstance(one, Refusal))
    return value
