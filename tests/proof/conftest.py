"""How large the proofs are: in full, or the share of it that PROOF_SHARE says (0.05 is a try)."""

import os
from collections.abc import Callable

import pytest

SHARE = float(os.environ.get("PROOF_SHARE", "1"))


@pytest.fixture
def share() -> Callable[[int], int]:
    """Return how many of the full number are done now."""
    return lambda full: max(1, round(full * SHARE))


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str, object], None]:
    """Return a way to tell a result: a line on the screen and a row of the written proof."""

    def tell(name: str, value: object) -> None:
        print(f"{name}: {value}")
        record_property(name, value)

    return tell
