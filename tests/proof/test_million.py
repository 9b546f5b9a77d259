"""What the bench says: a page costs as much among a million things as among a thousand.

It counts the CPU time of the server and, on PostgreSQL, of all the database's processes; what else
the machine does meanwhile hardly moves it.
"""

import os
from collections.abc import Callable

import pytest

from lainaamo.bench.run import run
from lainaamo.bench.targets import SIZES

pytestmark = [pytest.mark.proof, pytest.mark.timeout(3600)]


@pytest.fixture(autouse=True)
def stopped_clock() -> None:
    """Let the clock run: the server that is measured has the real one."""


def test_a_million_things_are_as_quick_as_a_thousand(figure: Callable[[str, object], None]) -> None:
    figures = run(SIZES, os.environ.get("TEST_DATABASE", ""), print)
    for one in figures:
        missed = "" if one.is_met else ", MISSED"
        figure(one.what, f"{one.value:.2f} (target {one.target:g}{missed})")
    growing = [one for one in figures if one.what.endswith(("1M : 1k", "1M : 100k"))]
    assert {one.number for one in growing} == {3, 4, 5}
    assert [one.what for one in growing if not one.is_met] == []
