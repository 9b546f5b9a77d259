"""Confirmations."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make what this revision adds."""


def downgrade() -> None:
    """Take it away again."""
