"""Promises that lost their thing go to the front of the line; closed days are planned."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
HELD = sa.text("applied_at IS NULL AND withdrawn_at IS NULL")


def upgrade() -> None:
    """Make it so."""
    _make_displacements()
    _make_closings()
    _make_moved_days()


def _make_displacements() -> None:
    op.create_table(
        "displacement",
        sa.Column("id", KEY, nullable=False),
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("wait_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"], ["reservation_line.id"], name=op.f("fk_displacement_line_id")
        ),
        sa.ForeignKeyConstraint(["wait_id"], ["wait.id"], name=op.f("fk_displacement_wait_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_displacement")),
        sa.UniqueConstraint("line_id", name=op.f("uq_displacement_line_id")),
        sa.UniqueConstraint("wait_id", name=op.f("uq_displacement_wait_id")),
        sqlite_autoincrement=True,
    )


def _make_closings() -> None:
    op.create_table(
        "closing",
        sa.Column("id", KEY, nullable=False),
        sa.Column("site_id", KEY, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("most_a_day", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_closing_days_in_order")),
        sa.CheckConstraint("most_a_day > 0", name=op.f("ck_closing_some_a_day")),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR applied_at IS NULL", name=op.f("ck_closing_one_ending")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_closing_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_closing_held",
        "closing",
        ["site_id"],
        unique=True,
        sqlite_where=HELD,
        postgresql_where=HELD,
    )
    op.create_index(op.f("ix_closing_site_id"), "closing", ["site_id"])


def _make_moved_days() -> None:
    links = {"closing_id": "closing", "loan_id": "loan", "reservation_id": "reservation"}
    op.create_table(
        "moved_day",
        sa.Column("id", KEY, nullable=False),
        sa.Column("closing_id", KEY, nullable=False),
        sa.Column("loan_id", KEY, nullable=True),
        sa.Column("reservation_id", KEY, nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("was_day", sa.Date(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "what IN ('due', 'pick_up', 'first', 'last')", name=op.f("ck_moved_day_known_what")
        ),
        sa.CheckConstraint(
            "(loan_id IS NULL) <> (reservation_id IS NULL)", name=op.f("ck_moved_day_of_one")
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_moved_day_{column}"))
            for column, table in links.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moved_day")),
        sqlite_autoincrement=True,
    )
    for column in links:
        op.create_index(op.f(f"ix_moved_day_{column}"), "moved_day", [column])


def downgrade() -> None:
    """Take it back."""
    for table in ("moved_day", "closing", "displacement"):
        op.drop_table(table)
