"""What people read is there in every language, and says the same in each."""

import re

import pytest

from lainaamo.core.i18n import DAY, catalogue, gettext, speaking
from scripts import words

NAMES = ("fi", "fi_SIMPLE", "sv")
PICK_UP = "Pick the things up and show your code. Take an ID card with you."


def placeholders(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"%\(\w+\)[sd]", text))


def said(message: str, locale: str) -> str:
    with speaking(locale):
        return gettext(message)


def test_no_sentence_is_missing_left_over_or_hard_to_read() -> None:
    template = words.found()
    faults = [fault for name in words.LANGUAGES for fault in words.problems(name, template)]
    assert faults == []


def test_plain_finnish_says_it_more_plainly_than_finnish() -> None:
    assert said(PICK_UP, "fi").startswith("Nouda tavarat")
    assert said(PICK_UP, "fi-simple").startswith("Hae tavarat")


@pytest.mark.parametrize("name", NAMES)
def test_every_translation_keeps_what_is_filled_in(name: str) -> None:
    for message, forms in catalogue(name).items():
        assert {placeholders(form) for form in forms} == {placeholders(message)}, message


@pytest.mark.parametrize("name", ["fi", "fi_SIMPLE"])
def test_a_finnish_day_is_not_followed_by_a_second_full_stop(name: str) -> None:
    assert DAY["fi"].endswith(".")
    twice = re.compile(r"%\((?:days?|latest|open|first_free_day)\)s[.:]")
    assert [forms for forms in catalogue(name).values() if twice.search(" ".join(forms))] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_translation_has_a_loose_space(name: str) -> None:
    texts = [text for forms in catalogue(name).values() for text in forms]
    assert [text for text in texts if text != text.strip() or "  " in text] == []
