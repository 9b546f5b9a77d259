"""Partners are told what changed, and calendars read days from secret addresses."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING = sa.text("done_at IS NULL AND given_up_at IS NULL")


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "webhook",
        sa.Column("id", KEY, nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("after_seal_id", KEY, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_webhook_failures_counted")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", KEY, nullable=False),
        sa.Column("webhook_id", KEY, nullable=False),
        sa.Column("entry_id", KEY, nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Integer(), nullable=True),
        sa.Column("fault", sa.String(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_webhook_delivery_tries_counted")),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_delivery_webhook_id")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["journal_entry.id"], name=op.f("fk_webhook_delivery_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint(
            "webhook_id", "entry_id", name=op.f("uq_webhook_delivery_webhook_id_entry_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_webhook_delivery_webhook_id"), "webhook_delivery", ["webhook_id"])
    op.create_index(op.f("ix_webhook_delivery_entry_id"), "webhook_delivery", ["entry_id"])
    op.create_index(
        "ix_webhook_delivery_waiting",
        "webhook_delivery",
        ["webhook_id", "id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    _make_feeds()


def _make_feeds() -> None:
    whose = {"person_id": "person", "unit_id": "unit", "site_id": "site"}
    given = " + ".join(f"(CASE WHEN {one} IS NULL THEN 0 ELSE 1 END)" for one in whose)
    op.create_table(
        "calendar_feed",
        sa.Column("id", KEY, nullable=False),
        *(sa.Column(column, KEY, nullable=True) for column in whose),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"{given} = 1", name=op.f("ck_calendar_feed_of_one")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_calendar_feed_{column}")
            )
            for column, table in whose.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("nonce", name=op.f("uq_calendar_feed_nonce")),
        sqlite_autoincrement=True,
    )
    for column, table in whose.items():
        is_open = sa.text(f"ended_at IS NULL AND {column} IS NOT NULL")
        op.create_index(op.f(f"ix_calendar_feed_{column}"), "calendar_feed", [column])
        op.create_index(
            f"uq_calendar_feed_{table}",
            "calendar_feed",
            [column],
            unique=True,
            sqlite_where=is_open,
            postgresql_where=is_open,
        )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("calendar_feed")
    op.drop_table("webhook_delivery")
    op.drop_table("webhook")
