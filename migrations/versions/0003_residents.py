"""Residents prove who they are."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "contact_proof",
        sa.Column("id", KEY, nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("browser_hash", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("going", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(email IS NULL) <> (phone IS NULL)", name=op.f("ck_contact_proof_one_contact")
        ),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_contact_proof_tries_not_negative")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_contact_proof_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_proof")),
        sa.UniqueConstraint("nonce", name=op.f("uq_contact_proof_nonce")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("contact_proof", schema=None) as batch_op:
        for column in ("browser_hash", "person_id"):
            name = batch_op.f(f"ix_contact_proof_{column}")
            batch_op.create_index(name, [column], unique=False)
    op.create_table(
        "child",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("height_cm", sa.Integer(), nullable=True),
        sa.Column("shoe_size", sa.Integer(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint("height_cm BETWEEN 40 AND 220", name=op.f("ck_child_height_of_a_child")),
        sa.CheckConstraint("shoe_size BETWEEN 14 AND 50", name=op.f("ck_child_shoe_of_a_child")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_child_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_child")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("child", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_child_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("child", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_child_person_id"))
    op.drop_table("child")
    with op.batch_alter_table("contact_proof", schema=None) as batch_op:
        for column in ("person_id", "browser_hash"):
            batch_op.drop_index(batch_op.f(f"ix_contact_proof_{column}"))
    op.drop_table("contact_proof")
