"""A text message's length is counted as the networks count it."""

import pytest

from lainaamo.core.text_length import length


@pytest.mark.parametrize(
    ("text", "places", "parts"),
    [
        ("", 0, 1),
        ("Hei Äiti, älä åka Örölle!", 25, 1),
        ("x" * 160, 160, 1),
        ("x" * 161, 161, 2),
        ("x" * 306, 306, 2),
        ("x" * 307, 307, 3),
        ("€" * 80, 160, 1),
        ("€" * 81, 162, 2),
        ("š" + "x" * 69, 70, 1),
        ("š" + "x" * 70, 71, 2),
        ("😀" * 35, 70, 1),
        ("–", 1, 1),
    ],
)
def test_a_text_takes_so_many_parts(text: str, places: int, parts: int) -> None:
    found = length(text)
    assert (found.places, found.parts) == (places, parts)


def test_the_signs_that_make_it_dear_are_named() -> None:
    assert length("Hei – š!").wide == ("š", "–")
