"""Blank codes."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REBUILT = {"sqlite_autoincrement": True}
ONE_MEANING = sa.CheckConstraint(
    "(CASE WHEN item_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN place_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN person_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN command IS NULL THEN 0 ELSE 1 END) <= 1",
    name="ck_code_one_meaning",
)
COMMANDS = sa.text("command IS NOT NULL")


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "roll",
        sa.Column("id", KEY, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_roll_some")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sheet_shift",
        sa.Column("id", KEY, nullable=False),
        sa.Column("sheet", sa.String(), nullable=False),
        sa.Column("right_tenths", sa.Integer(), nullable=False),
        sa.Column("down_tenths", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "right_tenths BETWEEN -100 AND 100 AND down_tenths BETWEEN -100 AND 100",
            name=op.f("ck_sheet_shift_within_a_centimetre"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_shift")),
        sa.UniqueConstraint("sheet", name=op.f("uq_sheet_shift_sheet")),
        sqlite_autoincrement=True,
    )
    # A command has one code; nothing has made any yet, but a hand may have.
    op.execute(
        "UPDATE code SET command = NULL WHERE command IS NOT NULL AND id NOT IN "
        "(SELECT MIN(id) FROM code WHERE command IS NOT NULL GROUP BY command)"
    )
    with op.batch_alter_table("code", table_args=[ONE_MEANING], table_kwargs=REBUILT) as batch_op:
        batch_op.add_column(sa.Column("roll_id", KEY, nullable=True))
        batch_op.add_column(sa.Column("given_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_code_roll_id"), "roll", ["roll_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_code_roll_id"), ["roll_id"], unique=False)
        batch_op.create_index(
            "uq_code_command",
            ["command"],
            unique=True,
            sqlite_where=COMMANDS,
            postgresql_where=COMMANDS,
        )


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("code", table_args=[ONE_MEANING], table_kwargs=REBUILT) as batch_op:
        batch_op.drop_index("uq_code_command")
        batch_op.drop_index(batch_op.f("ix_code_roll_id"))
        batch_op.drop_constraint(batch_op.f("fk_code_roll_id"), type_="foreignkey")
        batch_op.drop_column("given_at")
        batch_op.drop_column("roll_id")
    op.drop_table("sheet_shift")
    op.drop_table("roll")
