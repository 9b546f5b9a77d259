"""Names go from what was changed at their keep-time; loans that are out are read by their day."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

KEPT = sa.text("thing = 'person' AND erased_at IS NULL")
OUT = sa.text("returned_at IS NULL")


def upgrade() -> None:
    """Make it so."""
    op.add_column("change", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_change_made_at_named", "change", ["made_at"], sqlite_where=KEPT, postgresql_where=KEPT
    )
    op.create_index(
        "ix_loan_due_on_id_out", "loan", ["due_on", "id"], sqlite_where=OUT, postgresql_where=OUT
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_loan_due_on_id_out", table_name="loan")
    op.drop_index("ix_change_made_at_named", table_name="change")
    op.drop_column("change", "erased_at")
