"""Units claim goods."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "claim",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("wanted_on", sa.Date(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_claim_some")),
        sa.CheckConstraint(
            "waiting BETWEEN 0 AND quantity", name=op.f("ck_claim_waiting_within_quantity")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_claim_item_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_claim_unit_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_claim_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claim_item_id"), ["item_id"], unique=False)
        batch_op.create_index(
            "ix_claim_item_id_open",
            ["item_id"],
            unique=False,
            sqlite_where=sa.text("waiting > 0"),
            postgresql_where=sa.text("waiting > 0"),
        )
        batch_op.create_index(batch_op.f("ix_claim_unit_id"), ["unit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_person_id"), ["person_id"], unique=False)

    op.create_table(
        "claim_ending",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("ended_as", sa.String(), nullable=False),
        sa.Column("price_new_cents", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_claim_ending_some")),
        sa.CheckConstraint(
            "ended_as IN ('taken', 'cancelled')", name=op.f("ck_claim_ending_known_ending")
        ),
        sa.CheckConstraint("price_new_cents >= 0", name=op.f("ck_claim_ending_price_not_negative")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_ending_claim_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_claim_ending_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_ending")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("claim_ending", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claim_ending_claim_id"), ["claim_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_ending_person_id"), ["person_id"], unique=False)

    # Lots with most pieces come first in the buyers' list.
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.create_index(
            "ix_item_unclaimed_id_in_house",
            ["unclaimed", "id"],
            unique=False,
            sqlite_where=sa.text("left_at IS NULL"),
            postgresql_where=sa.text("left_at IS NULL"),
        )


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.drop_index("ix_item_unclaimed_id_in_house")
    op.drop_table("claim_ending")
    op.drop_table("claim")
