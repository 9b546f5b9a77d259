"""Desk."""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make what this revision adds."""


def downgrade() -> None:
    """Take it away again."""
