"""Terms."""

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Make it so."""


def downgrade() -> None:
    """Take it back."""
