"""Answers mean what people meant, however they type them, and nothing that they did not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lainaamo.lending.answer_words import CANCEL, CHOOSE, RENEW, UNCLEAR, Said, read


@pytest.mark.parametrize(
    "text",
    [
        *(
            "JATKA",
            "jatka",
            " Jatka! ",
            "»jatka«",
            "J A T K A",
            "jatka.\n\nt. Aino",
            "Jatka kiitos",
        ),
        *("FÖRLÄNG", "forlang tack", "förläng", "renew please", "RENEW.", "extend"),
    ],
)
def test_who_wants_more_time_is_understood(text: str) -> None:
    assert read(text) == Said(RENEW)


@pytest.mark.parametrize("text", ["PERU", "peru!!", "Peruuta", "avboka", "Avbeställ", "cancel"])
def test_who_cancels_is_understood(text: str) -> None:
    assert read(text) == Said(CANCEL)


@pytest.mark.parametrize(
    ("text", "said"),
    [("peru 2", Said(CANCEL, 2)), ("2", Said(CHOOSE, 2)), (" 2. ", Said(CHOOSE, 2))],
)
def test_the_number_beside_is_read(text: str, said: Said) -> None:
    assert read(text) == said


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "   ",
            "?",
            "moi",
            "älä jatka",
            "en peru",
            "ei jatkoa",
            "don't cancel",
            "inte avboka",
        ),
        *("jatka tai peru", "peru 1 2", "jatkuuko", "perunat", "123456789", "x" * 10_000),
        "Olen lomalla enkä lue viestejä ennen maanantaita jos jatka tarvitaan soita numeroon",
        *("<script>jatka()</script> peru", "١"),  # noqa: RUF001 - a digit of another script
    ],
)
def test_what_may_mean_something_else_does_nothing(text: str) -> None:
    assert read(text).meaning == UNCLEAR


@settings(max_examples=30)
@given(st.text(max_size=300))
def test_no_text_at_all_breaks_the_reading(text: str) -> None:
    assert read(text).meaning in {RENEW, CANCEL, CHOOSE, UNCLEAR}
