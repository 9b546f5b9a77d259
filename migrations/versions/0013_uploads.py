"""Lists that are looked at on the screen before they are brought in."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "upload",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("refusal", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint(
            "applied_at IS NULL OR asked_at IS NOT NULL",
            name=op.f("ck_upload_asked_before_applied"),
        ),
        sa.CheckConstraint(
            "(applied_at IS NULL) = (outcome IS NULL)", name=op.f("ck_upload_applied_has_outcome")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_upload_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("key", name=op.f("uq_upload_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_site_id"), ["site_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_upload_made_at"), ["made_at"], unique=False)
    op.create_table(
        "uploaded_row",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "upload_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('new', 'warning', 'already', 'refused')",
            name=op.f("ck_uploaded_row_known_verdict"),
        ),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["upload.id"], name=op.f("fk_uploaded_row_upload_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploaded_row")),
        sa.UniqueConstraint("upload_id", "line", name=op.f("uq_uploaded_row_upload_id_line")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("uploaded_row", schema=None) as batch_op:
        batch_op.create_index(
            "ix_uploaded_row_upload_id_verdict_line",
            ["upload_id", "verdict", "line"],
            unique=False,
        )
    op.create_table(
        "known_headers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_headers")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_known_headers_fingerprint")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "upload_progress",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("upload", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload_progress")),
        sa.UniqueConstraint("upload", name=op.f("uq_upload_progress_upload")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("upload_progress")
    op.drop_table("known_headers")
    op.drop_table("uploaded_row")
    op.drop_table("upload")
