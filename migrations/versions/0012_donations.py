"""Donations."""

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make what this revision adds."""


def downgrade() -> None:
    """Take it away again."""
