"""Staff come in by other doors."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make it so."""


def downgrade() -> None:
    """Take it back."""
