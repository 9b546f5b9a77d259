"""Found."""

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make what this revision adds."""


def downgrade() -> None:
    """Take it away again."""
