"""Tokens."""

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make what this revision adds."""


def downgrade() -> None:
    """Take it away again."""
