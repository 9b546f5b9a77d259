"""Photos that wait for their thing, donations, and the indexes that a day's work is read by."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KNOWN = "IN ('fi', 'fi-simple', 'sv', 'en')"


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "waiting_photo",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("colours", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_waiting_photo_some_pixels")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_photo")),
        sa.UniqueConstraint("name", name=op.f("uq_waiting_photo_name")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_waiting_photo_made_at"), "waiting_photo", ["made_at"])
    op.create_table(
        "donation",
        sa.Column("id", KEY, nullable=False),
        sa.Column("first_name", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("terms_number", sa.Integer(), nullable=False),
        sa.Column("terms_locale", sa.String(), nullable=False),
        sa.Column("terms_hash", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("email IS NULL OR phone IS NULL", name=op.f("ck_donation_one_contact")),
        sa.CheckConstraint(f"locale {KNOWN}", name=op.f("ck_donation_known_locale")),
        sa.CheckConstraint(f"terms_locale {KNOWN}", name=op.f("ck_donation_known_terms_locale")),
        sa.CheckConstraint("terms_number >= 0", name=op.f("ck_donation_terms_counted")),
        sa.CheckConstraint(
            "erased_at IS NULL OR (first_name IS NULL AND email IS NULL AND phone IS NULL)",
            name=op.f("ck_donation_erased_is_empty"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donation")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_donation_made_at_kept",
        "donation",
        ["made_at"],
        sqlite_where=sa.text("erased_at IS NULL"),
        postgresql_where=sa.text("erased_at IS NULL"),
    )
    op.create_table(
        "donated_thing",
        sa.Column("id", KEY, nullable=False),
        sa.Column("donation_id", KEY, nullable=False),
        sa.Column("item_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["donation_id"], ["donation.id"], name=op.f("fk_donated_thing_donation_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_donated_thing_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donated_thing")),
        sa.UniqueConstraint("item_id", name=op.f("uq_donated_thing_item_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_donated_thing_donation_id"), "donated_thing", ["donation_id"])
    # A day's work and what came in lately are read by their moments.
    op.create_index("ix_item_received_at", "item", ["received_at"])
    op.create_index("ix_journal_entry_actor_happened_at", "journal_entry", ["actor", "happened_at"])
    op.drop_index("ix_journal_entry_actor", table_name="journal_entry")


def downgrade() -> None:
    """Take it back."""
    op.create_index("ix_journal_entry_actor", "journal_entry", ["actor"])
    op.drop_index("ix_journal_entry_actor_happened_at", table_name="journal_entry")
    op.drop_index("ix_item_received_at", table_name="item")
    op.drop_table("donated_thing")
    op.drop_table("donation")
    op.drop_table("waiting_photo")
