"""Words in four languages, and days as people write them."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from lainaamo.core import clock, i18n
from lainaamo.core.errors import Refusal
from lainaamo.core.i18n import gettext, ngettext, speaking

PO = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
CATALOGUES = {
    "fi": 'msgid "Borrow"\nmsgstr "Lainaa"\n\nmsgid "Return"\nmsgstr "Palauta"\n\n'
    'msgid "Until %(day)s"\nmsgstr "%(day)s asti"\n\n'
    '#, fuzzy\nmsgid "Guess"\nmsgstr "Arvaus"\n\n'
    'msgid "one thing"\nmsgid_plural "%(num)d things"\n'
    'msgstr[0] "yksi tavara"\nmsgstr[1] "%(num)d tavaraa"\n',
    "fi_SIMPLE": 'msgid "Return"\nmsgstr "Tuo takaisin"\n',
    "sv": 'msgid "Borrow"\nmsgstr "Låna"\n',
}


@pytest.fixture(autouse=True)
def small_catalogues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, text in CATALOGUES.items():
        (tmp_path / f"{name}.po").write_text(f"{PO}\n{text}", encoding="utf-8")
    monkeypatch.setattr(i18n, "TRANSLATIONS", tmp_path)
    i18n.catalogue.cache_clear()
    yield
    i18n.catalogue.cache_clear()


@pytest.mark.parametrize(
    ("locale", "borrow", "give_back", "nobody"),
    [
        ("fi", "Lainaa", "Palauta", "Nobody wrote this"),
        ("fi-simple", "Lainaa", "Tuo takaisin", "Nobody wrote this"),
        ("sv", "Låna", "Return", "Nobody wrote this"),
        ("en", "Borrow", "Return", "Nobody wrote this"),
        ("xx", "Lainaa", "Palauta", "Nobody wrote this"),
    ],
)
def test_plain_finnish_falls_back_to_finnish_and_that_to_english(
    locale: str, borrow: str, give_back: str, nobody: str
) -> None:
    with speaking(locale):
        assert (gettext("Borrow"), gettext("Return")) == (borrow, give_back)
        assert gettext("Nobody wrote this") == nobody


def test_a_translators_unchecked_guess_is_not_shown() -> None:
    with speaking("fi"):
        assert gettext("Guess") == "Guess"


def test_one_thing_and_many_things() -> None:
    with speaking("fi"):
        said = [ngettext("one thing", "%(num)d things", n) for n in (0, 1, 2)]
    assert said == ["0 tavaraa", "yksi tavara", "2 tavaraa"]
    with speaking("en"):
        assert ngettext("one thing", "%(num)d things", 2) == "2 things"


def test_a_per_cent_sign_in_a_text_without_values_stays() -> None:
    with speaking("en"):
        assert gettext("100 % cotton") == "100 % cotton"


@pytest.mark.parametrize(
    ("locale", "written"),
    [
        ("fi", ("pe 27.11.", "perjantaina 27.11.", "27.11.2026", "10.44")),
        ("fi-simple", ("perjantai 27.11.", "perjantaina 27.11.", "27.11.2026", "10.44")),
        ("sv", ("fre 27.11", "fredag 27.11", "27.11.2026", "10.44")),
        ("en", ("Fri 27 Nov", "Friday 27 November", "27 Nov 2026", "10:44")),
    ],
)
def test_days_and_times_are_written_as_people_write_them(
    locale: str, written: tuple[str, ...]
) -> None:
    day, moment = date(2026, 11, 27), datetime(2026, 11, 27, 10, 44, tzinfo=clock.HELSINKI)
    with speaking(locale):
        said = (i18n.day(day), i18n.long_day(day), i18n.full_day(day), i18n.clock_time(moment))
    assert said == written


def test_a_run_of_one_day_is_written_once() -> None:
    friday, monday = date(2026, 11, 27), date(2026, 11, 30)
    with speaking("fi"):
        assert i18n.days(friday, friday) == "pe 27.11."
        assert i18n.days(friday, monday) == "pe 27.11. – ma 30.11."


def test_euros() -> None:
    with speaking("fi"):
        assert i18n.euros(123456).replace("\xa0", " ") == "1 234,56 €"
    with speaking("en"):
        assert i18n.euros(100).replace("\xa0", " ") == "1,00 €"


def test_a_refusal_is_told_in_the_readers_words() -> None:
    refusal = Refusal("Until %(day)s", day=date(2026, 11, 27))
    with speaking("fi"):
        assert i18n.retold(refusal) == "pe 27.11. asti"


def test_a_things_own_name_is_finnish_where_it_has_no_other() -> None:
    for locale, name in {"fi": "Sukset", "fi-simple": "Sukset", "sv": "Skidor"}.items():
        with speaking(locale):
            assert i18n.pick(None, "Sukset", "Skidor", "Skis") == name
