"""The administrator's changes: kept with before and after; settings; what is closed; the walk."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

CLOSABLE = ("site", "place", "category")


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "house_setting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_house_setting")),
        sa.UniqueConstraint("key", name=op.f("uq_house_setting_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("thing", sa.String(), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undoes_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["undoes_id"], ["change.id"], name=op.f("fk_change_undoes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_change_undoes_id"), "change", ["undoes_id"])
    op.create_index("ix_change_thing_thing_id_id", "change", ["thing", "thing_id", "id"])
    for table in CLOSABLE:
        op.add_column(table, sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    # Nought for all of a room's shelves means: in the order of their names.
    op.add_column(
        "place", sa.Column("position", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    op.add_column("day_exception", sa.Column("reason", sa.String(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("day_exception", "reason")
    op.drop_column("place", "position")
    for table in CLOSABLE:
        op.drop_column(table, "closed_at")
    op.drop_table("change")
    op.drop_table("house_setting")
