"""What goods are found by."""

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make it so."""


def downgrade() -> None:
    """Take it back."""
