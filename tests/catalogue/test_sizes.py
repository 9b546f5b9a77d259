"""A size among the words narrows the list, as somebody who types it means."""

import pytest

from lainaamo.catalogue.sizes import apart
from tests.make import Make
from tests.strict import Browser


@pytest.mark.parametrize(
    ("words", "rest", "written", "size"),
    [
        ("sukset 150", "sukset", "150", "150 cm"),
        ("sukset 150cm", "sukset", "150cm", "150 cm"),
        ("150 cm sukset", "sukset", "150 cm", "150 cm"),
        ("luistimet koko 38", "luistimet", "38", "38"),
        ("takki xl", "takki", "xl", "XL"),
        ("monot mondo 25,5", "monot mondo", "25,5", "Mondo 25,5"),
    ],
)
def test_a_size_is_told_from_the_words(words: str, rest: str, written: str, size: str) -> None:
    found = apart(words)
    assert (found.words, found.written) == (rest, written)
    assert size in found.sizes


@pytest.mark.parametrize(
    "words", ["", "sukset", "999999", "A4-paperi", "1/2 tynnyri", "3000", "v2.0", "x" * 200]
)
def test_what_is_no_size_stays_a_word(words: str) -> None:
    assert apart(words) == (words, "", ())


def test_somebody_who_types_a_size_sees_what_there_is_of_it(make: Make, browser: Browser) -> None:
    group = make.category("Sukset")
    for name, size in (("Pitkät sukset", "180 cm"), ("Lyhyet sukset", "150 cm")):
        make.item(make.kind(name, category=group), size=size)
    page = browser.get("/?q=sukset+150").text
    assert "Lyhyet sukset" in page
    assert "Pitkät sukset" not in page
    assert "Koko 150" in page
    without = browser.get("/?q=sukset").text
    assert "Pitkät sukset" in without


def test_a_size_that_nothing_has_hides_nothing(make: Make, browser: Browser) -> None:
    make.item(make.kind("Pitkät sukset"), size="180 cm")
    page = browser.get("/?q=sukset+120").text
    assert "Pitkät sukset" in page
