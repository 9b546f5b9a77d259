"""People wait for a kind or a size."""

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Make it so."""


def downgrade() -> None:
    """Take it back."""
