"""The command: every verb says what it does, with an example that is its own."""

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from lainaamo.cli import main


def verbs(group: click.Group, before: str = "lainaamo") -> Iterator[tuple[str, click.Command]]:
    """Yield every verb with the words that call it."""
    for name, verb in group.commands.items():
        yield f"{before} {name}", verb
        if isinstance(verb, click.Group):
            yield from verbs(verb, f"{before} {name}")


@pytest.mark.parametrize(("words", "verb"), [pytest.param(*one, id=one[0]) for one in verbs(main)])
def test_every_verb_has_help_and_an_example(words: str, verb: click.Command) -> None:
    told = CliRunner().invoke(verb, ["--help"]).output
    assert f"Example: {words}" in told
    assert all(option.help for option in verb.params if isinstance(option, click.Option)), words
