"""Uploads."""

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make what this revision adds."""


def downgrade() -> None:
    """Take it away again."""
