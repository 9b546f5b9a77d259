"""Settings: each has a meaning, a default, and a line in the README."""

from dataclasses import fields
from pathlib import Path

import pytest

from lainaamo.config import MIGRATIONS, STATIC, TEMPLATES, Settings

README = Path(__file__).parent.parent / "README.md"


@pytest.mark.parametrize("field", fields(Settings), ids=lambda field: str(field.name))
def test_every_setting_says_what_it_means_and_stands_in_the_readme(field: object) -> None:
    name, meaning = field.name, field.metadata["meaning"]  # type: ignore[attr-defined]  # a dataclass field
    assert meaning.endswith("."), name
    assert f"LAINAAMO_{name.upper()}" in README.read_text(encoding="utf-8")


def test_an_empty_environment_gives_a_working_installation() -> None:
    settings = Settings.from_environment({})
    assert settings.database == f"sqlite:///{settings.folder / 'lainaamo.db'}"
    assert settings.public_host == "127.0.0.1:8000"
    assert not settings.is_https


def test_what_is_set_is_read_and_nothing_else() -> None:
    given = {
        "LAINAAMO_PUBLIC_URL": "https://lainaamo.ii.fi",
        "LAINAAMO_UNHEARD_OF": "x",
        "PATH": "y",
    }
    settings = Settings.from_environment(given)
    assert (settings.public_host, settings.is_https) == ("lainaamo.ii.fi", True)


def test_the_shipped_folders_are_there() -> None:
    assert (TEMPLATES / "base.html").is_file()
    assert (STATIC / "app.css").is_file()
    assert (MIGRATIONS / "env.py").is_file()
