"""Own."""

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Make it so."""


def downgrade() -> None:
    """Take it back."""
