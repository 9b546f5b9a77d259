"""The catalogues are judged as a careful reader would."""

from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from scripts import words

Store = Callable[[str, str], None]


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(words, "CATALOGUES", tmp_path)

    def write(name: str, text: str) -> None:
        (tmp_path / f"{name}.po").write_text(text)

    return write


def template(*sentences: str, file: str = "templates/page.html") -> Catalog:
    catalog = Catalog(fuzzy=False)
    for sentence in sentences:
        catalog.add(sentence, locations=[(file, 1)])
    return catalog


def test_a_sentence_nobody_translated_is_named(stored: Store) -> None:
    assert list(words.problems("sv", template("Lend"))) == [
        "sv: missing 'Lend' (templates/page.html)"
    ]


def test_a_complete_catalogue_has_no_fault(stored: Store) -> None:
    stored("sv", 'msgid "Due %(day)s"\nmsgstr "Senast %(day)s"\n')
    assert list(words.problems("sv", template("Due %(day)s"))) == []


def test_a_lost_day_in_a_translation_is_found(stored: Store) -> None:
    stored("fi", 'msgid "Due %(day)s"\nmsgstr "Palauta ajoissa"\n')
    assert list(words.problems("fi", template("Due %(day)s"))) == [
        "fi: other %(…)s in 'Palauta ajoissa' in 'Due %(day)s'"
    ]


def test_a_guess_and_a_leftover_are_found(stored: Store) -> None:
    stored("fi", '#, fuzzy\nmsgid "Lend"\nmsgstr "Lainaa"\n\nmsgid "Old"\nmsgstr "Vanha"\n')
    assert list(words.problems("fi", template("Lend"))) == [
        "fi: a guess (fuzzy) in 'Lend'",
        "fi: nobody says 'Old'",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Nouda tavara.", "the hard word 'Nouda'"),
        ("Mikäli olet myöhässä, soita.", "the hard word 'Mikäli'"),
        ("Sano " + "pitkä " * 11 + "lause.", "13 words"),
    ],
)
def test_plain_finnish_is_plain(stored: Store, text: str, fault: str) -> None:
    stored("fi_SIMPLE", f'msgid "Say it"\nmsgstr "{text}"\n')
    (found,) = words.problems("fi_SIMPLE", template("Say it"))
    assert fault in found


def test_the_office_may_read_ordinary_finnish_where_the_floor_may_not(stored: Store) -> None:
    stored("fi_SIMPLE", "")
    office = template("Verify", file="lainaamo/cli/looking.py")
    assert list(words.problems("fi_SIMPLE", office)) == []
    assert list(words.problems("fi_SIMPLE", template("Scan"))) != []


def test_every_place_that_speaks_is_read() -> None:
    files = {file for message in words.found() for file, _line in message.locations}
    assert any(file.startswith("templates/") for file in files)
    assert any(file.startswith("lainaamo/") for file in files)
