"""The documents are held to what there is."""

from pathlib import Path

import pytest

from scripts import links


@pytest.fixture
def document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(links, "ROOT", tmp_path)
    (tmp_path / "Makefile").write_text("run: ## Serve\n")
    return tmp_path / "README.md"


def test_a_link_to_nothing_is_named(document: Path) -> None:
    document.write_text("# Two words\n[a](gone.md) [b](#two-words) [c](#three) [d](https://e.fi)\n")
    assert list(links.broken_links(document)) == [
        "README.md: no file gone.md",
        "README.md: no heading #three",
    ]


def test_a_command_that_does_not_exist_is_named(document: Path) -> None:
    document.write_text("`make run` and `make magic`\n```\nlainaamo serve\nlainaamo fly\n```\n")
    assert list(links.unknown_commands(document)) == [
        "README.md: no make magic",
        "README.md: no lainaamo fly",
    ]


def test_words_about_commands_are_not_commands(document: Path) -> None:
    document.write_text("Things make sense. `the lainaamo command`\n")
    assert list(links.unknown_commands(document)) == []


def test_a_setting_that_the_table_lacks_is_named(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "README", document)
    document.write_text("| `LAINAAMO_MOOD` | good | Mood |\n")
    found = list(links.missing_settings())
    assert "README.md: the setting LAINAAMO_SECRET is not in the table" in found
    assert "README.md: there is no setting LAINAAMO_MOOD" in found
