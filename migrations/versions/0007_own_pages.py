"""The site's own pages and what people say of them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "page_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("body", sa.String(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.CheckConstraint(
            "locale IN ('fi', 'fi-simple', 'sv', 'en')", name=op.f("ck_page_version_known_locale")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_page_version_counts_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_version")),
        sa.UniqueConstraint(
            "key", "locale", "number", name=op.f("uq_page_version_key_locale_number")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "outage_notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_up", sa.Boolean(), nullable=False),
        sa.Column("text_fi", sa.String(), nullable=False),
        sa.Column("text_simple", sa.String(), nullable=False),
        sa.Column("text_sv", sa.String(), nullable=False),
        sa.Column("text_en", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.CheckConstraint(
            "shown_until IS NULL OR shown_until > starts_at",
            name=op.f("ck_outage_notice_ends_after_start"),
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_outage_notice_counts_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage_notice")),
        sa.UniqueConstraint("number", name=op.f("uq_outage_notice_number")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "statement_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_statement_version_counts_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_version")),
        sa.UniqueConstraint("number", name=op.f("uq_statement_version_number")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "feedback",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("face", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("reply_to", sa.String(), nullable=True),
        sa.Column("page", sa.String(), nullable=True),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_by", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "about IN ('service', 'accessibility')", name=op.f("ck_feedback_known_about")
        ),
        sa.CheckConstraint("face IN ('good', 'fair', 'bad')", name=op.f("ck_feedback_known_face")),
        sa.CheckConstraint(
            "answer IS NULL OR handled_at IS NOT NULL", name=op.f("ck_feedback_answer_is_handled")
        ),
        sa.CheckConstraint(
            "erased_at IS NULL OR handled_at IS NOT NULL",
            name=op.f("ck_feedback_erased_is_handled"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.create_index(
            "ix_feedback_open",
            ["given_at", "id"],
            unique=False,
            sqlite_where=sa.text("handled_at IS NULL"),
            postgresql_where=sa.text("handled_at IS NULL"),
        )
        batch_op.create_index("ix_feedback_handled", ["handled_at", "id"], unique=False)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.drop_index("ix_feedback_handled")
        batch_op.drop_index("ix_feedback_open")
    op.drop_table("feedback")
    op.drop_table("statement_version")
    op.drop_table("outage_notice")
    op.drop_table("page_version")
