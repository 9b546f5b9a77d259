"""Kinds are made of kinds."""

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Make it so."""


def downgrade() -> None:
    """Take it back."""
