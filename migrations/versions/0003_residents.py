"""Residents prove who they are."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make it so."""


def downgrade() -> None:
    """Take it back."""
