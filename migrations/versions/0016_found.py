"""Found things that strangers tell of, and borrowers who borrow nothing for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "found_report",
        sa.Column("id", KEY, nullable=False),
        sa.Column("item_id", KEY, nullable=False),
        sa.Column("spot", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_by", sa.String(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "email IS NULL OR phone IS NULL", name=op.f("ck_found_report_one_contact")
        ),
        sa.CheckConstraint(
            "erased_at IS NULL OR (spot IS NULL AND email IS NULL AND phone IS NULL)",
            name=op.f("ck_found_report_erased_is_empty"),
        ),
        sa.CheckConstraint(
            "(handled_at IS NULL) = (handled_by IS NULL)",
            name=op.f("ck_found_report_handled_both_or_neither"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_found_report_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_found_report")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_found_report_item_id"), "found_report", ["item_id"])
    for name, columns, condition in (
        ("ix_found_report_open", ["given_at", "id"], "handled_at IS NULL"),
        ("ix_found_report_kept", ["given_at"], "erased_at IS NULL"),
    ):
        where = {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
        op.create_index(name, "found_report", columns, **where)
    op.create_table(
        "borrower_block",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('late', 'damage', 'lost', 'rules')",
            name=op.f("ck_borrower_block_known_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_borrower_block_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_borrower_block")),
        sa.UniqueConstraint("person_id", name=op.f("uq_borrower_block_person_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_borrower_block_last_day"), "borrower_block", ["last_day"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("borrower_block")
    op.drop_table("found_report")
