"""Messages."""

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Make it so."""


def downgrade() -> None:
    """Take it back."""
