"""Keeping."""

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Make what this revision adds."""


def downgrade() -> None:
    """Take it away again."""
