"""Line."""

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Make it so."""


def downgrade() -> None:
    """Take it back."""
