"""Take every migration up, down and up again on both engines, and compare it with the models.

Run beside a PostgreSQL: `python -m tests.postgres python -m scripts.migrations`.
"""

import os
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from tests import postgres

ROOT = Path(__file__).parent.parent


def travel(address: str) -> None:
    """Go up, down and up again; fail where the models say something else than the migrations."""
    config = Config(toml_file=ROOT / "pyproject.toml")
    config.set_main_option("sqlalchemy.url", address)
    command.upgrade(config, "head")
    command.downgrade(config, "base")
    command.upgrade(config, "head")
    command.check(config)


def main() -> int:
    """Travel on SQLite and on the PostgreSQL of TEST_DATABASE; return 1 when models differ."""
    server = os.environ["TEST_DATABASE"]
    with tempfile.TemporaryDirectory() as folder:
        addresses = (f"sqlite:///{folder}/migrations.db", postgres.create(server, "migrations"))
        try:
            for address in addresses:
                print(address.partition(":")[0], flush=True)
                travel(address)
        except CommandError as error:
            print(error)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
