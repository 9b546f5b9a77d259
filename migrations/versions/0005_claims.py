"""Units claim goods."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make it so."""


def downgrade() -> None:
    """Take it back."""
