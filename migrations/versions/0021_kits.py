"""Things of a reservation belong together: a kit, or what one of a family gets."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NUMBERED = {"sqlite_autoincrement": True}
# SQLite makes the table anew, and would forget what it checks.
CHECKED = (
    sa.CheckConstraint(
        "ended_as IS NULL OR ended_as IN ('fetched', 'cancelled', 'expired', 'thing_removed')",
        name="ck_reservation_line_known_ending",
    ),
    sa.CheckConstraint(
        "(ended_at IS NULL) = (ended_as IS NULL)",
        name="ck_reservation_line_ended_both_or_neither",
    ),
)


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "bundle",
        sa.Column("id", KEY, nullable=False),
        sa.Column("reservation_id", KEY, nullable=False),
        sa.Column("kit_id", KEY, nullable=True),
        sa.Column("for_name", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["reservation_id"], ["reservation.id"], name=op.f("fk_bundle_reservation_id")
        ),
        sa.ForeignKeyConstraint(["kit_id"], ["kind.id"], name=op.f("fk_bundle_kit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundle")),
        sqlite_autoincrement=True,
    )
    for column in ("reservation_id", "kit_id"):
        op.create_index(op.f(f"ix_bundle_{column}"), "bundle", [column])
    with op.batch_alter_table(
        "reservation_line", table_args=CHECKED, table_kwargs=NUMBERED
    ) as batch_op:
        batch_op.add_column(sa.Column("bundle_id", KEY, nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_reservation_line_bundle_id"), "bundle", ["bundle_id"], ["id"]
        )
        batch_op.create_index(op.f("ix_reservation_line_bundle_id"), ["bundle_id"])


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table(
        "reservation_line", table_args=CHECKED, table_kwargs=NUMBERED
    ) as batch_op:
        batch_op.drop_index(op.f("ix_reservation_line_bundle_id"))
        batch_op.drop_constraint(op.f("fk_reservation_line_bundle_id"), type_="foreignkey")
        batch_op.drop_column("bundle_id")
    op.drop_table("bundle")
