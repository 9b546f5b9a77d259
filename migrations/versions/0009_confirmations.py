"""Reservations that wait to be confirmed; those made before need no confirming."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

WAITS = sa.text("browser_hash IS NOT NULL")
IS_OPEN = sa.text("ended_at IS NULL")
COLUMNS = {
    "held_until": sa.DateTime(timezone=True),
    "browser_hash": sa.String(),
    "email": sa.String(),
    "phone": sa.String(),
}


def upgrade() -> None:
    """Make it so."""
    for name, kind in COLUMNS.items():
        op.add_column("reservation", sa.Column(name, kind, nullable=True))
    op.create_index(
        "ix_reservation_unconfirmed",
        "reservation",
        ["browser_hash"],
        unique=False,
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )
    op.create_index(
        "ix_reservation_line_open",
        "reservation_line",
        ["reservation_id"],
        unique=False,
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_reservation_line_open", "reservation_line")
    op.drop_index("ix_reservation_unconfirmed", "reservation")
    for name in reversed(COLUMNS):
        op.drop_column("reservation", name)
