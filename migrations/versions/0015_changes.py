"""Changes."""

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make what this revision adds."""


def downgrade() -> None:
    """Take it away again."""
