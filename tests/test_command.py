"""The command: every verb says what it does, with an example that is its own."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from lainaamo.cli import main
from lainaamo.config import Settings
from lainaamo.upkeep import tables
from tests.make import Make


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


@pytest.fixture
def told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a verb find this test's house."""
    for name in ("instance", "database_url", "secret"):
        monkeypatch.setenv(f"LAINAAMO_{name.upper()}", getattr(settings, name))


def test_goods_go_out_as_a_list_that_comes_in(told: None, make: Make, tmp_path: Path) -> None:
    make.item(make.kind("Kokoustuoli"))
    file = tmp_path / "goods.csv"
    outcome = CliRunner().invoke(main, ["export", str(file)])
    assert outcome.exit_code == 0, outcome.output
    assert "Kokoustuoli" in file.read_text(encoding="utf-8-sig")
    looked = CliRunner().invoke(main, ["import", str(file)])
    assert looked.exit_code == 0, looked.output


def test_a_table_goes_out_without_what_opens_doors(told: None, make: Make, tmp_path: Path) -> None:
    make.person("counter")
    file = tmp_path / "person.xlsx"
    assert CliRunner().invoke(main, ["export", str(file), "--table", "person"]).exit_code == 0
    assert file.read_bytes().startswith(b"PK")
    refused = CliRunner().invoke(main, ["export", str(file), "--table", "password"])
    assert refused.exit_code == 2
    assert "The tables are" in refused.output
    for name in tables.names():
        assert not [one for one in tables.headers(name) if "hash" in one or "nonce" in one]
