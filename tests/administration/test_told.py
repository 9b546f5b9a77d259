"""The journal speaks words: whatever the program writes down can be read by people."""

import ast
from collections.abc import Iterator
from pathlib import Path

import lainaamo
from lainaamo.administration.told import told
from lainaamo.core.i18n import speaking
from tests.conftest import SignedIn
from tests.make import Make

PROGRAM = Path(lainaamo.__file__).parent


def written() -> Iterator[str]:
    """Yield each code that the program writes as it stands."""
    for file in PROGRAM.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("journal.write"):
                code = node.args[0]
                if isinstance(code, ast.Constant):
                    yield str(code.value)


def test_every_code_is_in_words() -> None:
    codes = set(written())
    assert len(codes) > 80
    with speaking("en"):
        assert [one for one in sorted(codes) if told(one) == one] == []


def test_a_code_that_nobody_put_into_words_is_shown_as_it_is() -> None:
    assert told("moon.landed") == "moon.landed"


def test_the_administrator_reads_what_happened(signed_in: SignedIn, make: Make) -> None:
    administrator = signed_in("administrator")
    make.item()
    assert "Tavara: otettiin vastaan" in administrator.get("/hallinta/paivakirja").text
