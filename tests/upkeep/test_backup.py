"""A backup holds the whole house as it was in one moment, and becomes a house again."""

import hashlib
import json
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from lainaamo.config import Settings
from lainaamo.core import journal
from lainaamo.core.db import db, session, transaction
from lainaamo.core.files import new_name
from lainaamo.core.web import Lainaamo
from lainaamo.goods import actions as goods
from lainaamo.goods.models import Item, Kind, Photo
from lainaamo.goods.photos import Photo as Prepared
from lainaamo.people.models import SignIn
from lainaamo.upkeep import backup, sealing
from lainaamo.upkeep.restore import NotEmpty, restore
from lainaamo.upkeep.rows import Unfit
from tests.conftest import NewDatabase, SignedIn
from tests.make import Make

WORDS = "Ä 'lainaus'; \\ \"\t\n\\N {x} 雪靴 ⛷️"


@pytest.fixture
def house(app: Lainaamo, make: Make) -> Lainaamo:
    """Return a house with goods, a photo and a sealed journal."""
    item = make.item(make.kind(WORDS))
    name = new_name()
    for size in ("s", "m"):
        app.config["FILES"].keep(name, f"{size}.webp", f"{size} of a photo".encode())
    with app.app_context():
        with transaction():
            prepared = Prepared({}, 320, 240, hashlib.sha256(b"photo").hexdigest())
            goods.add_photo(session.get_one(Item, item.id), name, prepared)
        with transaction():
            journal.seal()
    return app


@pytest.fixture
def elsewhere(tmp_path: Path, new_database: NewDatabase) -> Settings:
    """Return the settings of another house, in which there is nothing yet."""
    return Settings(instance=str(tmp_path / "other"), database_url=new_database("other"))


AppWith = Callable[[Settings], Lainaamo]


def backed_up(app: Lainaamo, target: Path, **changed: str) -> Path:
    settings = replace(app.config["SETTINGS"], **changed)
    with app.app_context():
        return backup.make(settings, app.config["FILES"], target)[0]


def brought_back(app: Lainaamo, source: Path, **given: object) -> None:
    told = {"key": None, "replace": False} | given
    restore(app.config["SETTINGS"], app.config["FILES"], source, **told)  # type: ignore[arg-type]  # as given


def test_a_backup_becomes_the_same_house_elsewhere(
    house: Lainaamo, tmp_path: Path, elsewhere: Settings, app_with: AppWith
) -> None:
    file = backed_up(house, tmp_path / "house.tar")
    other = app_with(elsewhere)
    brought_back(other, file)
    with other.app_context():
        assert session.scalar(select(Kind.name)) == WORDS
        photo = session.scalars(select(Photo)).one()
        assert other.config["FILES"].read(photo.name, "s.webp") == b"s of a photo"
        assert journal.verify().first_bad is None
        assert journal.verify().sealed > 0


def test_ids_go_on_where_they_were(
    house: Lainaamo, make: Make, tmp_path: Path, elsewhere: Settings, app_with: AppWith
) -> None:
    gone = make.kind("Lumilauta").id
    with house.app_context(), transaction():
        session.delete(session.get_one(Kind, gone))
    other = app_with(elsewhere)
    brought_back(other, backed_up(house, tmp_path / "house.tar"))
    assert Make(other).kind("Sukset").id > gone


def test_who_was_signed_in_signs_in_again(
    house: Lainaamo, signed_in: SignedIn, tmp_path: Path, elsewhere: Settings, app_with: AppWith
) -> None:
    signed_in("counter")
    other = app_with(elsewhere)
    brought_back(other, backed_up(house, tmp_path / "house.tar"))
    with other.app_context():
        assert session.scalar(select(SignIn.id)) is None


def test_a_house_with_something_in_it_is_replaced_only_when_told(
    house: Lainaamo, make: Make, tmp_path: Path
) -> None:
    file = backed_up(house, tmp_path / "house.tar")
    make.kind("Lumilauta")
    with pytest.raises(NotEmpty):
        brought_back(house, file)
    with house.app_context():
        assert len(session.scalars(select(Kind.id)).all()) == 2
        session.remove()
        db.engine.dispose()
    brought_back(house, file, replace=True)
    with house.app_context():
        assert session.scalars(select(Kind.name)).all() == [WORDS]


