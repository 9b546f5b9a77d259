"""What was done at the desk lately, so that it can be undone."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
VERBS = (
    "taken_back",
    "handed_out",
    "shelved",
    "condition",
    "to_repair",
    "mended",
    "parts",
    "found",
)


def upgrade() -> None:
    """Make it so."""
    known = ", ".join(repr(verb) for verb in VERBS)
    op.create_table(
        "desk_step",
        sa.Column("id", KEY, nullable=False),
        sa.Column("item_id", KEY, nullable=False),
        sa.Column("entry_id", KEY, nullable=False),
        sa.Column("first_id", KEY, nullable=True),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"verb IN ({known})", name=op.f("ck_desk_step_known_verb")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_desk_step_item_id")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["journal_entry.id"], name=op.f("fk_desk_step_entry_id")
        ),
        sa.ForeignKeyConstraint(["first_id"], ["desk_step.id"], name=op.f("fk_desk_step_first_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_step")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("desk_step", schema=None) as batch_op:
        for column in ("item_id", "entry_id", "first_id", "made_at"):
            batch_op.create_index(batch_op.f(f"ix_desk_step_{column}"), [column], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("desk_step")
