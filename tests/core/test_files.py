"""Files are kept alike in a folder and in storage that speaks S3, over real HTTP."""

import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from lainaamo.config import Settings
from lainaamo.core import clock
from lainaamo.core.bucket import BadAddress, Bucket
from lainaamo.core.db import session
from lainaamo.core.errors import Refusal
from lainaamo.core.files import Files, Folder, new_name
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Photo
from lainaamo.upkeep import actions, backup
from lainaamo.upkeep.restore import restore
from tests.conftest import NewDatabase
from tests.make import Make

SERVE = "from moto.server import main; main(['-H', '127.0.0.1', '-p', '{}'])"


@pytest.fixture(scope="module")
def storage() -> Iterator[str]:
    """Serve storage that speaks S3 and return the address of a bucket in it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    server = subprocess.Popen(
        (sys.executable, "-c", SERVE.format(port)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    ends = time.monotonic() + 60
    while True:
        try:
            made = urllib.request.Request(f"http://127.0.0.1:{port}/photos", method="PUT")
            urllib.request.urlopen(made, timeout=5).close()  # noqa: S310 - our own
            break
        except OSError:
            assert time.monotonic() < ends, "the storage did not start"
            time.sleep(0.1)
    yield f"s3+http://key:sec%2Fret@127.0.0.1:{port}/photos"
    server.kill()
    server.wait()


@pytest.fixture(params=["folder", "storage"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    """Return files in a folder, and then in storage."""
    if request.param == "folder":
        return Folder(tmp_path / "files")
    return Bucket(f"{request.getfixturevalue('storage')}/{new_name()}")


def test_what_is_kept_is_read_until_it_is_forgotten(files: Files) -> None:
    name, other = new_name(), new_name()
    for ending in ("s.webp", "m.webp"):
        files.keep(name, ending, ending.encode())
    files.keep(other, "s.webp", b"another")
    assert files.endings(name) == ["m.webp", "s.webp"]
    assert files.read(name, "s.webp") == b"s.webp"
    assert files.read(name, "l.webp") is None
    files.forget(name)
    assert (files.read(name, "s.webp"), files.endings(name)) == (None, [])
    assert files.read(other, "s.webp") == b"another"


def test_only_old_files_may_be_strays(files: Files) -> None:
    name = new_name()
    with clock.at(clock.now()):
        files.keep(name, "s.webp", b"photo")
        files.keep(name, "m.webp", b"photo")
    real_now = time.time()  # noqa: TID251 - a file's own age is what the storage says
    moment = clock.now() - timedelta(seconds=clock.now().timestamp() - real_now)
    with clock.at(moment + timedelta(hours=23)):
        assert list(files.old_names()) == []
    with clock.at(moment + timedelta(hours=25)):
        assert list(files.old_names()) == [name]


def test_a_name_that_is_none_of_ours_reaches_no_file(files: Files) -> None:
    for name in ("../../etc/passwd", "", "x" * 32):
        with pytest.raises(ValueError, match=re.escape(name) or "^$"):
            files.read(name, "s.webp")


def test_storage_that_does_not_answer_is_told_in_words() -> None:
    with pytest.raises(Refusal, match="could not be kept"):
        Bucket("s3+http://key:secret@127.0.0.1:9/photos").keep(new_name(), "s.webp", b"photo")


@pytest.mark.parametrize("url", ["https://x/y", "s3+https://key:secret@host", "sesame"])
def test_an_address_that_is_none_is_refused_at_start(
    settings: Settings, app_with: Callable[[Settings], Lainaamo], url: str
) -> None:
    with pytest.raises(BadAddress):
        app_with(replace(settings, files_url=url))


def test_a_photo_in_storage_is_shown_swept_and_backed_up(
    settings: Settings,
    storage: str,
    app_with: Callable[[Settings], Lainaamo],
    new_database: NewDatabase,
    tmp_path: Path,
) -> None:
    app = app_with(replace(settings, files_url=f"{storage}/{new_name()}"))
    make = Make(app)
    make.photo(make.item(make.kind("Tuoli")))
    with app.app_context():
        name = session.scalars(select(Photo.name)).one()
        shown = app.test_client().get(f"/kuvat/{name}.s.webp")
        assert (shown.status_code, shown.mimetype) == (200, "image/webp")
        again = app.test_client().get(
            f"/kuvat/{name}.s.webp", headers={"If-None-Match": shown.headers["ETag"]}
        )
        assert again.status_code == 304
        file, told = backup.make(app.config["SETTINGS"], app.config["FILES"], tmp_path / "x.tar")
        assert told.files == 3
        with clock.at(clock.now() + timedelta(days=3650)):
            actions.sweep(app.config["FILES"])
        assert app.config["FILES"].read(name, "s.webp") == shown.data
    folder = Settings(instance=str(tmp_path / "other"), database_url=new_database("other"))
    other = app_with(folder)
    restore(folder, other.config["FILES"], file, key=None, replace=False)
    assert other.config["FILES"].read(name, "s.webp") == shown.data
    assert (tmp_path / "other" / "files").is_dir()
