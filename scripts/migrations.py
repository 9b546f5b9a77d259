"""Take every migration up, down and up again on both engines, and compare it with the models.

Run beside a PostgreSQL: `python -m tests.postgres python -m scripts.migrations`.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import postgres

ROOT = Path(__file__).parent.parent
JOURNEY = (("upgrade", "head"), ("downgrade", "base"), ("upgrade", "head"), ("check",))


def travel(address: str) -> None:
    """Go up, down and up again; fail where the models say something else than the migrations."""
    for leg in JOURNEY:
        print(f"{address.partition(':')[0]}: {' '.join(leg)}", flush=True)
        subprocess.run(
            (sys.executable, "-m", "alembic", *leg),
            cwd=ROOT,
            check=True,
            env=os.environ | {"LAINAAMO_DATABASE_URL": address},
        )


def main() -> int:
    """Travel on SQLite and on the PostgreSQL of TEST_DATABASE; return 1 when either fails."""
    server = os.environ["TEST_DATABASE"]
    with tempfile.TemporaryDirectory() as folder:
        addresses = (f"sqlite:///{folder}/migrations.db", postgres.create(server, "migrations"))
        try:
            for address in addresses:
                travel(address)
        except subprocess.CalledProcessError as error:
            print(f"alembic {error.cmd[3:]} failed")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
