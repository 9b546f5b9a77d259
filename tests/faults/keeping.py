"""A backup taken while residents reserve and a desk lends, and the house that is made of it."""

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from lainaamo.config import Settings
from lainaamo.core import journal
from lainaamo.core.db import session, transaction
from lainaamo.core.files import new_name
from lainaamo.core.web import Lainaamo
from lainaamo.goods import actions as goods
from lainaamo.goods.models import Item
from lainaamo.goods.photos import Photo
from lainaamo.upkeep.restore import restore
from tests.faults.halves import half_states
from tests.faults.killing import Toll, clients_of, compare, environment_of, serving
from tests.faults.load import Load, Told
from tests.make import Make

AppWith = Callable[[Settings], Lainaamo]
LONGEST_WAIT_S = 20
LEAST = 5


@dataclass(slots=True)
class Backup:
    """A backup's file, what had been acknowledged before it was begun, and how long it took."""

    file: Path
    acknowledged: Told
    photos: list[str]
    seconds: float


@dataclass(slots=True)
class Album:
    """Photos shown while a backup is made: the names of those that are surely in the house."""

    app: Lainaamo
    item: int
    names: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def show_on(self) -> None:
        """Show photo after photo, each file before its row, as the album does."""
        while not self.stopped.wait(0.05):
            name = new_name()
            self.app.config["FILES"].keep(name, "s.webp", name.encode())
            with self.app.app_context():
                with transaction():
                    photo = Photo({}, 320, 240, name)
                    goods.add_photo(session.get_one(Item, self.item), name, photo)
                session.remove()
            self.names.append(name)


@contextlib.contextmanager
def showing(app: Lainaamo, make: Make) -> Iterator[Album]:
    """Show photos beside everything else."""
    album = Album(app, make.item(make.kind("Kuvattu")).id)
    thread = threading.Thread(target=album.show_on)
    thread.start()
    try:
        yield album
    finally:
        album.stopped.set()
        thread.join()


def take_under_load(
    app: Lainaamo, make: Make, settings: Settings, folder: Path, *, times: int
) -> list[Backup]:
    """Serve under load and take backups by the command while people work."""
    toll, told = Toll(), Told()
    taken: list[Backup] = []
    clients = clients_of(make, told)
    with (
        contextlib.closing(Load(clients)) as load,
        serving(settings, toll) as port,
        showing(app, make) as album,
    ):
        load.start(port)
        for number in range(times):
            _wait_for_some_of_each(told, since=taken[-1].acknowledged if taken else Told())
            before, photos, begun = deepcopy(told), list(album.names), time.monotonic()
            file = folder / f"{number}.tar"
            command = (sys.executable, "-m", "lainaamo", "backup", str(file))
            subprocess.run(command, env=environment_of(settings), check=True)
            taken.append(Backup(file, before, photos, time.monotonic() - begun))
    return taken


def _wait_for_some_of_each(told: Told, *, since: Told) -> None:
    ends = time.monotonic() + LONGEST_WAIT_S
    enough = len(since.reservations) + LEAST
    while time.monotonic() < ends:
        if told.has_some_of_each() and len(told.reservations) > enough:
            return
        time.sleep(0.05)


def bring_back(app: Lainaamo, backup: Backup) -> Toll:
    """Make a house of a backup; return what of the acknowledged is not in it."""
    toll, files = Toll(), app.config["FILES"]
    restore(app.config["SETTINGS"], files, backup.file, key=None, replace=True)
    with app.app_context():
        compare(toll, backup.acknowledged)
        toll.half_states = half_states()
        assert journal.verify().first_bad is None
    lost = [name for name in backup.photos if files.read(name, "s.webp") != name.encode()]
    toll.acknowledged["photos"], toll.lost["photos"] = len(backup.photos), len(lost)
    return toll
