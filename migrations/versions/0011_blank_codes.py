"""Blank codes."""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make what this revision adds."""


def downgrade() -> None:
    """Take it away again."""
