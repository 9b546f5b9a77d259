"""The administrator's changes."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make it so."""


def downgrade() -> None:
    """Take it back."""
