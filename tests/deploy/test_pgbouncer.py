"""pgbouncer in its transaction mode: each transaction may have another session of PostgreSQL."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from lainaamo.config import Settings
from lainaamo.core import journal, limits
from lainaamo.core.db import hold_name, session, transaction
from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Kind
from lainaamo.upkeep import backup, migrations, worker
from tests import postgres
from tests.conftest import SERVER, WORKER
from tests.make import Make

PGBOUNCER = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin")
SESSIONS, VISITORS, ROUNDS = 2, 8, 15
pytestmark = pytest.mark.only_on("PostgreSQL")


@pytest.fixture
def pooled(tmp_path: Path) -> Iterator[str]:
    """Return the address of an empty database behind a pgbouncer with very few sessions."""
    database = make_url(postgres.create(SERVER, f"pooled_{WORKER}"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    folder = Path(f"/tmp/lainaamo-pgbouncer-{os.getpid()}")  # noqa: S108 - its user must come there
    folder.mkdir()
    (folder / "users").write_text('"postgres" ""\n')
    (folder / "ini").write_text(
        f"[databases]\n* = host={database.host} port={database.port}\n[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = trust\n"
        f"auth_file = {folder}/users\npool_mode = transaction\ndefault_pool_size = {SESSIONS}\n"
        f"logfile = {folder}/log\npidfile = {folder}/pid\n"
    )
    prefix: list[str] = []
    if os.getuid() == 0:
        prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        shutil.chown(folder, "postgres")
    pooler = subprocess.Popen([*prefix, PGBOUNCER or "", "-q", folder / "ini"])
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield database.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)
    pooler.terminate()
    pooler.wait()
    shutil.rmtree(folder)


def test_the_house_works_behind_it(
    pooled: str, settings: Settings, app_with: Callable[[Settings], Lainaamo], tmp_path: Path
) -> None:
    for _ in range(2):  # no lock stays behind in a session that others get
        migrations.upgrade(pooled)
    app = app_with(replace(settings, database_url=pooled, database_pooled="yes"))
    kind = Make(app).kind("Sukset").id

    def visit(number: int) -> list[int]:
        client, seen = app.test_client(), []
        for _ in range(ROUNDS):
            seen.append(client.get("/").status_code)
            with app.app_context(), transaction():
                hold_name(f"name {number % 2}")
                session.get_one(Kind, kind).name = f"Sukset {number}"
                journal.write("kind.changed", "kind", kind)
        return seen

    with ThreadPoolExecutor(VISITORS) as pool:
        statuses = [one for seen in pool.map(visit, range(VISITORS)) for one in seen]
    assert set(statuses) == {200}
    worker.work_once(app)
    with app.app_context():
        assert journal.verify().first_bad is None
        assert journal.verify().sealed >= VISITORS * ROUNDS
        _file, told = backup.make(app.config["SETTINGS"], app.config["FILES"], tmp_path / "x.tar")
        assert told.tables["kind"]["rows"] == 1
        limits.forget_old()
