"""People are forgotten for good, say how borrowing went, and are served by the staff."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ERASED = sa.text("erased_at IS NOT NULL")
FACES = ("good", "fair", "bad")


def upgrade() -> None:
    """Make it so."""
    op.add_column("person", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_person_erased", "person", ["id"], sqlite_where=ERASED, postgresql_where=ERASED
    )
    known = ", ".join(repr(face) for face in FACES)
    op.create_table(
        "opinion",
        sa.Column("id", KEY, nullable=False),
        sa.Column("loan_id", KEY, nullable=False),
        sa.Column("face", sa.String(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"face IN ({known})", name=op.f("ck_opinion_known_face")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_opinion_loan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion")),
        sa.UniqueConstraint("loan_id", name=op.f("uq_opinion_loan_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_opinion_given_at", "opinion", ["given_at"])
    op.create_table(
        "serving",
        sa.Column("id", KEY, nullable=False),
        sa.Column("sign_in_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["sign_in_id"],
            ["sign_in.id"],
            name=op.f("fk_serving_sign_in_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_serving_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_serving")),
        sa.UniqueConstraint("sign_in_id", name=op.f("uq_serving_sign_in_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_serving_person_id"), "serving", ["person_id"])
    op.create_table(
        "self_service",
        sa.Column("id", KEY, nullable=False),
        sa.Column("site_id", KEY, nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.CheckConstraint("closes > opens", name=op.f("ck_self_service_hours_in_order")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_self_service_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_service")),
        sa.UniqueConstraint("site_id", name=op.f("uq_self_service_site_id")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("self_service")
    op.drop_table("serving")
    op.drop_table("opinion")
    op.drop_index("ix_person_erased", table_name="person")
    op.drop_column("person", "erased_at")