def test_a_changed_backup_is_refused_and_changes_nothing(
    house: Lainaamo, tmp_path: Path, elsewhere: Settings, app_with: AppWith
) -> None:
    file = backed_up(house, tmp_path / "house.tar")
    content = file.read_bytes()
    file.write_bytes(content.replace(b"s of a photo", b"S of a photo"))
    other = app_with(elsewhere)
    with pytest.raises(Unfit, match="files"):
        brought_back(other, file)
    with other.app_context():
        assert session.scalar(select(Kind.id)) is None


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.6, 0.95])
def test_a_part_of_a_backup_is_refused(
    house: Lainaamo, tmp_path: Path, elsewhere: Settings, app_with: AppWith, share: float
) -> None:
    file = backed_up(house, tmp_path / "house.tar")
    with tarfile.open(file) as archive:
        whole = archive.getmember(backup.MANIFEST).offset
    file.write_bytes(file.read_bytes()[: int(whole * share)])
    with pytest.raises(Unfit):
        brought_back(app_with(elsewhere), file)


def test_a_sealed_backup_opens_with_its_key_only(
    house: Lainaamo, tmp_path: Path, elsewhere: Settings, app_with: AppWith
) -> None:
    ours = sealing.make_key(tmp_path / "ours")
    sealing.make_key(tmp_path / "another")
    file = backed_up(house, tmp_path / "house.tar.age", backup_key=ours)
    assert b"photo" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    other = app_with(elsewhere)
    for key in (None, tmp_path / "another"):
        with pytest.raises(sealing.CannotOpen):
            brought_back(other, file, key=key)
    brought_back(other, file, key=tmp_path / "ours")
    with other.app_context():
        assert session.scalar(select(Kind.name)) == WORDS


def test_a_sealed_backup_that_is_cut_or_changed_is_refused(
    house: Lainaamo, tmp_path: Path, elsewhere: Settings, app_with: AppWith
) -> None:
    key = tmp_path / "ours"
    file = backed_up(house, tmp_path / "house.tar.age", backup_key=sealing.make_key(key))
    content = file.read_bytes()
    for bad in (content[:-100], content[:200], content[:-50] + b"x" + content[-49:]):
        file.write_bytes(bad)
        with pytest.raises((sealing.CannotOpen, Unfit)):
            brought_back(app_with(elsewhere), file, key=key)


def test_a_key_that_is_none_is_refused_before_anything_is_written(
    house: Lainaamo, tmp_path: Path
) -> None:
    with pytest.raises(sealing.CannotOpen):
        backed_up(house, tmp_path / "house.tar.age", backup_key="sesame")
    assert list(tmp_path.glob("*.tar*")) == []


def test_the_key_for_links_comes_back_too(
    house: Lainaamo, tmp_path: Path, elsewhere: Settings, app_with: AppWith
) -> None:
    settings: Settings = house.config["SETTINGS"]
    kept = settings.folder / "secret"
    kept.write_text("the key")
    other = app_with(elsewhere)
    brought_back(other, backed_up(house, tmp_path / "house.tar", secret=""))
    assert (elsewhere.folder / "secret").read_text() == "the key"
    assert (elsewhere.folder / "secret").stat().st_mode & 0o077 == 0


def test_a_photo_that_is_not_there_is_told_and_stops_nothing(
    house: Lainaamo, tmp_path: Path
) -> None:
    with house.app_context():
        name = session.scalars(select(Photo.name)).one()
        house.config["FILES"].forget(name)
        _file, told = backup.make(
            house.config["SETTINGS"], house.config["FILES"], tmp_path / "house.tar"
        )
    assert told.missing == [name]


def test_the_newest_fourteen_stay(house: Lainaamo, tmp_path: Path) -> None:
    settings = replace(house.config["SETTINGS"], backup_folder=str(tmp_path / "kept"))
    (tmp_path / "kept").mkdir()
    for day in range(1, 20):
        (tmp_path / "kept" / f"lainaamo-202601{day:02}T030000Z.tar").touch()
    (tmp_path / "kept" / "own-notes.txt").touch()
    with house.app_context():
        made, _told = backup.make(settings, house.config["FILES"])
    kept = sorted((tmp_path / "kept").glob("lainaamo-*"))
    assert (len(kept), kept[-1]) == (14, made)
    assert (tmp_path / "kept" / "own-notes.txt").exists()


def test_an_archive_of_somebody_elses_is_refused(
    tmp_path: Path, elsewhere: Settings, app_with: AppWith
) -> None:
    wicked = tmp_path / "wicked.tar"
    head = {"format": 1, "made_at": "2026-03-02T09:00:00+00:00", "revision": "0001"}
    tables = {"item\" (id) FROM PROGRAM 'id' --": [["id", "number"]]}
    (tmp_path / "head").write_text(json.dumps(head | {"tables": tables, "last_ids": {}}))
    with tarfile.open(wicked, "w") as archive:
        archive.add(tmp_path / "head", backup.HEAD)
    with pytest.raises(Unfit):
        brought_back(app_with(elsewhere), wicked)
