"""Every property of the packing of days and of lines, tried with thousands of drawn stocks."""

from collections.abc import Callable

import pytest
from hypothesis import settings

from tests.goods import test_availability
from tests.lending import test_ahead

pytestmark = pytest.mark.proof
PROPERTIES = {
    name: property_
    for name, property_ in {**vars(test_availability), **vars(test_ahead)}.items()
    if getattr(property_, "is_hypothesis_test", False)
}


@pytest.mark.parametrize("sentence", PROPERTIES)
def test_the_packing_keeps_its_word(
    sentence: str, share: Callable[[int], int], figure: Callable[[str, object], None]
) -> None:
    cases = share(4000)
    # Drawn anew each time: a proof that repeats itself finds nothing new.
    thorough = settings(settings.get_profile("proof"), max_examples=cases, derandomize=False)
    thorough(PROPERTIES[sentence])()
    figure("cases", cases)
    figure("broken", 0)
